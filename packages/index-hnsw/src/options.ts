import type { Metric } from '@image-recommender/core'
import { z } from 'zod'

/** Names are those of the field: M, efConstruction and efSearch (Malkov and Yashunin, 2016). */
export interface HnswIndexOptions {
  /** How many values a vector has, 1..4096. */
  readonly dimensions: number
  /** `cosine` by default. */
  readonly metric?: Metric | undefined
  /**
   * M: how many links a vector gets when it comes in, 2..128; 16 by default. More find more, most of all among vectors
   * of many dimensions, and take more memory and time.
   */
  readonly m?: number | undefined
  /**
   * How many candidates are looked at for those links, 4..4096; 200 by default. More make a better graph, more slowly.
   */
  readonly efConstruction?: number | undefined
  /** How many candidates a search gathers at least, 1..65536; 200 by default. More find more, more slowly. */
  readonly efSearch?: number | undefined
}

/** Options as they are once checked. */
export interface IndexShape {
  readonly dimensions: number
  readonly metric: Metric
  readonly m: number
  readonly efConstruction: number
  readonly efSearch: number
}

export const hnswIndexOptionsSchema = z.strictObject({
  dimensions: wholeNumber(1, 4096),
  metric: z.enum(['euclidean', 'cosine'], "must be 'euclidean' or 'cosine'").default('cosine'),
  // One link each would make a chain, and the height of the graph is divided by the logarithm of M.
  m: wholeNumber(2, 128).default(16),
  efConstruction: wholeNumber(4, 4096).default(200),
  efSearch: wholeNumber(1, 65_536).default(200),
})

export const pathSchema = z.string('must be the path of a file').min(1, 'must be the path of a file')

function wholeNumber(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`
  return z.int(rule).min(least, rule).max(most, rule)
}
