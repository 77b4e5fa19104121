import type { Metric } from '../similarity-index.ts'

/** Codes are whole numbers below 2 ** 48, which doubles hold exactly. */
const MOST_BITS = 48
const MOST_BITS_A_CLASS = 16
/** Octaves of 1 - score: float32 knows no score between 1 - 2⁻²⁴ and 1. */
const OCTAVES = 24
/** By how much of a level another machine's logarithm may differ, amply. */
const SLACK = 1e-6

/**
 * Where in its class set a member is, as one number: the levels of its coordinates, bit by bit in turn, the highest first
 * (the order of Morton 1966). So members that share the first bits of their codes, a range of numbers, lie together in a
 * box, and any index over numbers can hand them out: a B-tree, a sorted set.
 *
 * Levels follow how scores lie: those of detectors crowd below 1, so levels are octaves of 1 - score, parted evenly. Coordinates
 * on the unit sphere are parted evenly as they are. Whatever is outside of 0..1 has the first level or the last.
 */
export class ScoreCode {
  /** How many bits a code has. */
  readonly bits: number
  readonly #size: number
  readonly #levels: number
  readonly #scale: Scale

  /** `size`: how many classes the set has. */
  constructor(size: number, metric: Metric) {
    const bitsAClass = size === 0 ? 0 : Math.min(MOST_BITS_A_CLASS, Math.floor(MOST_BITS / size))
    this.bits = bitsAClass * size
    this.#size = size
    this.#levels = 2 ** bitsAClass
    this.#scale = metric === 'euclidean' ? octaves : even
  }

  /** The code of a member by its coordinates, 0..2 ** bits - 1. */
  of(coordinates: Float64Array): number {
    const levels: number[] = []
    for (let column = 0; column < this.#size; column++) {
      const level = Math.floor(this.#scale.placeOf(coordinates[column]!) * this.#levels)
      levels.push(Math.max(0, Math.min(this.#levels - 1, level)))
    }
    let code = 0
    for (let bit = this.#levels / 2; bit >= 1; bit /= 2) {
      for (const level of levels) code = 2 * code + ((level & bit) === 0 ? 0 : 1)
    }
    return code
  }

  /** The first and the last code whose first `depth` bits are `prefix`. */
  rangeOf(prefix: number, depth: number): { first: number; last: number } {
    const codes = 2 ** (this.bits - depth)
    return { first: prefix * codes, last: (prefix + 1) * codes - 1 }
  }

  /** Writes between which coordinates all members lie whose code has `prefix` as its first `depth` bits. */
  boxOf(prefix: number, depth: number, low: Float64Array, high: Float64Array): void {
    const size = this.#size
    for (let column = 0; column < size; column++) {
      let level = 0
      let width = this.#levels
      for (let bit = column; bit < depth; bit += size) {
        level = 2 * level + (Math.floor(prefix / 2 ** (depth - 1 - bit)) % 2)
        width /= 2
      }
      const first = level * width
      const end = first + width
      low[column] = first === 0 ? Number.NEGATIVE_INFINITY : this.#scale.valueAt((first - SLACK) / this.#levels)
      high[column] = end === this.#levels ? Number.POSITIVE_INFINITY : this.#scale.valueAt((end + SLACK) / this.#levels)
    }
  }
}

/** Places of values from 0 to 1 on a scale from 0 to 1, ascending, and back. */
interface Scale {
  placeOf(value: number): number
  valueAt(place: number): number
}

const LEAST = 2 ** -OCTAVES

const octaves: Scale = {
  placeOf: (value) => (value <= 0 ? 0 : value >= 1 ? 1 : -Math.log2(1 - value * (1 - LEAST)) / OCTAVES),
  valueAt: (place) => (1 - 2 ** (-place * OCTAVES)) / (1 - LEAST),
}

const even: Scale = { placeOf: (value) => value, valueAt: (place) => place }
