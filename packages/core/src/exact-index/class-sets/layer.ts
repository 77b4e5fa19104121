import { floatsOf, type NextPart } from '../snapshot/parts.ts'
import type { AxisOrder } from './axis-order.ts'
import { BlockTree, type OnMoved } from './block-tree.ts'
import { Blocks, ROW_BITS, ROW_MASK } from './blocks.ts'
import { BoxClustering } from './box-clustering.ts'
import type { Geometry } from './geometry.ts'
import { Groups } from './groups.ts'
import { type CompareIds, IdClustering } from './id-clustering.ts'
import { floatAbove, floatBelow } from './outward.ts'
import { SetTrie } from './set-trie.ts'

/** A vector with more classes is dense, and in no layer. */
export const MOST_CLASSES = 30

/** How many groups are looked at in one step of tightening. */
const GROUPS_A_STEP = 256

/**
 * All members whose class sets have the same size: the directory of those sets, a group for each of them, the groups'
 * blocks of members. A vector's class set is the set of axes on which it is not 0.
 */
export class Layer {
  trie: SetTrie
  readonly groups: Groups
  readonly blocks: Blocks
  readonly tree: BlockTree
  /**
   * Between these are all coordinates of all members that there ever were. Rounded like those of the trie's nodes, which so
   * lie within: a bound never decreases on the way down.
   */
  low = Number.POSITIVE_INFINITY
  high = Number.NEGATIVE_INFINITY
  /** How many members. */
  count = 0
  readonly #geometry: Geometry
  readonly #order: AxisOrder
  readonly #point: Float64Array
  /** The next group to tighten; -1: nothing to do. */
  #tightenNext = -1

  /** Whether members of a set all lie at one point, so that trees keep them by their ids. */
  readonly isById: boolean

  constructor(
    readonly size: number,
    geometry: Geometry,
    order: AxisOrder,
    compareIds: CompareIds,
    onMoved: OnMoved,
  ) {
    this.#geometry = geometry
    this.#order = order
    this.groups = new Groups(size)
    this.trie = new SetTrie(this.groups, order)
    this.blocks = new Blocks(size)
    this.isById = geometry.isPoint(size)
    const clustering = this.isById
      ? new IdClustering(this.blocks, compareIds)
      : new BoxClustering(this.blocks, geometry)
    this.tree = new BlockTree(this.blocks, this.groups, clustering, onMoved)
    this.#point = new Float64Array(size)
  }

  get bytes(): number {
    return this.trie.bytes + this.groups.bytes + this.blocks.bytes + this.tree.bytes
  }

  /** Adds a member: `size` ascending axes, their scores, none of them 0. The block where it is now. */
  insert(axes: Uint16Array, scores: Float32Array, reference: number, tagList: number): number {
    const group = this.#groupOf(axes)
    this.#include(scores)
    return this.tree.insert(group, scores, this.#point, reference, tagList)
  }

  remove(block: number, row: number): void {
    const group = this.tree.remove(block, row)
    this.count--
    if (this.groups.count(group) > 0) return
    this.trie.remove(this.groups.axesOf(group))
    this.groups.drop(group)
  }

  /** Makes the trie anew, since the order of axes has changed. */
  reorder(): void {
    this.trie = new SetTrie(this.groups, this.#order)
    for (let group = 0; group < this.groups.end; group++) {
      if (this.groups.count(group) === 0) continue
      this.trie.add(this.groups.axesOf(group), group)
      for (const block of this.tree.blocksOf(group)) {
        const first = this.blocks.firstRow(block)
        for (let row = first, end = first + this.blocks.length(block); row < end; row++) {
          const scores = this.blocks.scores[row >>> ROW_BITS]!
          this.#geometry.locate(scores, (row & ROW_MASK) * this.blocks.width, this.size, this.#point)
          this.trie.include(this.#point)
        }
      }
    }
  }

  /** The parts that `load` takes: views of the live memory, good until the next change. */
  *save(): Generator<ArrayBufferView> {
    yield Float64Array.of(this.low, this.high, this.count)
    for (const part of [this.trie, this.groups, this.blocks, this.tree]) yield* part.save()
  }

  /** Takes the place of everything in an empty layer of the same size. Throws an Error where the parts do not fit. */
  async load(next: NextPart): Promise<void> {
    const [low, high, count] = floatsOf(await next()) as unknown as [number, number, number]
    this.low = low
    this.high = high
    this.count = count
    for (const part of [this.trie, this.groups, this.blocks, this.tree]) await part.load(next)
  }

  /** The group of a set, made if there is none; the trie then knows the way to it. */
  #groupOf(axes: Uint16Array): number {
    const found = this.trie.find(axes)
    if (found >= 0) return found
    const group = this.groups.create(axes)
    this.trie.add(axes, group)
    return group
  }

  /** Counts a member of the set that the trie has found, and lets all bounds grow around it. Its place is in `#point`. */
  #include(scores: Float32Array): void {
    const point = this.#point
    this.#geometry.locate(scores, 0, this.size, point)
    this.trie.include(point)
    for (let column = 0; column < this.size; column++) {
      if (point[column]! < this.low) this.low = floatBelow(point[column]!)
      if (point[column]! > this.high) this.high = floatAbove(point[column]!)
    }
    this.count++
  }

  /** Does a little of the work of giving unused memory back; whether there is more to do. */
  tighten(): boolean {
    if (this.#tightenNext < 0) {
      if (!this.blocks.isSparse) return false
      this.blocks.beginTightening()
      this.#tightenNext = 0
    }
    const until = Math.min(this.groups.end, this.#tightenNext + GROUPS_A_STEP)
    for (let group = this.#tightenNext; group < until; group++) {
      for (const block of this.tree.blocksOf(group)) this.blocks.tighten(block)
    }
    this.#tightenNext = until < this.groups.end ? until : -1
    return this.#tightenNext >= 0
  }
}
