import { mastersOf, type RedisClient } from '../client/client.ts'
import { evictingPolicyIn, settingsOf } from '../client/durability.ts'

/** Warns of a `maxmemory-policy` that evicts keys: the index would lose some of its images. */
export async function warnOfEviction(client: RedisClient, onWarning: (warning: Error) => void): Promise<void> {
  const policy = evictingPolicyIn(await Promise.all(mastersOf(client).map(settingsOf)))
  if (!policy) return
  onWarning(
    new Error(
      `createRedisIndex: a server has \`maxmemory-policy ${policy}\`: when memory runs short, it throws images out of the index, and nobody notices. Set \`maxmemory-policy noeviction\`.`,
    ),
  )
}
