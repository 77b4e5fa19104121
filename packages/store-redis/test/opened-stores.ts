import type { ImageStore } from '@image-recommender/core'
import { afterEach } from 'vitest'
import type { RedisClient } from '../src/client/client.ts'
import { createRedisStore } from '../src/index.ts'

/** Opens stores that look for changes every 20 ms, and closes them behind each test of the file. */
export function openedStores(): (client: RedisClient, prefix: string) => Promise<ImageStore> {
  const stores: ImageStore[] = []
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })
  return async (client, prefix) => {
    const store = await createRedisStore({ client, prefix, pollInterval: 20 })
    stores.push(store)
    return store
  }
}
