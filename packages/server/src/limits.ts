/** What one request may ask for. */
export interface Limits {
  /** Of one file; 32 MiB by default. */
  readonly uploadBytes: number
  /** Images in one batch; 100 by default. */
  readonly batch: number
  /** Requests with images that are under way at once, each with its image in memory; 16 by default. */
  readonly uploads: number
  /** Searches that are under way at once, but for those by an image that is sent; 200 by default. */
  readonly searches: number
}

export function withDefaults({
  uploadBytes = 32 * 1024 * 1024,
  batch = 100,
  uploads = 16,
  searches = 200,
}: Partial<Limits> = {}): Limits {
  return { uploadBytes, batch, uploads, searches }
}
