import { expect } from 'vitest'
import type { ExactIndex } from '../../../../src/exact-index/index.ts'
import type { IndexEntry, Metric } from '../../../../src/similarity-index.ts'
import { ModelIndex } from '../../support/model-index.ts'
import { expectSame } from '../../support/same-matches.ts'

/** What an index with these entries answers, worked out once, for all the indexes that should have them. */
export class KnownAnswers {
  readonly #model: ModelIndex
  readonly #answers: readonly {
    request: { vector: Float32Array; limit: number }
    wanted: ReturnType<ModelIndex['search']>
  }[]
  readonly #counts: ReturnType<ModelIndex['counts']>

  constructor(
    { dimensions, metric }: { dimensions: number; metric: Metric },
    entries: readonly IndexEntry[],
    position: string,
  ) {
    this.#model = new ModelIndex(dimensions, metric)
    this.#model.put(entries, position)
    this.#counts = this.#model.counts()
    const vectors = [0.1, 0.3, 0.8].map((at) => entries[Math.floor(at * entries.length)]!.vector)
    const requests = vectors.map((vector, at) => ({ vector, limit: at === 0 ? entries.length + 1 : 9 }))
    this.#answers = requests.map((request) => ({ request, wanted: this.#model.search(request) }))
  }

  async expectOf(index: ExactIndex): Promise<void> {
    for (const { request, wanted } of this.#answers) expectSame(await index.search(request), wanted)
    expect(await index.position()).toBe(this.#model.position)
    expect(await index.counts()).toEqual(this.#counts)
  }
}
