import type { ImageRecord, ImageStore } from '../image-store.ts'
import { distanceScore } from '../ranking/distance-score.ts'
import type { Match, SimilarityIndex } from '../similarity-index.ts'
import type { AxisNames } from './axis-names.ts'
import type { Collection } from './collection.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { throwIfAborted } from './guard.ts'
import type { DescribedImage, NamedObject, Page, Recommendation, SearchOptions, Where } from './recommender.ts'

export interface Query<Axis extends string> {
  readonly vector: Float32Array
  readonly objects: readonly NamedObject<Axis>[]
  /** The stored image that is asked about; it is not its own recommendation. */
  readonly id?: string | undefined
}

export interface SearchParts<Axis extends string> {
  readonly names: AxisNames<Axis>
  readonly store: ImageStore
  readonly index: SimilarityIndex
  readonly collection: Collection
}

/** Search options that have been checked, defaults filled in. */
export type PageOptions<Axis extends string> = SearchOptions<Axis> & { limit: number; where: Where<Axis> }

/** From a query to a page: vector → match → recommendation. */
export class Search<Axis extends string> {
  readonly #parts: SearchParts<Axis>

  constructor(parts: SearchParts<Axis>) {
    this.#parts = parts
  }

  async page(query: Query<Axis>, { limit, cursor, where, signal }: PageOptions<Axis>): Promise<Page<Axis>> {
    const { vector, objects } = query
    if (vector.every((value) => value === 0))
      return { items: [], nextCursor: undefined, objects, nothingRecognised: true }

    const filter = this.#parts.names.filterOf(where)
    const paged = {
      vector,
      where: query.id === undefined ? filter : { ...filter, exclude: [...(filter.exclude ?? []), query.id] },
    }
    const after = cursor === undefined ? undefined : decodeCursor(paged, cursor)
    // One more than asked for tells whether there is another page.
    const found = await this.#matches({ ...paged, limit: limit + 1, after }, signal)
    const items = found.slice(0, limit).map(([match, record]) => this.#recommendation(vector, match, record))
    const nextCursor = found.length > limit ? encodeCursor(paged, items.at(-1)!) : undefined
    return { items, nextCursor, objects, nothingRecognised: false }
  }

  describe(record: ImageRecord): DescribedImage<Axis> {
    const { names, collection } = this.#parts
    const { id, width, height, tags, metadata } = record
    // The axis numbers of another space would get the wrong names here.
    const objects = collection.belongs(record) ? names.present(record.objects) : []
    return { id, objects, width, height, tags, metadata }
  }

  /**
   * Matches with their records. What the store does not have any more, or has in another space by now, is left out,
   * replaced by what comes next, and gone from the index.
   */
  async #matches(
    request: Parameters<SimilarityIndex['search']>[0],
    signal: AbortSignal | undefined,
  ): Promise<[Match, ImageRecord][]> {
    const { store, index, collection } = this.#parts
    const found: [Match, ImageRecord][] = []
    let after = request.after
    for (;;) {
      throwIfAborted(signal)
      const missing = request.limit - found.length
      const matches = await index.search({ ...request, limit: missing, after })
      const records = await store.get(matches.map(({ id }) => id))
      const stale: string[] = []
      for (const [at, match] of matches.entries()) {
        const record = records[at]
        if (record && collection.belongs(record)) found.push([match, record])
        else stale.push(match.id)
      }
      if (stale.length > 0) await collection.refresh(stale)
      if (stale.length === 0 || matches.length < missing) break
      after = matches.at(-1)
    }
    throwIfAborted(signal)
    return found
  }

  #recommendation(query: Float32Array, { distance, vector }: Match, record: ImageRecord): Recommendation<Axis> {
    const { names, index } = this.#parts
    const { score, summands } = distanceScore(index.metric, query, vector, distance)
    const because = summands.map(({ axis, contribution }) => ({ object: names.nameOf(axis), contribution }))
    return { ...this.describe(record), score, distance, because }
  }
}
