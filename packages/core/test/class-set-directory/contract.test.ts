import { describe, it } from 'vitest'
import { similarityIndexContract } from '../../src/testing/index.ts'
import { IndexedMap } from './indexed-map.ts'

describe('search by the sets of a directory', () => {
  similarityIndexContract({
    describe,
    it,
    create: async ({ dimensions, metric }) => new IndexedMap(dimensions, metric),
  })
})
