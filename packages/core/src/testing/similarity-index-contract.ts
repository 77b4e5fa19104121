import assert from 'node:assert/strict'
import type { Metric, SimilarityIndex } from '../similarity-index.ts'
import { similarityIndexSearchContract } from './similarity-index-search-contract.ts'
import { similarityIndexWriteContract } from './similarity-index-write-contract.ts'
import type { TestRunner } from './test-runner.ts'

export interface SimilarityIndexContractOptions extends TestRunner {
  /** Gives a fresh, empty index of that shape for each test; the suite closes it. */
  create(shape: { dimensions: number; metric: Metric }): Promise<SimilarityIndex>
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

function contractFor(metric: Metric, { describe, it, create, recallFloor = 1 }: SimilarityIndexContractOptions): void {
  const withIndex =
    (test: (index: SimilarityIndex) => Promise<void>, dimensions = 81) =>
    async () => {
      const index = await create({ dimensions, metric })
      try {
        await test(index)
      } finally {
        await index.close()
      }
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
      }, 7),
    )
  })

  const parts = { describe, it, metric, recallFloor, withIndex }
  similarityIndexSearchContract(parts)
  similarityIndexWriteContract(parts)
}
