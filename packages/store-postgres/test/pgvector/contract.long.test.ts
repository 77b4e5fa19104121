import { similarityIndexContract } from '@image-recommender/core/testing'
import { describe, it } from 'vitest'
import { createPgvectorIndex } from '../../src/index.ts'
import { databaseForSuite, describeEachPgvector, describeWithPgvector, type Opened } from './databases.ts'

describe('vector', () => {
  describeEachPgvector((open) => contract(open, false))
})

// PGlite takes minutes for it; what is different about halfvec, the other tests try there too.
describeWithPgvector('halfvec, on a server', () => contract(databaseForSuite(), true))

function contract(open: () => Promise<Opened>, halfvec: boolean): void {
  similarityIndexContract({
    describe,
    it: (name, test) => it(name, test, 120_000),
    create: async (shape) => {
      const { client, table } = await open()
      return createPgvectorIndex({ client, table, halfvec, ...shape })
    },
    createPair: async (shape) => {
      const { client, table } = await open()
      const options = { client, table, halfvec, ...shape }
      return [await createPgvectorIndex(options), await createPgvectorIndex(options)]
    },
    recallFloor: 0.9,
  })
}
