import { squaredColorDistance } from './color-point.ts'
import { type Look, MOST_COLORS, PALETTE_COLOR, PER_COLOR } from './look.ts'
import { nearness, UNKNOWN } from './nearness.ts'

const USED_UP = Number.POSITIVE_INFINITY

/**
 * How alike palettes are to one palette: the earth mover's distance (Rubner, Tomasi and Guibas 2000), found greedily. The shares
 * of one, scaled to add up to 1, are carried over to the other, the nearest colours first; each part counts as much as the two
 * colours are alike.
 *
 * Symmetric, 0..1; 1 for equal palettes. An empty one is unknown: two of them count as equal, one beside another as 0.5.
 */
export class Palettes {
  readonly #palette: Look['palette']
  /** What of each share has not been carried over yet. */
  readonly #left = new Float64Array(MOST_COLORS)
  readonly #otherLeft = new Float64Array(MOST_COLORS)
  /** Squared, from each colour to each of the other palette, row by row. */
  readonly #distances = new Float64Array(MOST_COLORS * MOST_COLORS)
  /** Of each colour the nearest of the other palette that is not used up, and the square of how far it is. */
  readonly #nearest = new Int32Array(MOST_COLORS)
  readonly #least = new Float64Array(MOST_COLORS)

  /** @param palette the one that others are compared with */
  constructor(palette: Look['palette']) {
    this.#palette = palette
  }

  likeness(other: Look['palette']): number {
    const palette = this.#palette
    if (palette.length === 0 || other.length === 0) return palette.length === other.length ? 1 : UNKNOWN
    this.#measure(other)
    return this.#carryOver(palette.length / PER_COLOR, other.length / PER_COLOR)
  }

  #measure(other: Look['palette']): void {
    const palette = this.#palette
    const left = this.#left
    const otherLeft = this.#otherLeft
    const distances = this.#distances
    const otherCount = other.length / PER_COLOR
    for (let to = 0; to < otherCount; to++) otherLeft[to] = other[PER_COLOR * to]!
    for (let from = 0, at = 0; at < palette.length; from++, at += PER_COLOR) {
      left[from] = palette[at]!
      for (let to = 0, there = PALETTE_COLOR; to < otherCount; to++, there += PER_COLOR) {
        distances[from * MOST_COLORS + to] = squaredColorDistance(palette, at + PALETTE_COLOR, other, there)
      }
    }
  }

  #carryOver(count: number, otherCount: number): number {
    const left = this.#left
    const otherLeft = this.#otherLeft
    const nearest = this.#nearest
    const least = this.#least
    for (let from = 0; from < count; from++) this.#findNearest(from, otherCount)
    let sum = 0
    // Each step uses up a colour of one of the two; but for shares that are no numbers, which nothing uses up.
    for (let step = count + otherCount; step > 0; step--) {
      const from = nearestIn(least, count)
      if (from < 0) break
      const to = nearest[from]!
      const share = Math.min(left[from]!, otherLeft[to]!)
      sum += share * nearness(least[from]!)
      left[from]! -= share
      otherLeft[to]! -= share
      if (left[from] === 0) least[from] = USED_UP
      if (otherLeft[to] !== 0) continue
      for (let row = 0; row < count; row++) {
        if (nearest[row] === to && least[row] !== USED_UP) this.#findNearest(row, otherCount)
      }
    }
    return Math.min(1, sum)
  }

  #findNearest(from: number, otherCount: number): void {
    const otherLeft = this.#otherLeft
    const distances = this.#distances
    let distance = USED_UP
    for (let to = 0, at = from * MOST_COLORS; to < otherCount; to++, at++) {
      if (distances[at]! < distance && otherLeft[to] !== 0) {
        distance = distances[at]!
        this.#nearest[from] = to
      }
    }
    this.#least[from] = distance
  }
}

/**
 * The place of the least; -1 if all are used up. Of those equally near, the first. That leaves symmetry as it is: where two moves share a
 * colour, either order of the loops has the same one first, and where they share none, their order does not matter.
 */
function nearestIn(least: Float64Array, count: number): number {
  let distance = USED_UP
  let first = -1
  for (let from = 0; from < count; from++) {
    if (least[from]! < distance) {
      distance = least[from]!
      first = from
    }
  }
  return first
}
