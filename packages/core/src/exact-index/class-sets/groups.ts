import { floatsOf, type NextPart } from '../snapshot/parts.ts'
import { Slab } from './slab.ts'

const CHUNK_BITS = 12
const MASK = 2 ** CHUNK_BITS - 1

/** Numbers that tell of what they are the number: a root is a block or a node, an owner is a group or a node; nodes are odd. */
export const asBlock = (block: number): number => block * 2
export const asGroup = (group: number): number => group * 2
export const asNode = (node: number): number => node * 2 + 1
export const isNode = (tagged: number): boolean => (tagged & 1) === 1
export const untagged = (tagged: number): number => Math.floor(tagged / 2)

/** Words of a group before its axes, and the places of its parts among them. */
const HEAD = 2
const COUNT = 0
const ROOT = 1

/** The groups of one layer: a group is all members with one class set. */
export class Groups {
  readonly #slab: Slab
  /** Per group its count and its root; then its axes, which are half words. So it is read at once. */
  readonly #words: Uint32Array[]
  readonly #axes: Uint16Array[]
  readonly #width: number
  /** One more than the highest number of a group that there ever was. */
  end = 0

  constructor(readonly size: number) {
    this.#width = HEAD + Math.ceil(size / 2)
    this.#slab = new Slab(CHUNK_BITS, [
      { array: Uint32Array, width: this.#width },
      { array: Uint16Array, width: 2 * this.#width, viewOf: 0 },
    ])
    this.#words = this.#slab.columns[0] as Uint32Array[]
    this.#axes = this.#slab.columns[1] as Uint16Array[]
  }

  get bytes(): number {
    return this.#slab.bytes
  }

  *save(): Generator<ArrayBufferView> {
    yield Float64Array.of(this.end)
    yield* this.#slab.save()
  }

  async load(next: NextPart): Promise<void> {
    this.end = floatsOf(await next())[0]!
    await this.#slab.load(next)
  }

  create(axes: Uint16Array): number {
    const group = this.#slab.allocate(1)
    for (let column = 0, at = this.axesAt(group); column < this.size; column++) {
      this.axesAround(group)[at + column] = axes[column]!
    }
    this.#words[group >>> CHUNK_BITS]![(group & MASK) * this.#width + COUNT] = 0
    this.end = Math.max(this.end, group + 1)
    return group
  }

  drop(group: number): void {
    this.#slab.release(group)
  }

  /** The axes of the group begin at `axesAt` in this array. */
  axesAround(group: number): Uint16Array {
    return this.#axes[group >>> CHUNK_BITS]!
  }

  axesAt(group: number): number {
    return 2 * ((group & MASK) * this.#width + HEAD)
  }

  axesOf(group: number): Uint16Array {
    return this.axesAround(group).subarray(this.axesAt(group), this.axesAt(group) + this.size)
  }

  axisOf(group: number, column: number): number {
    return this.axesAround(group)[this.axesAt(group) + column]!
  }

  /** How many members the group has; 0 where there is no group with that number. */
  count(group: number): number {
    return this.#words[group >>> CHUNK_BITS]?.[(group & MASK) * this.#width + COUNT] ?? 0
  }

  addToCount(group: number, change: number): void {
    this.#words[group >>> CHUNK_BITS]![(group & MASK) * this.#width + COUNT]! += change
  }

  /** Its only block, or the root of its block tree: tagged. */
  root(group: number): number {
    return this.#words[group >>> CHUNK_BITS]![(group & MASK) * this.#width + ROOT]!
  }

  setRoot(group: number, tagged: number): void {
    this.#words[group >>> CHUNK_BITS]![(group & MASK) * this.#width + ROOT] = tagged
  }
}
