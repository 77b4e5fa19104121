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

/** The groups of one layer: a group is all members with one class set. */
export class Groups {
  readonly #slab: Slab
  readonly #axes: Uint16Array[]
  readonly #counts: Uint32Array[]
  readonly #roots: Uint32Array[]
  /** One more than the highest number of a group that there ever was. */
  end = 0

  constructor(readonly size: number) {
    this.#slab = new Slab(CHUNK_BITS, [
      { array: Uint16Array, width: size },
      { array: Uint32Array, width: 1 },
      { array: Uint32Array, width: 1 },
    ])
    this.#axes = this.#slab.columns[0] as Uint16Array[]
    this.#counts = this.#slab.columns[1] as Uint32Array[]
    this.#roots = this.#slab.columns[2] as Uint32Array[]
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
    this.#counts[group >>> CHUNK_BITS]![group & MASK] = 0
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
    return (group & MASK) * this.size
  }

  axesOf(group: number): Uint16Array {
    return this.axesAround(group).subarray(this.axesAt(group), this.axesAt(group) + this.size)
  }

  axisOf(group: number, column: number): number {
    return this.axesAround(group)[this.axesAt(group) + column]!
  }

  /** How many members the group has; 0 where there is no group with that number. */
  count(group: number): number {
    return this.#counts[group >>> CHUNK_BITS]?.[group & MASK] ?? 0
  }

  addToCount(group: number, change: number): void {
    this.#counts[group >>> CHUNK_BITS]![group & MASK]! += change
  }

  /** Its only block, or the root of its block tree: tagged. */
  root(group: number): number {
    return this.#roots[group >>> CHUNK_BITS]![group & MASK]!
  }

  setRoot(group: number, tagged: number): void {
    this.#roots[group >>> CHUNK_BITS]![group & MASK] = tagged
  }
}
