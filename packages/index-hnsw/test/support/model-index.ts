import {
  compareUtf8,
  distanceOf,
  type Filter,
  type IndexEntry,
  type Match,
  type Metric,
  type SearchRequest,
} from '@image-recommender/core'

/** What an index must answer, found by comparing with every vector that there is. */
export class ModelIndex {
  readonly entries = new Map<string, IndexEntry>()

  constructor(
    readonly dimensions: number,
    readonly metric: Metric,
  ) {}

  put(entries: readonly IndexEntry[]): void {
    for (const entry of entries) this.entries.set(entry.id, entry)
  }

  delete(ids: readonly string[]): void {
    for (const id of ids) this.entries.delete(id)
  }

  search({ vector, limit, where, after }: SearchRequest): Match[] {
    const distance = distanceOf(this.metric)
    return this.passing(where)
      .map((entry) => ({ id: entry.id, distance: distance(vector, entry.vector), vector: entry.vector }))
      .filter((match) => !after || byPlace(match, after) > 0)
      .sort(byPlace)
      .slice(0, limit)
  }

  counts(where?: Filter): { total: number; perAxis: Uint32Array } {
    const passing = this.passing(where)
    const perAxis = Uint32Array.from({ length: this.dimensions }, (_, axis) => {
      return passing.filter(({ vector }) => vector[axis]! > 0).length
    })
    return { total: passing.length, perAxis }
  }

  passing({ axes = {}, tags = {}, exclude = [] }: Filter = {}): IndexEntry[] {
    const { all = [], any = [], none = [] } = axes
    return [...this.entries.values()].filter((entry) => {
      const has = ({ axis, atLeast = 0 }: { axis: number; atLeast?: number | undefined }) =>
        entry.vector[axis]! > 0 && entry.vector[axis]! >= atLeast
      const tagged = (tag: string) => entry.tags.includes(tag)
      if (exclude.includes(entry.id)) return false
      if (!all.every(has) || none.some(has) || (any.length > 0 && !any.some(has))) return false
      if (!(tags.all ?? []).every(tagged) || (tags.none ?? []).some(tagged)) return false
      return !tags.any?.length || tags.any.some(tagged)
    })
  }
}

type Place = Pick<Match, 'distance' | 'id'>

export function byPlace(a: Place, b: Place): number {
  return a.distance - b.distance || compareUtf8(a.id, b.id)
}
