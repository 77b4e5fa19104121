import type { Distance, Match, SearchRequest } from '@image-recommender/core'
import { compareMatches, nextTurn } from '@image-recommender/core/parts'
import { vectorOf } from './vector-format.ts'

/** A row as a search reads it. */
export interface CandidateRow {
  readonly id: string
  readonly vector: string
}

/** After so many values of vectors others get their turn: some milliseconds. */
const VALUES_BETWEEN_TURNS = 200_000

/** The best of the rows that were looked at, by their true distances. */
export class Candidates {
  readonly #request: SearchRequest
  readonly #distance: Distance
  readonly #ids = new Set<string>()
  #matches: Match[] = []
  #farthestSeen = 0

  constructor(request: SearchRequest, distance: Distance) {
    this.#request = request
    this.#distance = distance
  }

  async add(rows: readonly CandidateRow[]): Promise<void> {
    const { vector, limit } = this.#request
    const atOnce = Math.max(1, Math.floor(VALUES_BETWEEN_TURNS / vector.length))
    for (let at = 0; at < rows.length; at += atOnce) {
      if (at > 0) await nextTurn()
      for (const row of rows.slice(at, at + atOnce)) this.#addOne(row)
      this.#matches = this.#matches.sort(compareMatches).slice(0, limit)
    }
  }

  get areEnough(): boolean {
    return this.#matches.length === this.#request.limit
  }

  /** The distance of the last of the best. */
  get farthest(): number {
    return this.#matches.at(-1)?.distance ?? 0
  }

  /** The greatest distance of all that were looked at. */
  get farthestSeen(): number {
    return this.#farthestSeen
  }

  get matches(): Match[] {
    return this.#matches
  }

  #addOne({ id, vector: bytes }: CandidateRow): void {
    if (this.#ids.has(id)) return
    this.#ids.add(id)
    const { vector: query, after } = this.#request
    const vector = vectorOf(bytes)
    const match = { id, distance: this.#distance(query, vector), vector }
    this.#farthestSeen = Math.max(this.#farthestSeen, match.distance)
    if (!after || compareMatches(after, match) < 0) this.#matches.push(match)
  }
}
