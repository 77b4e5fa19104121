import type { Layer } from './layer.ts'
import type { Query } from './query.ts'

/**
 * How near the members of one layer can be to a query, by the number of classes alone.
 *
 * Every coordinate of the layer lies in [low, high]. A class that only the member has adds at least `extra`, the squared
 * distance of [low, high] from 0; one that only the query has adds its own square; one that both have adds at least the
 * squared distance of the query's coordinate from [low, high]. So each class in common gains something over its being in
 * both for itself, and no more classes can be in common than either side has left: what is left after the greatest
 * gains is a lower bound. It is the length filter of set-similarity joins (Chaudhuri et al. 2006; Bayardo et al. 2007),
 * weighed.
 */
export class LayerBound {
  readonly extra: number
  readonly #query: Query
  /** `#gains[n]`: sum of the n greatest gains. */
  readonly #gains: number[]

  constructor(query: Query, { low, high, size }: Layer) {
    this.#query = query
    this.extra = size === 0 ? 0 : squaredDistance(0, low, high)
    const gains: number[] = []
    for (let place = 0; place < query.size; place++) {
      const coordinate = query.coordinates[query.axes[place]!]!
      const apart = coordinate * coordinate + this.extra
      gains.push(Math.max(0, apart - squaredDistance(coordinate, low, high)))
    }
    gains.sort(descending)
    this.#gains = [0]
    for (let n = 0; n < gains.length; n++) this.#gains.push(this.#gains[n]! + gains[n]!)
  }

  /** At least this squared line is added by the query's classes from `place` on and `count` more classes of the member. */
  remaining(place: number, count: number): number {
    const left = this.#query.size - place
    const bound =
      this.#query.squares - this.#query.squaresBefore[place]! + count * this.extra - this.#gains[Math.min(count, left)]!
    return Math.max(0, bound)
  }
}

function descending(a: number, b: number): number {
  return b - a
}

/** The squared distance of a value from an interval. */
export function squaredDistance(value: number, low: number, high: number): number {
  const distance = value < low ? low - value : value > high ? value - high : 0
  return distance * distance
}
