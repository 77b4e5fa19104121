import { RecommenderError } from '@image-recommender/core'
import { parse } from '@image-recommender/core/parts'
import { z } from 'zod'
import { isCluster, type RedisClient } from './client.ts'
import { prefixPattern } from './keys.ts'

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

export interface CheckedOptions {
  client: RedisClient
  prefix: string
  pollInterval: number
  onWarning: (warning: Error) => void
}

/** What options of all parts over Redis have in common. */
export const rules = {
  prefix: z
    .string()
    .regex(prefixPattern, 'expected letters, digits, _ . : -, at most 64 characters')
    .default('image-recommender'),
  onWarning: z
    .custom<(warning: Error) => void>((value) => typeof value === 'function', 'expected a function')
    .default(() => () => {}),
}

const shape = z.strictObject({
  prefix: rules.prefix,
  pollInterval: z.number().int().min(10).max(3_600_000).default(200),
  onWarning: rules.onWarning,
})

export function checkOptions(options: RedisStoreOptions): CheckedOptions {
  const { client, ...rest } = Object(options) as Partial<RedisStoreOptions>
  checkIsClient(client, 'createRedisStore')
  const checked = parse(shape, rest, 'createRedisStore')
  checkReadsFromMasters(client, 'createRedisStore')
  return { client, ...checked }
}

/** Apart from other options, because what was given instead may be an address with a password, which no message may show. */
export function checkIsClient(client: unknown, what: string): asserts client is RedisClient {
  if (isClient(client)) return
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${what}: client: expected a \`Redis\` or a \`Cluster\` of ioredis, opened by you.`,
  )
}

export function checkReadsFromMasters(client: RedisClient, what: string): void {
  if (!readsFromReplicas(client)) return
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${what}: client: its \`scaleReads\` lets replicas answer, which lag behind what was written: give a Cluster with \`scaleReads: "master"\`.`,
  )
}

function isClient(value: unknown): value is RedisClient {
  const has = (method: string) =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function'
  return ['evalsha', 'eval', 'hmgetBuffer', 'info', 'config', 'on', 'removeListener'].every(has)
}

function readsFromReplicas(client: RedisClient): boolean {
  if (!isCluster(client) || !('options' in client)) return false
  const { scaleReads } = Object(client.options) as { scaleReads?: unknown }
  return scaleReads !== undefined && scaleReads !== 'master'
}
