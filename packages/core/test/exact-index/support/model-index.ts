import { distanceOf } from '../../../src/distance.ts'
import type { Filter, IndexEntry, Match, Metric, SearchRequest } from '../../../src/similarity-index.ts'
import { countNaively, passesNaively } from '../../../src/testing/brute-force.ts'
import { compareUtf8 } from '../../../src/utf8-order.ts'

/** What an index must answer, found by comparing with every vector that there is. */
export class ModelIndex {
  readonly entries = new Map<string, IndexEntry>()
  position: string | undefined

  constructor(
    readonly dimensions: number,
    readonly metric: Metric,
  ) {}

  put(entries: readonly IndexEntry[], position?: string): void {
    for (const entry of entries) this.entries.set(entry.id, entry)
    this.position = position ?? this.position
  }

  delete(ids: readonly string[], position?: string): void {
    for (const id of ids) this.entries.delete(id)
    this.position = position ?? this.position
  }

  search({ vector, limit, where, after }: SearchRequest): Match[] {
    const distance = distanceOf(this.metric)
    const matches = this.passing(where).map((entry) => ({
      id: entry.id,
      distance: distance(vector, entry.vector),
      vector: entry.vector,
    }))
    const left = after ? matches.filter((match) => byPlace(match, after) > 0) : matches
    // Numbers alone are sorted faster, and mostly few matches are as near as the last one.
    const worst = Float64Array.from(left, ({ distance }) => distance).sort()[limit - 1] ?? Number.POSITIVE_INFINITY
    return left
      .filter(({ distance }) => distance <= worst)
      .sort(byPlace)
      .slice(0, limit)
  }

  counts(where?: Filter): { total: number; perAxis: Uint32Array } {
    const passing = this.passing(where)
    return { total: passing.length, perAxis: Uint32Array.from(countNaively(passing, this.dimensions)) }
  }

  passing(where: Filter = {}): IndexEntry[] {
    return [...this.entries.values()].filter((entry) => passesNaively(entry, where))
  }
}

type Place = Pick<Match, 'distance' | 'id'>

export function byPlace(a: Place, b: Place): number {
  return a.distance - b.distance || compareUtf8(a.id, b.id)
}
