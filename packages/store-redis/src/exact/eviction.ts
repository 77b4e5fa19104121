import { mastersOf, type RedisClient } from '../client.ts'
import { settingsOf } from '../durability.ts'

/** Warns of a `maxmemory-policy` that evicts keys like those of an index, which have no time to live: it would lose some of its images. */
export async function warnOfEviction(client: RedisClient, onWarning: (warning: Error) => void): Promise<void> {
  const settings = await Promise.all(mastersOf(client).map(settingsOf))
  const policy = settings.map(({ maxmemoryPolicy }) => maxmemoryPolicy).find((it) => it?.startsWith('allkeys-'))
  if (!policy) return
  onWarning(
    new Error(
      `createRedisIndex: a server has \`maxmemory-policy ${policy}\`: when memory runs short, it throws images out of the index, and nobody notices. Set \`maxmemory-policy noeviction\`.`,
    ),
  )
}
