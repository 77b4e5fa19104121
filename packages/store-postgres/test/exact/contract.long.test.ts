import { similarityIndexContract } from '@image-recommender/core/testing'
import { describe, it } from 'vitest'
import { createPostgresIndex } from '../../src/exact/postgres-index.ts'
import { describeEachClient } from '../databases.ts'

describeEachClient((open) => {
  similarityIndexContract({
    describe,
    it: (name, test) => it(name, test, 120_000),
    create: async (shape) => createPostgresIndex({ ...(await open()), ...shape }),
    createPair: async (shape) => {
      const place = await open()
      return [await createPostgresIndex({ ...place, ...shape }), await createPostgresIndex({ ...place, ...shape })]
    },
  })
})
