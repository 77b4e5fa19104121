import type { Metric } from '@image-recommender/core'
import { z } from 'zod'
import type { PostgresClient } from '../database/client.ts'
import { checkWith, rules } from '../options.ts'

export interface PostgresIndexOptions {
  /** A `Pool` or a connected `Client` of `pg`, or a PGlite instance. It stays yours: close it after the index. */
  readonly client: PostgresClient
  /** How many values a vector has, 1..4096. */
  readonly dimensions: number
  /** `cosine` by default. */
  readonly metric?: Metric | undefined
  /** The schema of the tables, created where it is missing; `image_recommender` by default. */
  readonly schema?: string | undefined
  /** What the names of its tables begin with; `exact_index` by default. */
  readonly table?: string | undefined
  /** Told of connections that died while nobody used them. Nothing is logged otherwise. */
  readonly onWarning?: ((warning: Error) => void) | undefined
}

const shape = z.strictObject({
  client: rules.client,
  dimensions: z.int('a whole number from 1 to 4096').min(1).max(4096),
  metric: z.enum(['euclidean', 'cosine']).default('cosine'),
  schema: rules.name.default('image_recommender'),
  table: rules.name.default('exact_index'),
  onWarning: rules.onWarning,
})

export function checkIndexOptions(options: PostgresIndexOptions): z.output<typeof shape> {
  return checkWith(shape, options, 'createPostgresIndex')
}
