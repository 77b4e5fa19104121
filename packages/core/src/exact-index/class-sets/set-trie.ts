import { floatsOf, type NextPart } from '../snapshot/parts.ts'
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
export const axisIn = (word: number): number => word >>> 16
/** 0: the node is a leaf. */
export const countIn = (word: number): number => word & 0xffff
/** Whether an axis may be among those that a signature stands for. */
export const maySign = (signature: number, axis: number): boolean => ((signature >>> (axis & 31)) & 1) === 1

/**
 * The directory of the class sets of one size: a trie over their axes, ascending.
 *
 * The children of a node are a run of neighbouring rows in the order of their axes, so that they can be read through or
 * searched by halves. Below a node with a single set there are no more nodes: it is a leaf, at which hangs the number of the set's
 * group, and the group knows the rest of its axes (the lazy expansion of Leis et al. 2013). The empty set, which has no axis,
 * hangs from the root.
 *
 * Each node tells what lies below it, so that a search need not go there: between which coordinates its members are on the node's
 * axis, and, of a leaf, on all further axes; and by a signature, 32 bits of which each stands for every 32nd axis, which axes
 * can follow (Bloom 1970).
 */
export class SetTrie {
  /**
   * Per chunk of rows, five words a node, so that one is read at once: `axis << 16 | number of children`; their first row, or of a
   * leaf the group; low and high, which are floats; signature.
   */
  readonly words: readonly Uint32Array[]
  readonly floats: readonly Float32Array[]
  /** The run of the nodes at the first axis. */
  rootRow = 0
  rootCount = 0
  readonly size: number
  readonly #groups: Groups
  readonly #slab = new Slab(NODE_BITS, [
    { array: Uint32Array, width: NODE_WORDS },
    { array: Float32Array, width: NODE_WORDS, viewOf: 0 },
  ])
  /** The rows on the way down, from the last call of `find`. */
  readonly #path: Float64Array
  #pathLength = 0

  /** `groups`: those of the sets. */
  constructor(groups: Groups) {
    this.size = groups.size
    this.#groups = groups
    this.words = this.#slab.columns[0] as Uint32Array[]
    this.floats = this.#slab.columns[1] as Float32Array[]
    this.#path = new Float64Array(this.size)
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

  /** The group of a set, or -1. */
  find(axes: Uint16Array): number {
    let first = this.rootRow
    let count = this.rootCount
    if (count === 0) return -1
    for (let depth = 0; depth < this.size; depth++) {
      const row = this.#firstNotBelow(first, count, axes[depth]!)
      if (row === first + count || this.#axis(row) !== axes[depth]!) return -1
      this.#path[depth] = row
      this.#pathLength = depth + 1
      first = this.#target(row)
      count = this.#count(row)
      if (count === 0) return this.#hasAxes(first, axes, depth + 1) ? first : -1
    }
    return first
  }

  /** Adds the set of a group; it is not there yet. Its way is then the one found. */
  add(axes: Uint16Array, group: number): void {
    let parent = -1
    for (let depth = 0; depth < this.size; depth++) {
      const first = parent < 0 ? this.rootRow : this.#target(parent)
      const count = parent < 0 ? this.rootCount : this.#count(parent)
      const row = this.#firstNotBelow(first, count, axes[depth]!)
      const signature = signatureOf(axes, depth + 1, this.size)
      if (row === first + count || this.#axis(row) !== axes[depth]!) {
        const leaf = this.#insertChild(parent, first, count, row - first)
        this.#write(leaf, axes[depth]!, group, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, signature)
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

  /** Lets the bounds on the way to a set, just found, grow around a member's coordinates. */
  include(point: Float64Array): void {
    const leaf = this.#pathLength - 1
    for (let depth = 0; depth < this.size; depth++) {
      const row = this.#path[Math.min(depth, leaf)]!
      const floats = this.floats[row >>> NODE_BITS]!
      const at = (row & NODE_MASK) * NODE_WORDS
      const coordinate = point[depth]!
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

  /** Whether a group has these axes from `column` on. */
  #hasAxes(group: number, axes: Uint16Array, column: number): boolean {
    const own = this.#groups.axesAround(group)
    const from = this.#groups.axesAt(group)
    for (let at = column; at < this.size; at++) if (own[from + at] !== axes[at]) return false
    return true
  }

  /** Gives a leaf a child that takes over its group. The bounds of both are as wide as those of the leaf were. */
  #unfold(row: number, depth: number): void {
    const group = this.#target(row)
    const axes = this.#groups.axesOf(group)
    const floats = this.floats[row >>> NODE_BITS]!
    const at = (row & NODE_MASK) * NODE_WORDS
    const child = this.#insertChild(row, 0, 0, 0)
    const signature = signatureOf(axes, depth + 2, this.size)
    this.#write(child, axes[depth + 1]!, group, floats[at + LOW]!, floats[at + HIGH]!, signature)
  }

  /** Makes leaves of those on the way down, from `lowest` upwards, that have but one child, a leaf. */
  #fold(lowest: number): void {
    for (let depth = lowest; depth >= 0; depth--) {
      const row = this.#path[depth]!
      const child = this.#target(row)
      if (this.#count(row) > 1 || this.#count(child) > 0) return
      const group = this.#target(child)
      const [own, other] = [this.#boundsOf(row), this.#boundsOf(child)]
      const axes = this.#groups.axesOf(group)
      this.#slab.release(child)
      this.#write(
        row,
        axes[depth]!,
        group,
        Math.min(own.low, other.low),
        Math.max(own.high, other.high),
        signatureOf(axes, depth + 1, this.size),
      )
    }
  }

  #boundsOf(row: number): { low: number; high: number } {
    const floats = this.floats[row >>> NODE_BITS]!
    const at = (row & NODE_MASK) * NODE_WORDS
    return { low: floats[at + LOW]!, high: floats[at + HIGH]! }
  }

  /** Makes a leaf of a node. */
  #write(row: number, axis: number, group: number, low: number, high: number, signature: number): void {
    const words = this.words[row >>> NODE_BITS]!
    const floats = this.floats[row >>> NODE_BITS]!
    const at = (row & NODE_MASK) * NODE_WORDS
    words[at] = axis << 16
    words[at + TARGET] = group
    floats[at + LOW] = low
    floats[at + HIGH] = high
    words[at + SIGNATURE] = signature
  }

  #setTarget(row: number, target: number): void {
    this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS + TARGET] = target
  }

  #axis(row: number): number {
    return axisIn(this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS]!)
  }

  #count(row: number): number {
    return countIn(this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS]!)
  }

  #target(row: number): number {
    return this.words[row >>> NODE_BITS]![(row & NODE_MASK) * NODE_WORDS + TARGET]!
  }

  /** The first of `count` rows whose axis is not below `axis`. */
  #firstNotBelow(first: number, count: number, axis: number): number {
    if (count === 0) return first
    const words = this.words[first >>> NODE_BITS]!
    const from = first & NODE_MASK
    let low = from
    let high = from + count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (axisIn(words[middle * NODE_WORDS]!) < axis) low = middle + 1
      else high = middle
    }
    return first + low - from
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
      this.words[parent >>> NODE_BITS]![(parent & NODE_MASK) * NODE_WORDS] = (this.#axis(parent) << 16) | count
    }
  }
}

/** Of the axes from `column` to before `end`. */
function signatureOf(axes: Uint16Array, column: number, end: number): number {
  let signature = 0
  for (let at = column; at < end; at++) signature |= 1 << (axes[at]! & 31)
  return signature
}
