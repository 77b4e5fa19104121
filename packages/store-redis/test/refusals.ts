import { type ImageStore, RecommenderError } from '@image-recommender/core'
import { afterEach } from 'vitest'
import type { RedisClient } from '../src/client/client.ts'
import { createRedisStore } from '../src/index.ts'
import { record } from './records.ts'

const stores: ImageStore[] = []

/** Closes what `open` opened behind each test of the file. */
export function closeStores(): void {
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })
}

export async function open(
  client: RedisClient,
  prefix = 'failures',
  onWarning?: (warning: Error) => void,
): Promise<ImageStore> {
  const store = await createRedisStore({ client, prefix, pollInterval: 20, onWarning })
  stores.push(store)
  return store
}

/** The error that the promise must reject with. */
export async function refusal(promise: Promise<unknown>): Promise<RecommenderError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!RecommenderError.is(error)) throw new Error(`expected a RecommenderError, got ${String(error)}`)
  return error
}

/** Everything that can be asked of a store, each as a promise. */
export const calls: readonly ((store: ImageStore) => Promise<unknown>)[] = [
  (store) => store.put([record('a')]),
  (store) => store.get(['a']),
  (store) => store.delete(['a']),
  (store) => store.count(),
  (store) => store.sample(1),
  (store) => store.scan()[Symbol.asyncIterator]().next(),
]
