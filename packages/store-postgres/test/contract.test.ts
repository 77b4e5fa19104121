import { imageStoreContract } from '@image-recommender/core/testing'
import { describe, it } from 'vitest'
import { createPostgresStore } from '../src/index.ts'
import { describeEachClient } from './databases.ts'

describeEachClient((open) => {
  imageStoreContract({
    describe,
    it: (name, test) => it(name, test, 60_000),
    create: async () => createPostgresStore(await open()),
  })
})
