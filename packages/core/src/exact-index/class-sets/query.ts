import type { AxisOrder } from './axis-order.ts'
import type { Geometry } from './geometry.ts'
import { signatureBit } from './set-trie.ts'

/**
 * What rounding can add to a bound, as a share of the squared length of the query: sums of up to 4096 terms in float64 are off
 * by less than 4096 · 2⁻⁵³ each, and a handful of them make a bound.
 */
export const ROUNDING = 2 ** -36

/** A query in the coordinates of the geometry. It is made once and set many times: its arrays cost more than a search. */
export class Query {
  readonly vector: Float32Array
  /** How many classes it has: axes on which it is not 0. */
  size = 0
  /** The first `size` are its axes, ascending. */
  readonly axes: Uint16Array
  /** Per axis of the space, 0 where the class is not in the set. */
  readonly coordinates: Float64Array
  /** The ranks of its axes, ascending, and the coordinate of each: its classes as tries have them. */
  readonly ranks: Uint16Array
  readonly rankedCoordinates: Float64Array
  /** `squaresBefore[n]`: sum of the squared coordinates of the first n ranks. */
  readonly squaresBefore: Float64Array
  /** `signatures[n]`: signature, as in a trie, of all ranks from the n-th on. */
  readonly signatures: Uint32Array
  /** Sum of all squared coordinates. */
  squares = 0
  /** Sum of the squared scores, axes ascending, in float64: as `distanceOf` has it. */
  squaredScores = 0
  readonly #geometry: Geometry
  readonly #order: AxisOrder
  readonly #columns: Uint16Array
  readonly #scores: Float32Array
  readonly #located: Float64Array

  constructor(dimensions: number, geometry: Geometry, order: AxisOrder) {
    this.#geometry = geometry
    this.#order = order
    this.#columns = new Uint16Array(dimensions)
    this.ranks = new Uint16Array(dimensions)
    this.rankedCoordinates = new Float64Array(dimensions)
    this.vector = new Float32Array(dimensions)
    this.axes = new Uint16Array(dimensions)
    this.coordinates = new Float64Array(dimensions)
    this.squaresBefore = new Float64Array(dimensions + 1)
    this.signatures = new Uint32Array(dimensions + 1)
    this.#scores = new Float32Array(dimensions)
    this.#located = new Float64Array(dimensions)
  }

  /** Takes a copy. */
  set(vector: Float32Array): void {
    const { axes, coordinates, squaresBefore } = this
    for (let place = 0; place < this.size; place++) coordinates[axes[place]!] = 0
    this.vector.set(vector)
    let size = 0
    let squaredScores = 0
    for (let axis = 0; axis < vector.length; axis++) {
      const score = vector[axis]!
      if (score === 0) continue
      axes[size] = axis
      this.#scores[size++] = score
      squaredScores += score * score
    }
    this.#geometry.locate(this.#scores, 0, size, this.#located)
    for (let place = 0; place < size; place++) coordinates[axes[place]!] = this.#located[place]!
    this.#order.arrange(axes, size, this.ranks, this.#columns)
    for (let place = 0; place < size; place++) {
      const coordinate = this.#located[this.#columns[place]!]!
      this.rankedCoordinates[place] = coordinate
      squaresBefore[place + 1] = squaresBefore[place]! + coordinate * coordinate
    }
    this.signatures[size] = 0
    for (let place = size - 1; place >= 0; place--) {
      this.signatures[place] = this.signatures[place + 1]! | signatureBit(this.ranks[place]!)
    }
    this.size = size
    this.squaredScores = squaredScores
    this.squares = squaresBefore[size]!
  }

  /** The squared line within which everything lies that is no farther than `distance`, rounding considered. */
  reach(distance: number): number {
    return this.#geometry.squaredLine(distance) * (1 + ROUNDING) + this.squares * ROUNDING
  }
}
