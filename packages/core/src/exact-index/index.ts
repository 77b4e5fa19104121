import { type Distance, distanceOf } from '../distance.ts'
import { RecommenderError } from '../errors.ts'
import { parse } from '../parse.ts'
import type { Filter, IndexEntry, Match, Metric, SearchRequest, SimilarityIndex } from '../similarity-index.ts'
import { type ExactIndexOptions, exactIndexOptionsSchema } from './exact-index-options.ts'
import { passes } from './filter.ts'
import { NearestMatches } from './nearest-matches.ts'

/** An index in memory that finds every true neighbour. In this version it compares the query with every vector. */
export function createExactIndex(options: ExactIndexOptions): SimilarityIndex {
  const { dimensions, metric } = parse(exactIndexOptionsSchema, options, 'createExactIndex')
  return new ExactIndex(dimensions, metric)
}

class ExactIndex implements SimilarityIndex {
  readonly exact = true
  readonly shared = false
  readonly #distance: Distance
  readonly #entries = new Map<string, IndexEntry>()
  #position: string | undefined
  #closed = false

  constructor(
    readonly dimensions: number,
    readonly metric: Metric,
  ) {
    this.#distance = distanceOf(metric)
  }

  async put(entries: readonly IndexEntry[], position?: string): Promise<void> {
    this.#assertOpen()
    for (const { id, vector, tags } of entries) this.#entries.set(id, { id, vector: vector.slice(), tags: [...tags] })
    this.#position = position ?? this.#position
  }

  async delete(ids: readonly string[], position?: string): Promise<void> {
    this.#assertOpen()
    for (const id of ids) this.#entries.delete(id)
    this.#position = position ?? this.#position
  }

  async position(): Promise<string | undefined> {
    return this.#position
  }

  async search({ vector, limit, where = {}, after }: SearchRequest): Promise<Match[]> {
    this.#assertOpen()
    const nearest = new NearestMatches(limit, after)
    const excluded = new Set(where.exclude)
    for (const entry of this.#entries.values()) {
      if (excluded.has(entry.id) || !passes(entry, where)) continue
      nearest.offer(entry, this.#distance(vector, entry.vector))
    }
    return nearest.sorted().map((match) => ({ ...match, vector: match.vector.slice() }))
  }

  async counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    this.#assertOpen()
    let total = 0
    const perAxis = new Uint32Array(this.dimensions)
    const excluded = new Set(where.exclude)
    for (const entry of this.#entries.values()) {
      if (excluded.has(entry.id) || !passes(entry, where)) continue
      total++
      for (const [axis, value] of entry.vector.entries()) if (value > 0) perAxis[axis]!++
    }
    return { total, perAxis }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#entries.clear()
  }

  #assertOpen(): void {
    if (this.#closed) throw new RecommenderError('CLOSED', 'This index has been closed; create another one.')
  }
}
