import { type Metric, RecommenderError } from '@image-recommender/core'
import { z } from 'zod'
import type { PostgresClient } from '../database/client.ts'
import { checkWith, rules } from '../options.ts'

export interface PgvectorIndexOptions {
  /** A `Pool` or a connected `Client` of `pg`, or a PGlite instance. It stays yours: close it after the index. */
  readonly client: PostgresClient
  /** How many values a vector has: 1..2000, with `halfvec` up to 4000, which is what pgvector's graphs take. */
  readonly dimensions: number
  /** `cosine` by default. */
  readonly metric?: Metric | undefined
  /** The schema of the tables, created where it is missing; `image_recommender` by default. */
  readonly schema?: string | undefined
  /** What the names of its tables begin with; `pgvector_index` by default. */
  readonly table?: string | undefined
  /**
   * Keeps the graph in half precision: half its size, for somewhat less recall, and for up to 4000 values. The vectors
   * themselves stay float32, and so do distances. `false` by default.
   */
  readonly halfvec?: boolean | undefined
  /** How many links a vector has in the graph, 2..100; 16 by default. More: more recall, a larger and slower graph. */
  readonly m?: number | undefined
  /** How many candidates are looked at when a vector is linked, 4..1000 and at least 2 × `m`; 64 by default. */
  readonly efConstruction?: number | undefined
  /** How many candidates a search looks at, 1..1000; 100 by default. More: more recall, and slower. */
  readonly efSearch?: number | undefined
  /** Up to how many vectors in the index a search looks at every one, and so is exact; 1000 by default. */
  readonly scanUpTo?: number | undefined
  /** Told of connections that died while nobody used them. Nothing is logged otherwise. */
  readonly onWarning?: ((warning: Error) => void) | undefined
}

const whole = (least: number, most: number) => z.int(`a whole number from ${least} to ${most}`).min(least).max(most)

const shape = z.strictObject({
  client: rules.client,
  dimensions: z.int('a whole number above 0').min(1),
  metric: z.enum(['euclidean', 'cosine']).default('cosine'),
  schema: rules.name.default('image_recommender'),
  table: rules.name.default('pgvector_index'),
  halfvec: z.boolean('true or false').default(false),
  m: whole(2, 100).default(16),
  efConstruction: whole(4, 1000).default(64),
  efSearch: whole(1, 1000).default(100),
  scanUpTo: whole(0, 1_000_000).default(1000),
  onWarning: rules.onWarning,
})

export type CheckedPgvectorOptions = z.output<typeof shape>

const MOST_DIMENSIONS = 2000
const MOST_HALVED_DIMENSIONS = 4000

export function checkPgvectorOptions(options: PgvectorIndexOptions): CheckedPgvectorOptions {
  const checked = checkWith(shape, options, 'createPgvectorIndex')
  const { dimensions, halfvec, m, efConstruction } = checked
  if (dimensions > (halfvec ? MOST_HALVED_DIMENSIONS : MOST_DIMENSIONS)) {
    const way = dimensions > MOST_HALVED_DIMENSIONS ? 'take createPostgresIndex' : 'set `halfvec: true`'
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `createPgvectorIndex: \`dimensions\` is ${dimensions}, and pgvector's graphs take at most ${MOST_DIMENSIONS} values, ${MOST_HALVED_DIMENSIONS} as halfvec: ${way}.`,
    )
  }
  if (efConstruction < 2 * m) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `createPgvectorIndex: \`efConstruction\` is ${efConstruction}, and must be at least twice \`m\`, which is ${m}.`,
    )
  }
  return checked
}
