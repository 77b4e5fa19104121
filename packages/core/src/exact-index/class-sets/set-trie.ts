import { floatsOf, type NextPart } from '../snapshot/parts.ts'
import type { AxisOrder } from './axis-order.ts'
import type { Groups } from './groups.ts'
import { floatAbove, floatBelow } from './outward.ts'
import { Slab } from './slab.ts'

export const NODE_BITS = 14
export const NODE_MASK = 2 ** NODE_BITS - 1
/** Words of a node, and the places of its parts among them. */
export const NODE_WORDS = 5
export const TARGET = 1
export const LOW = 2
export const HIGH = 3
export const SIGNATURE = 4
export const rankIn = (word: number): number => word >>> 16
/** 0: the node is a leaf. */
export const countIn = (word: number): number => word & 0xffff
/** What an axis of that rank adds to a signature. */
export const signatureBit = (rank: number): number => 1 << (rank & 31)

/**
 * The directory of the class sets of one size: a trie over the ranks of their axes in the
 * order of axes, ascending.
 *
 * The children of a node are a run of neighbouring rows in the order of their ranks, so that they can be read through or
 * searched by halves. Below a node with a single set there are no more nodes: it is a leaf, at which hangs the number of the set's
 * group, and the group knows the rest of its axes (the lazy expansion of Leis et al. 2013). The empty set, which has no axis,
 * hangs from the root.
 *
 * Each node tells what lies below it, so that a search need not go there: between which coordinates its members are on the node's
 * axis, and, of a leaf, on all further axes; and by a signature, 32 bits of which each stands for every 32nd rank, which
 * can follow (Bloom 1970).
 */
export class SetTrie {
  /**
   * Per chunk of rows, five words a node, so that one is read at once: `rank << 16 | number of children`; their first row, or of a
   * leaf the group; low and high, which are floats; signature.
   */
  readonly words: readonly Uint32Array[]
  readonly floats: readonly Float32Array[]
  /** The run of the nodes at the first rank. */
  rootRow = 0
  rootCount = 0
  readonly size: number
  readonly #groups: Groups
  readonly #order: AxisOrder
  readonly #slab = new Slab(NODE_BITS, [
    { array: Uint32Array, width: NODE_WORDS },
    { array: Float32Array, width: NODE_WORDS, viewOf: 0 },
  ])
  /** What the last call of `find` or `add` was about: the ranks of the set, the column of each, and the rows on its way. */
  readonly #ranks: Uint16Array
  readonly #columns: Uint16Array
  readonly #path: Float64Array
  #pathLength = 0
  readonly #otherRanks: Uint16Array
  readonly #otherColumns: Uint16Array

  /** `groups`: those of the sets. The order must not change while there are any. */
  constructor(groups: Groups, order: AxisOrder) {
    this.size = groups.size
    this.#groups = groups
    this.#order = order
    this.words = this.#slab.columns[0] as Uint32Array[]
    this.floats = this.#slab.columns[1] as Float32Array[]
    this.#ranks = new Uint16Array(this.size)
    this.#columns = new Uint16Array(this.size)
    this.#path = new Float64Array(this.size)
    this.#otherRanks = new Uint16Array(this.size)
    this.#otherColumns = new Uint16Array(this.size)
  }

  get bytes(): number {
    return this.#slab.bytes
  }

  *save(): Generator<ArrayBufferView> {
    yield Float64Array.of(this.rootRow, this.rootCount)
    yield* this.#slab.save()
  }

  async load(next: NextPart): Promise<void> {
    const [rootRow, rootCount] = floatsOf(await next()) as unknown as [number, number]
    this.rootRow = rootRow
    this.rootCount = rootCount
    await this.#slab.load(next)
  }

  /** The group of a set, whose axes ascend, or -1. */
  find(axes: Uint16Array): number {
    const ranks = this.#ranks
    this.#order.arrange(axes, this.size, ranks, this.#columns)
    let first = this.rootRow
    let count = this.rootCount
    if (count === 0) return -1
    for (let depth = 0; depth < this.size; depth++) {
      const row = this.#firstNotBelow(first, count, ranks[depth]!)
      if (row === first + count || this.#rank(row) !== ranks[depth]!) return -1
      this.#path[depth] = row
      this.#pathLength = depth + 1
      first = this.#target(row)
      count = this.#count(row)
      if (count === 0) return this.#hasAxes(first, axes) ? first : -1
    }
    return first
  }

  /** Adds the set of a group; it is not there yet. Its way is then the one found. */
  add(axes: Uint16Array, group: number): void {
    const ranks = this.#ranks
    this.#order.arrange(axes, this.size, ranks, this.#columns)
    let parent = -1
    for (let depth = 0; depth < this.size; depth++) {
      const first = parent < 0 ? this.rootRow : this.#target(parent)
      const count = parent < 0 ? this.rootCount : this.#count(parent)
      const row = this.#firstNotBelow(first, count, ranks[depth]!)
      const signature = signatureOf(ranks, depth + 1)
      if (row === first + count || this.#rank(row) !== ranks[depth]!) {
        const leaf = this.#insertChild(parent, first, count, row - first)
        this.#write(leaf, ranks[depth]!, group, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, signature)
        this.#path[depth] = leaf
        this.#pathLength = depth + 1
        return
      }
      this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS + SIGNATURE]! |= signature
      if (this.#count(row) === 0) this.#unfold(row, depth)
      this.#path[depth] = row
      parent = row
    }
    this.#setChildren(parent, group, 1)
  }

  /** Lets the bounds on the way to a set, just found or added, grow around a member's coordinates. */
  include(point: Float64Array): void {
    const leaf = this.#pathLength - 1
    for (let depth = 0; depth < this.size; depth++) {
      const row = this.#path[Math.min(depth, leaf)]!
      const floats = this.floats[row >>> NODE_BITS]!
      const at = (row & NODE_MASK) * NODE_WORDS
      const coordinate = point[this.#columns[depth]!]!
      if (coordinate < floats[at + LOW]!) floats[at + LOW] = floatBelow(coordinate)
      if (coordinate > floats[at + HIGH]!) floats[at + HIGH] = floatAbove(coordinate)
    }
  }

  /** Removes a set that is there. */
  remove(axes: Uint16Array): void {
    this.find(axes)
    if (this.size === 0) {
      this.rootCount = 0
      return
    }
    const depth = this.#pathLength - 1
    this.#removeChild(depth === 0 ? -1 : this.#path[depth - 1]!, this.#path[depth]!)
    this.#fold(depth - 1)
  }

  /** Whether a group has these axes. */
  #hasAxes(group: number, axes: Uint16Array): boolean {
    const own = this.#groups.axesAround(group)
    const from = this.#groups.axesAt(group)
    for (let at = 0; at < this.size; at++) if (own[from + at] !== axes[at]) return false
    return true
  }

  /** Gives a leaf a child that takes over its group. The bounds of both are as wide as those of the leaf were. */
  #unfold(row: number, depth: number): void {
    const group = this.#target(row)
    const ranks = this.#ranksOf(group)
    const floats = this.floats[row >>> NODE_BITS]!
    const at = (row & NODE_MASK) * NODE_WORDS
    const child = this.#insertChild(row, 0, 0, 0)
    const [low, high] = [floats[at + LOW]!, floats[at + HIGH]!]
    this.#write(child, ranks[depth + 1]!, group, low, high, signatureOf(ranks, depth + 2))
  }

  /** Makes leaves of those on the way down, from `lowest` upwards, that have but one child, a leaf. */
  #fold(lowest: number): void {
    for (let depth = lowest; depth >= 0; depth--) {
      const row = this.#path[depth]!
      const child = this.#target(row)
      if (this.#count(row) > 1 || this.#count(child) > 0) return
      const group = this.#target(child)
      const [own, other] = [this.#boundsOf(row), this.#boundsOf(child)]
      const [low, high] = [Math.min(own.low, other.low), Math.max(own.high, other.high)]
      this.#slab.release(child)
      this.#write(row, this.#rank(row), group, low, high, signatureOf(this.#ranksOf(group), depth + 1))
    }
  }

  #boundsOf(row: number): { low: number; high: number } {
    const floats = this.floats[row >>> NODE_BITS]!
    const at = (row & NODE_MASK) * NODE_WORDS
    return { low: floats[at + LOW]!, high: floats[at + HIGH]! }
  }

  /** Ascending; good until the next call. */
  #ranksOf(group: number): Uint16Array {
    this.#order.arrange(this.#groups.axesOf(group), this.size, this.#otherRanks, this.#otherColumns)
    return this.#otherRanks
  }

  /** Makes a leaf of a node. */
  #write(row: number, rank: number, group: number, low: number, high: number, signature: number): void {
    const words = this.words[row >>> NODE_BITS]!
    const floats = this.floats[row >>> NODE_BITS]!
    const at = (row & NODE_MASK) * NODE_WORDS
    words[at] = rank << 16
    words[at + TARGET] = group
    floats[at + LOW] = low
    floats[at + HIGH] = high
    words[at + SIGNATURE] = signature
  }

  #setTarget(row: number, target: number): void {
    this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS + TARGET] = target
  }

  #rank(row: number): number {
    return rankIn(this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS]!)
  }

  #count(row: number): number {
    return countIn(this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS]!)
  }

  #target(row: number): number {
    return this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS + TARGET]!
  }

  /** The first of `count` rows whose rank is not below `rank`. */
  #firstNotBelow(first: number, count: number, rank: number): number {
    if (count === 0) return first
    const from = first & NODE_MASK
    return first - from + firstNotBelow(this.words[first >>> NODE_BITS]!, from, from + count, rank)
  }

  /** Makes room for a child at `place` among `count`; its row. */
  #insertChild(parent: number, first: number, count: number, place: number): number {
    let run = first
    if (count === 0) run = this.#slab.allocate(1)
    else if (count === this.#slab.runLength(first)) run = this.#slab.move(first, count, count + 1)
    if (place < count) this.#slab.copy(run + place, run + place + 1, count - place)
    this.#setChildren(parent, run, count + 1)
    return run + place
  }

  /** Removes one child. */
  #removeChild(parent: number, row: number): void {
    const first = parent < 0 ? this.rootRow : this.#target(parent)
    const left = (parent < 0 ? this.rootCount : this.#count(parent)) - 1
    const place = row - first
    if (place < left) this.#slab.copy(row + 1, row, left - place)
    let run = first
    if (left === 0) this.#slab.release(first)
    else if (4 * left <= this.#slab.runLength(first)) run = this.#slab.move(first, left, 2 * left)
    this.#setChildren(parent, run, left)
  }

  #setChildren(parent: number, run: number, count: number): void {
    if (parent < 0) {
      this.rootRow = run
      this.rootCount = count
    } else {
      this.#setTarget(parent, run)
      this.words[parent >>> NODE_BITS]![(parent & NODE_MASK) * NODE_WORDS] = (this.#rank(parent) << 16) | count
    }
  }
}

/** Of the ranks from the `from`-th on. */
function signatureOf(ranks: Uint16Array, from: number): number {
  let signature = 0
  for (let at = from; at < ranks.length; at++) signature |= signatureBit(ranks[at]!)
  return signature
}

/** The first of the nodes from `from` to before `end`, siblings, whose rank is not below `rank`; `end` if there is none. */
export function firstNotBelow(words: Uint32Array, from: number, end: number, rank: number): number {
  if (from === end) return end
  const least = rankIn(words[from * NODE_WORDS]!)
  const most = rankIn(words[(end - 1) * NODE_WORDS]!)
  if (rank <= least) return from
  if (rank > most) return end
  // Siblings differ in rank, so none is farther from either end of the run than its rank is from the rank there.
  let low = Math.max(from + 1, end - 1 - (most - rank))
  let high = Math.min(end - 1, from + (rank - least))
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rankIn(words[middle * NODE_WORDS]!) < rank) low = middle + 1
    else high = middle
  }
  return low
}
