import type { IndexEntry, Match, SearchRequest } from '../similarity-index.ts'
import { compareUtf8 } from '../utf8-order.ts'

type Place = Pick<Match, 'distance' | 'id'>

/** The order of matches everywhere: by distance, then by the ids' UTF-8 bytes. */
export function compareMatches(a: Place, b: Place): number {
  return a.distance - b.distance || compareUtf8(a.id, b.id)
}

/** Keeps the best `limit` matches of those offered: a binary heap with the worst of them on top. */
export class NearestMatches {
  readonly #limit: number
  readonly #after: SearchRequest['after']
  readonly #heap: Match[] = []

  constructor(limit: number, after: SearchRequest['after']) {
    this.#limit = limit
    this.#after = after
  }

  offer({ id, vector }: IndexEntry, distance: number): void {
    const match = { id, distance, vector }
    if (this.#after && compareMatches(match, this.#after) <= 0) return
    if (this.#heap.length < this.#limit) {
      this.#heap.push(match)
      this.#siftUp(this.#heap.length - 1)
    } else if (compareMatches(match, this.#heap[0]!) < 0) {
      this.#heap[0] = match
      this.#siftDown(0)
    }
  }

  /** The nearest first. */
  sorted(): Match[] {
    return this.#heap.sort(compareMatches)
  }

  #siftUp(at: number): void {
    const heap = this.#heap
    const moving = heap[at]!
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (compareMatches(heap[parent]!, moving) >= 0) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = moving
  }

  #siftDown(at: number): void {
    const heap = this.#heap
    const moving = heap[at]!
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && compareMatches(heap[child + 1]!, heap[child]!) > 0) child++
      if (compareMatches(heap[child]!, moving) <= 0) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = moving
  }
}
