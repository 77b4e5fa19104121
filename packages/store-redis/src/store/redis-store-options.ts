import { parse } from '@image-recommender/core/parts'
import { z } from 'zod'
import type { RedisClient } from '../client/client.ts'
import { checkIsClient, checkReadsFromMasters, rules } from '../options.ts'

export interface RedisStoreOptions {
  /** A `Redis` or a `Cluster` of ioredis 5 or 6. It stays yours: close it after the store. */
  readonly client: RedisClient
  /** With what the names of all keys begin: letters, digits, `_ . : -`, at most 64; `image-recommender` by default. */
  readonly prefix?: string | undefined
  /** After how many milliseconds `changes()` looks for what other processes wrote, 10..3600000; 200 by default. */
  readonly pollInterval?: number | undefined
  /** Told of settings under which records can be lost, and of connections that break. Nothing is logged otherwise. */
  readonly onWarning?: ((warning: Error) => void) | undefined
}

const shape = z.strictObject({
  prefix: rules.prefix,
  pollInterval: z.number().int().min(10).max(3_600_000).default(200),
  onWarning: rules.onWarning,
})

export function checkStoreOptions(options: RedisStoreOptions): z.output<typeof shape> & { client: RedisClient } {
  const { client, ...rest } = Object(options) as Partial<RedisStoreOptions>
  checkIsClient(client, 'createRedisStore')
  const checked = parse(shape, rest, 'createRedisStore')
  checkReadsFromMasters(client, 'createRedisStore')
  return { client, ...checked }
}
