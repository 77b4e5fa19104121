import assert from 'node:assert/strict'
import type { Metric, SimilarityIndex } from '../similarity-index.ts'
import { similarityIndexSearchContract } from './similarity-index-search-contract.ts'
import { similarityIndexStepContract } from './similarity-index-step-contract.ts'
import { similarityIndexWriteContract } from './similarity-index-write-contract.ts'
import type { TestRunner } from './test-runner.ts'

export interface SimilarityIndexContractOptions extends TestRunner {
  /** Gives a fresh, empty index of that shape for each test; the suite closes it. */
  create(shape: { dimensions: number; metric: Metric }): Promise<SimilarityIndex>
  /** For an index that is shared, and required there: two of that shape over one place, fresh and empty. */
  createPair?(shape: { dimensions: number; metric: Metric }): Promise<readonly [SimilarityIndex, SimilarityIndex]>
  /** The metrics that the index offers; both by default. */
  metrics?: readonly Metric[]
  /** For an index that is not exact: the least share of the true neighbours that it must find, 0..1. */
  recallFloor?: number
}

/** What every `SimilarityIndex` must do, as tests. Register it inside a `describe` of yours. */
export function similarityIndexContract(options: SimilarityIndexContractOptions): void {
  for (const metric of options.metrics ?? (['euclidean', 'cosine'] as const)) {
    options.describe(metric, () => contractFor(metric, options))
  }
}

function contractFor(metric: Metric, options: SimilarityIndexContractOptions): void {
  const { describe, it, recallFloor = 1 } = options
  const withAll =
    (open: () => Promise<readonly SimilarityIndex[]>, test: (indexes: readonly SimilarityIndex[]) => Promise<void>) =>
    async () => {
      const indexes = await open()
      try {
        await test(indexes)
      } finally {
        await Promise.all(indexes.map((index) => index.close()))
      }
    }
  const withIndex = (test: (index: SimilarityIndex) => Promise<void>, dimensions = 81) =>
    withAll(
      async () => [await options.create({ dimensions, metric })],
      ([index]) => test(index!),
    )
  const withWriters = (test: (writers: readonly SimilarityIndex[]) => Promise<void>) => {
    const shape = { dimensions: 81, metric }
    return withAll(async () => (await options.createPair?.(shape)) ?? [await options.create(shape)], test)
  }

  describe('shape', () => {
    it(
      'is what was asked for',
      withIndex(async (index) => {
        assert.equal(index.dimensions, 7)
        assert.equal(index.metric, metric)
        assert.equal(typeof index.exact, 'boolean')
        assert.equal(typeof index.shared, 'boolean')
        assert.ok(!index.exact || recallFloor === 1, 'an exact index finds everything')
        assert.equal(index.shared, options.createPair !== undefined, 'what is shared is tried by two')
      }, 7),
    )
  })

  const parts = { describe, it, metric, recallFloor, withIndex, withWriters }
  similarityIndexSearchContract(parts)
  similarityIndexWriteContract(parts)
  similarityIndexStepContract(parts)
}
