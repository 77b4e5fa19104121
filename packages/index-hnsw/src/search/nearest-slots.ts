import { compareUtf8, distanceOf, type Metric, type SearchRequest } from '@image-recommender/core'
import type { VectorTable } from '../table/vector-table.ts'

interface Place {
  readonly slot: number
  readonly distance: number
}

/** So many more than wanted are gathered before the worst are let go. */
const SLACK = 1024

/**
 * Keeps the best `limit` of the images that it is offered, by their true distances: nearest first, equal ones in the
 * order of the ids' UTF-8 bytes, none before or at `after`.
 */
export class NearestSlots {
  readonly limit: number
  readonly #table: VectorTable
  readonly #distance: (vector: Float32Array) => number
  readonly #after: SearchRequest['after']
  /** Nothing farther than this can come in any more. */
  #worst = Number.POSITIVE_INFINITY
  #places: Place[] = []

  constructor(table: VectorTable, metric: Metric, { vector, limit, after }: SearchRequest) {
    const distance = distanceOf(metric)
    this.#table = table
    this.limit = limit
    this.#after = after
    this.#distance = (other) => distance(vector, other)
  }

  offer(slot: number): void {
    const distance = this.#distance(this.#table.vectorOf(slot))
    if (distance > this.#worst || !this.#isBehind(slot, distance)) return
    this.#places.push({ slot, distance })
    if (this.#places.length >= 2 * this.limit + SLACK) this.#cut()
  }

  /** Whether the image in a slot comes behind `after`, if there is one. */
  canCome(slot: number): boolean {
    return !this.#after || this.#isBehind(slot, this.#distance(this.#table.vectorOf(slot)))
  }

  sorted(): readonly Place[] {
    this.#cut()
    return this.#places
  }

  #cut(): void {
    this.#places.sort((a, b) => a.distance - b.distance || compareUtf8(this.#id(a.slot), this.#id(b.slot)))
    if (this.#places.length > this.limit) this.#places.length = this.limit
    if (this.#places.length === this.limit) this.#worst = this.#places.at(-1)!.distance
  }

  #isBehind(slot: number, distance: number): boolean {
    const after = this.#after
    if (!after || distance > after.distance) return true
    return distance === after.distance && compareUtf8(this.#id(slot), after.id) > 0
  }

  #id(slot: number): string {
    return this.#table.idOf(slot)!
  }
}
