/** A perceptual hash as two words of 32 bits. */
export type HashWords = readonly [high: number, low: number]

/**
 * Pictures whose hashes differ in no more bits are near-duplicates of each other: the same one in another size, format or quality. Of
 * 64; measured: docs/ranking.md.
 */
export const NEAR_DUPLICATE_BITS = 6

/** @param hash 16 hexadecimal digits */
export function hashWords(hash: string): HashWords {
  return [Number.parseInt(hash.slice(0, 8), 16) | 0, Number.parseInt(hash.slice(8), 16) | 0]
}

/** In how many bits two hashes differ, 0..64. */
export function differingBits(high: number, low: number, otherHigh: number, otherLow: number): number {
  return bitsIn(high ^ otherHigh) + bitsIn(low ^ otherLow)
}

/** How many bits of a word are set: sums within pairs, fours and bytes, all at once (Warren, Hacker's Delight). */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
