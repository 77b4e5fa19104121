import { type Metric, RecommenderError } from '@image-recommender/core'
import { parse } from '@image-recommender/core/parts'
import { z } from 'zod'
import { checkIsClient, checkReadsFromMasters, rules } from '../options.ts'
import type { RedisIndexClient } from './index-commands.ts'

export interface RedisIndexOptions {
  /** A `Redis` or a `Cluster` of ioredis 5 or 6. It stays yours: close it after the index. */
  readonly client: RedisIndexClient
  /** How many values a vector has, 1..4096. */
  readonly dimensions: number
  /** `cosine` by default. */
  readonly metric?: Metric | undefined
  /**
   * With what the names of all keys begin: letters, digits, `_ . : -`, at most 64; `image-recommender` by default. A store may have
   * the same.
   */
  readonly prefix?: string | undefined
  /** Told of settings under which images can be lost, and of connections that break. Nothing is logged otherwise. */
  readonly onWarning?: ((warning: Error) => void) | undefined
}

export interface CheckedIndexOptions {
  readonly client: RedisIndexClient
  readonly dimensions: number
  readonly metric: Metric
  readonly prefix: string
  readonly onWarning: (warning: Error) => void
}

const shape = z.strictObject({
  dimensions: z.int('expected a whole number from 1 to 4096').min(1).max(4096),
  metric: z.enum(['euclidean', 'cosine']).default('cosine'),
  prefix: rules.prefix,
  onWarning: rules.onWarning,
})

export function checkIndexOptions(options: RedisIndexOptions): CheckedIndexOptions {
  const { client, ...rest } = Object(options) as Partial<RedisIndexOptions>
  checkIsClient(client, 'createRedisIndex')
  if (!('callBuffer' in client)) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      'createRedisIndex: client: it has no `callBuffer`: expected a `Redis` or a `Cluster` of ioredis 5 or 6.',
    )
  }
  const checked = parse(shape, rest, 'createRedisIndex')
  checkReadsFromMasters(client, 'createRedisIndex')
  return { client: client as RedisIndexClient, ...checked }
}
