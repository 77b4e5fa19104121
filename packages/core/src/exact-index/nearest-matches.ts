import type { Match, SearchRequest } from '../similarity-index.ts'
import { VectorsTogether } from '../vectors-together.ts'
import type { IdReferences } from './ids/id-references.ts'
import type { VectorTable } from './vector-table.ts'

/** Room for so many matches is kept for the next search. */
const MOST_KEPT = 4096

/**
 * Keeps the best `limit` matches of those offered: a binary heap with the worst of them on top. The order is that of matches
 * everywhere: by distance, then by the ids' UTF-8 bytes.
 */
export class NearestMatches {
  /** Nothing farther than this can come in any more. */
  worst = Number.POSITIVE_INFINITY
  readonly #table: VectorTable
  readonly #ids: IdReferences
  #limit = 0
  #after: SearchRequest['after']
  readonly #afterId: ReturnType<IdReferences['createProbe']>
  /** Of each match its distance, the reference of its id, and where it is: layer, group and row as `VectorTable` has them. */
  #distances: number[] = []
  #references: number[] = []
  #layers: number[] = []
  #groups: number[] = []
  #rows: number[] = []
  /** How many there are; what stands behind them is left over from another search. */
  #length = 0

  constructor(table: VectorTable) {
    this.#table = table
    this.#ids = table.ids
    this.#afterId = table.ids.createProbe()
  }

  /** Forgets all matches. */
  begin(limit: number, after: SearchRequest['after']): void {
    this.worst = Number.POSITIVE_INFINITY
    this.#limit = limit
    this.#after = after
    if (after) this.#afterId.set(after.id)
    this.#length = 0
    if (this.#distances.length <= MOST_KEPT) return
    this.#distances = []
    this.#references = []
    this.#layers = []
    this.#groups = []
    this.#rows = []
  }

  /** Whether `worst` has become less. */
  offer(distance: number, reference: number, layer: number, group: number, row: number): boolean {
    if (distance > this.worst || !this.#isAfter(distance, reference)) return false
    if (this.#length < this.#limit) {
      this.#write(this.#placeAbove(distance, reference), distance, reference, layer, group, row)
      if (this.#length < this.#limit) return false
    } else {
      if (this.#compare(distance, reference, 0) >= 0) return false
      this.#write(this.#placeBelow(distance, reference), distance, reference, layer, group, row)
    }
    const before = this.worst
    this.worst = this.#distances[0]!
    return this.worst < before
  }

  /** Whether one with such a distance and id, or any that comes after it in the order, could come in. */
  canTake(distance: number, reference: number): boolean {
    if (distance !== this.worst) return distance < this.worst
    return this.#ids.compare(reference, this.#references[0]!) < 0
  }

  /** The matches, the nearest first; they are given out, and gone. */
  take(): Match[] {
    const count = this.#length
    // As heapsort does: each time the worst of those that are left goes behind them.
    while (this.#length > 0) this.#putWorstLast()
    const { dimensions } = this.#table
    const vectors = new VectorsTogether(count)
    return Array.from({ length: count }, (_, at) => {
      const vector = vectors.next(dimensions)
      this.#table.readVector(this.#layers[at]!, this.#groups[at]!, this.#rows[at]!, vector)
      return { id: this.#ids.toString(this.#references[at]!), distance: this.#distances[at]!, vector }
    })
  }

  /** The order of the ids behind two references. */
  compareIds(a: number, b: number): number {
    return this.#ids.compare(a, b)
  }

  #isAfter(distance: number, reference: number): boolean {
    if (!this.#after || distance > this.#after.distance) return true
    return distance === this.#after.distance && this.#ids.compareWith(reference, this.#afterId) > 0
  }

  /** The order of a match and the one in place `at`. */
  #compare(distance: number, reference: number, at: number): number {
    return distance - this.#distances[at]! || this.#ids.compare(reference, this.#references[at]!)
  }

  /** The place for a match in a heap that gets one longer; others make room for it. */
  #placeAbove(distance: number, reference: number): number {
    let at = this.#length++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#compare(distance, reference, parent) <= 0) break
      this.#move(parent, at)
      at = parent
    }
    return at
  }

  /** The place for a match that comes in for the worst one. */
  #placeBelow(distance: number, reference: number): number {
    const length = this.#length
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) return at
      const isOtherWorse =
        child + 1 < length && this.#compare(this.#distances[child + 1]!, this.#references[child + 1]!, child) > 0
      if (isOtherWorse) child++
      if (this.#compare(distance, reference, child) >= 0) return at
      this.#move(child, at)
      at = child
    }
  }

  #putWorstLast(): void {
    const last = --this.#length
    const distance = this.#distances[last]!
    const reference = this.#references[last]!
    const layer = this.#layers[last]!
    const group = this.#groups[last]!
    const row = this.#rows[last]!
    this.#move(0, last)
    this.#write(this.#placeBelow(distance, reference), distance, reference, layer, group, row)
  }

  #write(at: number, distance: number, reference: number, layer: number, group: number, row: number): void {
    this.#distances[at] = distance
    this.#references[at] = reference
    this.#layers[at] = layer
    this.#groups[at] = group
    this.#rows[at] = row
  }

  #move(from: number, to: number): void {
    this.#write(
      to,
      this.#distances[from]!,
      this.#references[from]!,
      this.#layers[from]!,
      this.#groups[from]!,
      this.#rows[from]!,
    )
  }
}
