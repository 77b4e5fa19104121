import { RecommenderError } from '@image-recommender/core'
import { z } from 'zod'
import { isCluster, type RedisClient } from './client/client.ts'
import { prefixPattern } from './prefix.ts'

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
