import { expect } from 'vitest'
import { createExactIndex, type ExactIndex, openExactIndex } from '../../../src/exact-index/index.ts'
import type { FeedStep, Filter, IndexEntry, Metric, SearchRequest } from '../../../src/similarity-index.ts'
import { ModelIndex } from './model-index.ts'
import { expectSame } from './same-matches.ts'

/** An index and the model of it: both are written to, and asked the same. */
export class IndexBesideModel {
  readonly model: ModelIndex
  index: ExactIndex

  constructor(dimensions: number, metric: Metric) {
    this.model = new ModelIndex(dimensions, metric)
    this.index = createExactIndex({ dimensions, metric })
  }

  async put(entries: readonly IndexEntry[], position?: string): Promise<void> {
    const step = this.#stepTo(position)
    this.model.put(entries, position)
    expect(await this.index.write({ put: entries }, step)).toBe(true)
  }

  async delete(ids: readonly string[], position?: string): Promise<void> {
    const step = this.#stepTo(position)
    this.model.delete(ids, position)
    expect(await this.index.write({ delete: ids }, step)).toBe(true)
  }

  /** Goes on with what a file has kept of the index. */
  async reopen(path: string): Promise<void> {
    await this.index.save(path)
    await this.index.close()
    this.index = await openExactIndex(path, { dimensions: this.model.dimensions, metric: this.model.metric })
  }

  async expectSameAnswers(requests: readonly SearchRequest[]): Promise<void> {
    for (const request of requests) expectSame(await this.index.search(request), this.model.search(request))
  }

  /** Page by page up to the end, which are `mostPages`, however short the limit. */
  async expectSamePages({ limit, ...request }: SearchRequest, mostPages: number): Promise<void> {
    const whole = this.model.search({ ...request, limit: Number.POSITIVE_INFINITY })
    const size = Math.max(limit, Math.ceil(whole.length / mostPages))
    for (let from = 0; ; from += size) {
      const page = await this.index.search({ ...request, limit: size, after: whole[from - 1] })
      expectSame(page, whole.slice(from, from + size))
      if (page.length < size) return
    }
  }

  async expectSameCounts(where?: Filter): Promise<void> {
    expect(await this.index.counts(where)).toEqual(this.model.counts(where))
    expect(await this.index.position()).toBe(this.model.position)
  }

  #stepTo(position: string | undefined): FeedStep | undefined {
    return position === undefined ? undefined : { from: this.model.position, to: position }
  }
}
