import { mastersOf, type RedisClient, type RedisConnection } from './client.ts'
import { failure, isForbidden } from './failure.ts'

/**
 * Warns of settings under which acknowledged records can vanish, one warning per setting: `appendonly no`, and a
 * `maxmemory-policy` that evicts keys.
 */
export async function warnOfLosses(client: RedisClient, onWarning: (warning: Error) => void): Promise<void> {
  const settings = await Promise.all(mastersOf(client).map(settingsOf))
  const where = settings.length > 1 ? 'a server of the Cluster has' : 'the server has'
  if (settings.some(({ appendonly }) => appendonly === 'no')) {
    onWarning(
      new Error(
        `createRedisStore: ${where} \`appendonly no\`: when it stops, it loses what was stored since its last snapshot. Set \`appendonly yes\`.`,
      ),
    )
  }
  const policy = evictingPolicyIn(settings)
  if (policy) {
    onWarning(
      new Error(
        `createRedisStore: ${where} \`maxmemory-policy ${policy}\`: when memory runs short, it throws records away. Set \`maxmemory-policy noeviction\`.`,
      ),
    )
  }
  if (settings.some(({ appendonly, maxmemoryPolicy }) => !appendonly || !maxmemoryPolicy)) {
    onWarning(
      new Error(
        'createRedisStore: the user may run neither `CONFIG GET` nor `INFO`, so nobody knows whether records survive: see that the server has `appendonly yes` and `maxmemory-policy noeviction`.',
      ),
    )
  }
}

export interface Settings {
  readonly appendonly: string | undefined
  readonly maxmemoryPolicy: string | undefined
}

/** A `maxmemory-policy` that evicts keys like ours, which have no time to live; `undefined`: no server has one. */
export function evictingPolicyIn(settings: readonly Settings[]): string | undefined {
  return settings.map(({ maxmemoryPolicy }) => maxmemoryPolicy).find((policy) => policy?.startsWith('allkeys-'))
}

/** What a server says of whether it keeps what is written; `undefined` where the user may not ask. */
export async function settingsOf(server: RedisConnection): Promise<Settings> {
  const configured = await unlessForbidden(server.config('GET', 'appendonly', 'maxmemory-policy'))
  const settings = pairs(configured)
  const appendonly = settings.get('appendonly')
  const maxmemoryPolicy = settings.get('maxmemory-policy')
  if (appendonly && maxmemoryPolicy) return { appendonly, maxmemoryPolicy }
  const said = (await unlessForbidden(server.info('persistence', 'memory'))) ?? ''
  const enabled = /^aof_enabled:([01])/m.exec(said)?.[1]
  return {
    appendonly: enabled && (enabled === '1' ? 'yes' : 'no'),
    maxmemoryPolicy: /^maxmemory_policy:(\S+)/m.exec(said)?.[1],
  }
}

async function unlessForbidden<Reply>(reply: Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await reply
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw failure(error)
  }
}

/** `name, value, name, value`, or as an object: which of them it is depends on the protocol and on how the client maps it. */
function pairs(reply: unknown): Map<string, string> {
  if (Array.isArray(reply)) {
    const found = new Map<string, string>()
    for (let at = 0; at + 1 < reply.length; at += 2) found.set(String(reply[at]), String(reply[at + 1]))
    return found
  }
  return new Map(Object.entries(reply ?? {}).map(([name, value]) => [name, String(value)]))
}
