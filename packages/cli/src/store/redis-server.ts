import { createRedisStore } from '@image-recommender/store-redis'
import { Redis } from 'ioredis'
import { takeParameters } from './address-parameters.ts'
import type { OpenedStore, OpenStoreOptions } from './opened-store.ts'
import { unreachable } from './unreachable.ts'

/** Somebody waits at the terminal: a server that does not come back within some seconds has failed. */
const ATTEMPTS = 10

/** `?prefix=…` names another place than the usual one. */
export async function openRedisServer(address: string, { onWarning }: OpenStoreOptions): Promise<OpenedStore> {
  const { address: server, parameters } = takeParameters(address, ['prefix'])
  const client = new Redis(server, {
    lazyConnect: true,
    connectTimeout: 10_000,
    // A connection that never came about would hold the process so long.
    disconnectTimeout: 200,
    retryStrategy: (attempt) => (attempt > ATTEMPTS ? null : 500),
  })
  let reason: unknown
  const hear = (error: Error) => {
    reason = error
  }
  client.on('error', hear)
  try {
    // Rejects when the first attempt fails: what cannot be reached at first is a wrong address, as a rule.
    await client.connect()
    const store = await createRedisStore({ client, ...parameters, onWarning })
    return {
      store,
      async close() {
        client.disconnect()
      },
    }
  } catch (cause) {
    client.disconnect()
    // What is thrown says that the connection is closed; what was heard says why.
    throw unreachable(address, reason ?? cause)
  }
}
