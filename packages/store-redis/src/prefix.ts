/** What a prefix may be. No "/" and no braces: with them the keys of one store could be those of another. */
export const prefixPattern = /^[A-Za-z0-9_.:-]{1,64}$/

/** The hash tag of what belongs to a whole store or index, or to one bucket of it. */
export function hashTag(prefix: string, bucket?: number | string): string {
  return bucket === undefined ? `{${prefix}}` : `{${prefix}/${bucket}}`
}
