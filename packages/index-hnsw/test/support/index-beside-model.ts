import { distanceOf, type FeedStep, type Filter, type IndexEntry, type SearchRequest } from '@image-recommender/core'
import { expect } from 'vitest'
import type { HnswIndex } from '../../src/hnsw-index.ts'
import { type HereOptions, indexHere, openHere } from './index-here.ts'
import { byPlace, ModelIndex } from './model-index.ts'

/** An index and the model of it: both are written to, and asked the same. */
export class IndexBesideModel {
  readonly model: ModelIndex
  readonly #options: HereOptions
  readonly #isExact: boolean
  #index: HnswIndex
  #position: string | undefined

  /** @param isExact whether everything is expected to be found; otherwise all but that is */
  constructor(options: HereOptions, isExact: boolean) {
    this.model = new ModelIndex(options.dimensions, options.metric)
    this.#options = options
    this.#isExact = isExact
    this.#index = indexHere(options)
  }

  async put(entries: readonly IndexEntry[], position?: string): Promise<void> {
    this.model.put(entries)
    expect(await this.#index.write({ put: entries }, this.#stepTo(position))).toBe(true)
  }

  async delete(ids: readonly string[], position?: string): Promise<void> {
    this.model.delete(ids)
    expect(await this.#index.write({ delete: ids }, this.#stepTo(position))).toBe(true)
  }

  /** Goes on with what a file has kept of the index. */
  async reopen(path: string): Promise<void> {
    await this.#index.save(path)
    await this.#index.close()
    this.#index = await openHere(path, this.#options)
  }

  async expectAnswer(request: SearchRequest): Promise<void> {
    const found = await this.#index.search(request)
    const truth = this.model.search(request)
    if (this.#isExact) {
      expect(found).toEqual(truth)
      return
    }
    expect(found.length).toBe(truth.length)
    const passing = new Map(this.model.passing(request.where).map((entry) => [entry.id, entry]))
    const distance = distanceOf(this.model.metric)
    for (const [at, match] of found.entries()) {
      const entry = passing.get(match.id)
      expect(match).toEqual({ ...match, vector: entry?.vector, distance: distance(request.vector, entry!.vector) })
      const before = found[at - 1] ?? request.after
      if (before) expect(byPlace(before, match)).toBeLessThan(0)
    }
  }

  /** Page by page up to the end. */
  async expectPages(request: SearchRequest): Promise<void> {
    let after: SearchRequest['after']
    for (let page = 0; page < 12; page++) {
      await this.expectAnswer({ ...request, after })
      const found = await this.#index.search({ ...request, after })
      after = found.at(-1)
      if (found.length < request.limit) return
    }
  }

  async expectCounts(where?: Filter): Promise<void> {
    expect(await this.#index.counts(where)).toEqual(this.model.counts(where))
    expect(await this.#index.position()).toBe(this.#position)
  }

  #stepTo(position: string | undefined): FeedStep | undefined {
    if (position === undefined) return undefined
    const step = { from: this.#position, to: position }
    this.#position = position
    return step
  }
}
