import type { Query } from './query.ts'
import type { SearchedLayer } from './searched-layer.ts'
import { signatureBit } from './set-trie.ts'

/**
 * How near the members of one layer can be to a query, by the number of classes alone.
 *
 * Every coordinate of the layer lies in [low, high]. A class that only the member has adds at least `extra`, the squared
 * distance of [low, high] from 0; one that only the query has adds its own square. A class in common adds less than it would on
 * each side alone, at least the squared distance of the query's coordinate from [low, high]: the difference is its gain.
 * No more classes can be in common than either side has, so what the greatest gains leave over is a lower bound. It is the
 * length filter of set-similarity joins (Chaudhuri et al. 2006; Bayardo et al. 2007), weighed.
 */
export class LayerBound<L extends SearchedLayer> {
  readonly layer: L
  extra = 0
  readonly #query: Query
  /** Per place of the query's ranks. */
  readonly #gains: number[] = []
  /** `#greatest[n]`: sum of the n greatest gains. */
  readonly #greatest: number[] = []

  constructor(query: Query, layer: L) {
    this.#query = query
    this.layer = layer
  }

  /** Measures anew, for what the query has been set to and the layer is now. */
  measure(): void {
    const { low, high, size } = this.layer
    const query = this.#query
    const greatest = this.#greatest
    this.extra = size === 0 ? 0 : squaredDistance(0, low, high)
    // No more classes can be in common than the member has.
    const most = Math.min(query.size, size)
    greatest[0] = 0
    for (let place = 0; place < query.size; place++) {
      const coordinate = query.rankedCoordinates[place]!
      const gain = Math.max(0, coordinate * coordinate + this.extra - squaredDistance(coordinate, low, high))
      this.#gains[place] = gain
      // Inserted in descending order: sorting takes longer for so few.
      let at = Math.min(place + 1, most + 1)
      for (; at > 1 && greatest[at - 1]! < gain; at--) greatest[at] = greatest[at - 1]!
      greatest[at] = gain
    }
    for (let n = 2; n <= most; n++) greatest[n]! += greatest[n - 1]!
  }

  /** At least this squared line is added by the query's ranks from `place` on and `count` more classes of the member. */
  remaining(place: number, count: number): number {
    const left = this.#query.size - place
    return Math.max(0, this.#apart(place, count) - this.#greatest[Math.min(count, left)]!)
  }

  /** The same, where of the query's ranks only those that the signature may stand for can be in common. */
  remainingSigned(place: number, count: number, signature: number): number {
    const { ranks, size, signatures } = this.#query
    if ((signature & signatures[place]!) === 0) return this.#apart(place, count)
    let gain = 0
    for (let at = place; at < size; at++) if ((signature & signatureBit(ranks[at]!)) !== 0) gain += this.#gains[at]!
    return Math.max(0, this.#apart(place, count) - Math.min(gain, this.#greatest[Math.min(count, size - place)]!))
  }

  /** The same, if none of them is in common. */
  #apart(place: number, count: number): number {
    return this.#query.squares - this.#query.squaresBefore[place]! + count * this.extra
  }
}

/** The squared distance of a value from an interval. */
export function squaredDistance(value: number, low: number, high: number): number {
  const distance = value < low ? low - value : value > high ? value - high : 0
  return distance * distance
}
