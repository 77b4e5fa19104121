/** A score of so many nines, 0.9999, is as sure as can be. */
const MOST_NINES = 4
const EXPONENT = 1.3
const ALL_DOUBT = MOST_NINES * Math.LN10

/**
 * How much a score is worth as evidence, 0..1: the number of its nines (0.9 has one, 0.99 two), at most four, as a share of four, to
 * the power 1.3. Detectors give nearly all that they recognise a score near 1, and say how sure they are by how near; what a
 * score of 0.7 names is often not there. Measured: docs/ranking.md.
 */
export function sureness(score: number): number {
  if (!(score > 0)) return 0
  if (score >= 1) return 1
  return Math.min(1, -Math.log1p(-score) / ALL_DOUBT) ** EXPONENT
}
