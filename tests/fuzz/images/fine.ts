/**
 * Bytes that the process may have of the machine's memory, whatever it is given: one image of 50 megapixels that is described and four that are shown, with
 * four bytes a pixel each.
 */
export const MOST_MEMORY = 1000 * 1024 * 1024

/**
 * What may become of an image: it is added, shown and deleted; or it is refused for what it is, and what the server does not take the
 * extractor may.
 */
export function isFine(became: string): boolean {
  return /^(201 200 200 204|(400|413|415), extractor: (described|IMAGE_UNREADABLE|IMAGE_TOO_LARGE))$/.test(became)
}
