import { z } from 'zod'
import type { Metric } from '../similarity-index.ts'

export interface ExactIndexOptions {
  /** How many values a vector has, 1..4096. */
  readonly dimensions: number
  /** `cosine` by default. */
  readonly metric?: Metric | undefined
}

const dimensionsRule = 'must be a whole number from 1 to 4096'

export const exactIndexOptionsSchema = z.strictObject({
  dimensions: z.int(dimensionsRule).min(1, dimensionsRule).max(4096, dimensionsRule),
  metric: z.enum(['euclidean', 'cosine'], "must be 'euclidean' or 'cosine'").default('cosine'),
})
