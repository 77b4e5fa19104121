import { compareMatches } from '../match-order.ts'
import { partitionPoint } from '../partition-point.ts'
import type { Match, SearchRequest } from '../similarity-index.ts'

/** Keeps the best of the matches that it is offered. */
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
    return !last || compareMatches({ distance, id }, last) < 0
  }

  offer(match: Match): void {
    if (match.distance > this.worst || (this.#after && compareMatches(match, this.#after) <= 0)) return
    const matches = this.#matches
    const at = partitionPoint(matches.length, (at) => compareMatches(matches[at]!, match) < 0)
    matches.splice(at, 0, match)
    if (matches.length > this.#limit) matches.pop()
  }

  /** The nearest first. */
  sorted(): Match[] {
    return this.#matches
  }
}
