import type { AxisOrder } from '../exact-index/class-sets/axis-order.ts'
import { geometryOf } from '../exact-index/class-sets/geometry.ts'
import { Groups } from '../exact-index/class-sets/groups.ts'
import { floatAbove, floatBelow } from '../exact-index/class-sets/outward.ts'
import { SetTrie } from '../exact-index/class-sets/set-trie.ts'
import type { Metric } from '../similarity-index.ts'
import type { ClassSet } from './class-set.ts'
import { CodeSample } from './code-sample.ts'
import { ScoreCode } from './score-code.ts'

/** The class sets of one size: the group of each holds its number, and about how many members it has. */
export class SetLayer {
  readonly groups: Groups
  readonly trie: SetTrie
  readonly code: ScoreCode
  low = Number.POSITIVE_INFINITY
  high = Number.NEGATIVE_INFINITY
  /**
   * The codes that members of a set can have where all of them lie at one point, or at two: those without classes, and by
   * cosine those with one. Empty where they lie apart.
   */
  readonly pointCodes: readonly number[]
  /** How many sets. */
  count = 0
  #lows: Float64Array = new Float64Array(16)
  #highs: Float64Array = new Float64Array(16)
  readonly #point: Float64Array
  /** By group; only of groups of which the codes of some members are known. */
  readonly #samples = new Map<number, CodeSample>()

  constructor(
    readonly size: number,
    metric: Metric,
    order: AxisOrder,
  ) {
    this.groups = new Groups(size)
    this.trie = new SetTrie(this.groups, order)
    this.code = new ScoreCode(size, metric)
    this.pointCodes = geometryOf(metric).isPoint(size) ? [...new Set([0, 2 ** this.code.bits - 1])] : []
    this.#point = new Float64Array(size)
  }

  /** The group of a set, or -1. */
  find(axes: Uint16Array): number {
    return this.trie.find(axes)
  }

  /** Adds a set, or widens the one there is. */
  include({ axes, number, low, high }: ClassSet): void {
    let group = this.trie.find(axes)
    if (group < 0) {
      group = this.groups.create(axes)
      this.groups.setRoot(group, number)
      this.trie.add(axes, group)
      this.#makeRoom(group)
      this.#lows[group] = low
      this.#highs[group] = high
      this.count++
    }
    this.#lows[group] = Math.min(this.#lows[group]!, low)
    this.#highs[group] = Math.max(this.#highs[group]!, high)
    for (const coordinate of [low, high]) this.trie.include(this.#point.fill(coordinate))
    this.low = Math.min(this.low, floatBelow(low))
    this.high = Math.max(this.high, floatAbove(high))
  }

  /** Between these are all coordinates of a group's members. */
  lowOf(group: number): number {
    return this.#lows[group]!
  }

  highOf(group: number): number {
    return this.#highs[group]!
  }

  /** @param members about how many more (below 0: fewer) a set has than it was thought to have; @param codes those of some of them */
  learn(group: number, members: number, codes: ArrayLike<number>): void {
    if (codes.length > 0) {
      const sample = this.#samples.get(group) ?? new CodeSample()
      this.#samples.set(group, sample)
      sample.add(codes, members, this.groups.count(group))
    }
    this.groups.addToCount(group, members)
  }

  /** About which share of a group's members have codes from `first` to `last`, 0..1; `undefined` where none of its codes is known. */
  shareOf(group: number, first: number, last: number): number | undefined {
    return this.#samples.get(group)?.shareOf(first, last)
  }

  #makeRoom(group: number): void {
    if (group < this.#lows.length) return
    this.#lows = twice(this.#lows)
    this.#highs = twice(this.#highs)
  }
}

function twice(values: Float64Array): Float64Array {
  const longer = new Float64Array(2 * values.length)
  longer.set(values)
  return longer
}
