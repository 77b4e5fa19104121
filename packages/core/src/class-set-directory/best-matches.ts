import type { Match, SearchRequest } from '../similarity-index.ts'
import { compareUtf8 } from '../utf8-order.ts'

/** The best matches of those offered, in the order of matches everywhere: by distance, then by the ids' UTF-8 bytes. */
export class BestMatches {
  readonly #limit: number
  readonly #after: SearchRequest['after']
  /** The nearest first. */
  readonly #matches: Match[] = []

  constructor(limit: number, after: SearchRequest['after']) {
    this.#limit = limit
    this.#after = after
  }

  /** Nothing farther than this can come in any more: infinite while there is room. */
  get worst(): number {
    return this.#matches.length < this.#limit ? Number.POSITIVE_INFINITY : this.#matches.at(-1)!.distance
  }

  /** Whether a match as far as this, with an id that comes after this one, could come in. */
  canTake(distance: number, id: string): boolean {
    const last = this.#matches.length < this.#limit ? undefined : this.#matches.at(-1)!
    return !last || byPlace({ distance, id }, last) < 0
  }

  offer(match: Match): void {
    if (match.distance > this.worst || (this.#after && byPlace(match, this.#after) <= 0)) return
    let low = 0
    let high = this.#matches.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (byPlace(this.#matches[middle]!, match) < 0) low = middle + 1
      else high = middle
    }
    this.#matches.splice(low, 0, match)
    if (this.#matches.length > this.#limit) this.#matches.pop()
  }

  /** The nearest first. */
  sorted(): Match[] {
    return this.#matches
  }
}

type Place = Pick<Match, 'distance' | 'id'>

function byPlace(a: Place, b: Place): number {
  return a.distance - b.distance || compareUtf8(a.id, b.id)
}
