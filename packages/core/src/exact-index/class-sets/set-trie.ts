import { floatsOf, type NextPart } from '../snapshot/parts.ts'
import { floatAbove, floatBelow } from './outward.ts'
import { Slab } from './slab.ts'

export const NODE_BITS = 14
export const NODE_MASK = 2 ** NODE_BITS - 1
/** Words of a node, and the places of its parts among them. */
export const NODE_WORDS = 4
export const TARGET = 1
export const LOW = 2
export const HIGH = 3
export const axisIn = (word: number): number => word >>> 16
export const countIn = (word: number): number => word & 0xffff

/**
 * The directory of the class sets of one size: a trie over their axes, ascending.
 *
 * The children of a node are a run of neighbouring rows in the order of their axes, so that they can be read through or
 * searched by halves. Each node knows the least and the greatest coordinate that any member below it has on the node's axis.
 * At the last axis hangs the number of the set's group; that of the empty set, which has no axis, is the root itself.
 */
export class SetTrie {
  /**
   * Per chunk of rows, four words a node, so that one is read at once: `axis << 16 | number of children`; their first row, or at
   * the last axis the group; low and high, which are floats.
   */
  readonly words: readonly Uint32Array[]
  readonly floats: readonly Float32Array[]
  /** The run of the nodes at the first axis. */
  rootRow = 0
  rootCount = 0
  readonly #slab = new Slab(NODE_BITS, [
    { array: Uint32Array, width: NODE_WORDS },
    { array: Float32Array, width: NODE_WORDS, viewOf: 0 },
  ])
  /** The rows on the way down, from the last call of `find`. */
  readonly #path: Float64Array

  /** `size`: how many axes each set has. */
  constructor(readonly size: number) {
    this.words = this.#slab.columns[0] as Uint32Array[]
    this.floats = this.#slab.columns[1] as Float32Array[]
    this.#path = new Float64Array(size)
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
      first = this.#target(row)
      count = this.#count(row)
    }
    return first
  }

  /** Adds a set that is not there yet. */
  add(axes: Uint16Array, group: number): void {
    let parent = -1
    for (let depth = 0; depth < this.size; depth++) {
      const first = parent < 0 ? this.rootRow : this.#target(parent)
      const count = parent < 0 ? this.rootCount : this.#count(parent)
      let row = this.#firstNotBelow(first, count, axes[depth]!)
      if (row === first + count || this.#axis(row) !== axes[depth]!) {
        row = this.#insertChild(parent, first, count, row - first)
        this.#start(row, axes[depth]!)
      }
      parent = row
    }
    if (parent < 0) this.#setChildren(parent, group, 1)
    else this.#setTarget(parent, group)
  }

  /** Lets the bounds on the way to a set, just found, grow around a member's coordinates. */
  include(point: Float64Array): void {
    for (let depth = 0; depth < this.size; depth++) {
      const row = this.#path[depth]!
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
    if (this.size === 0) this.rootCount = 0
    for (let depth = this.size - 1; depth >= 0; depth--) {
      const parent = depth === 0 ? -1 : this.#path[depth - 1]!
      if (this.#removeChild(parent, this.#path[depth]!) > 0) return
    }
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

  #start(row: number, axis: number): void {
    const at = (row & NODE_MASK) * NODE_WORDS
    this.words[row >>> NODE_BITS]![at] = axis << 16
    this.floats[row >>> NODE_BITS]![at + LOW] = Number.POSITIVE_INFINITY
    this.floats[row >>> NODE_BITS]![at + HIGH] = Number.NEGATIVE_INFINITY
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

  /** Removes one child; how many are left. */
  #removeChild(parent: number, row: number): number {
    const first = parent < 0 ? this.rootRow : this.#target(parent)
    const left = (parent < 0 ? this.rootCount : this.#count(parent)) - 1
    const place = row - first
    if (place < left) this.#slab.copy(row + 1, row, left - place)
    let run = first
    if (left === 0) this.#slab.release(first)
    else if (4 * left <= this.#slab.runLength(first)) run = this.#slab.move(first, left, 2 * left)
    this.#setChildren(parent, run, left)
    return left
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
