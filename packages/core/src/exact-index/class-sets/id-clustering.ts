import type { Blocks } from './blocks.ts'
import type { Clustering } from './clustering.ts'
import type { ColumnShape } from './slab.ts'

/** The order of the ids behind two references. */
export type CompareIds = (a: number, b: number) => number

/**
 * The first id, for members that all lie at one point: among equal distances the ids decide, and of millions only the first
 * few count. So the tree is a B-tree over ids.
 */
export class IdClustering implements Clustering {
  readonly shape: ColumnShape<Uint32Array> = { array: Uint32Array, width: 1 }
  readonly #blocks: Blocks
  readonly #compare: CompareIds
  readonly #first = new Uint32Array(1)
  #chosen = 0

  constructor(blocks: Blocks, compare: CompareIds) {
    this.#blocks = blocks
    this.#compare = compare
  }

  choose(row: number): void {
    this.#chosen = this.#blocks.referenceOf(row)
  }

  chooseNew(_point: Float64Array, reference: number): void {
    this.#chosen = reference
  }

  /** The last that begins before the chosen id; if there is none, the first. */
  childFor(firsts: Uint32Array, from: number, length: number): number {
    let found = 0
    let isBefore = this.#compare(firsts[from]!, this.#chosen) <= 0
    for (let child = 1; child < length; child++) {
      const first = firsts[from + child]!
      const isNextBefore = this.#compare(first, this.#chosen) <= 0
      // Among those before the chosen id the last counts, among those after it the first.
      const isBetter =
        isNextBefore === isBefore ? this.#compare(first, firsts[from + found]!) > 0 === isBefore : isNextBefore
      if (!isBetter) continue
      found = child
      isBefore = isNextBefore
    }
    return found
  }

  include(firsts: Uint32Array, from: number): void {
    if (this.#compare(this.#chosen, firsts[from]!) < 0) firsts[from] = this.#chosen
  }

  /** Asked when the chosen one has left: by then its id may be in use no more, but its reference still is what it was. */
  mayShrink(firsts: Uint32Array, from: number): boolean {
    return firsts[from] === this.#chosen
  }

  boundOfBlock(block: number): Uint32Array {
    const row = this.#blocks.firstRow(block)
    this.#first[0] = this.#blocks.referenceOf(row)
    for (let at = 1; at < this.#blocks.length(block); at++) this.#keepFirst(this.#blocks.referenceOf(row + at))
    return this.#first
  }

  boundOfChildren(firsts: Uint32Array, from: number, length: number): Uint32Array {
    this.#first[0] = firsts[from]!
    for (let child = 1; child < length; child++) this.#keepFirst(firsts[from + child]!)
    return this.#first
  }

  leavingMembers(block: number): number[] {
    const row = this.#blocks.firstRow(block)
    const references = Array.from({ length: this.#blocks.length(block) }, (_, at) => this.#blocks.referenceOf(row + at))
    return this.#upperHalf(references)
  }

  leavingChildren(firsts: Uint32Array, length: number): number[] {
    return this.#upperHalf(Array.from(firsts.subarray(0, length)))
  }

  #keepFirst(reference: number): void {
    if (this.#compare(reference, this.#first[0]!) < 0) this.#first[0] = reference
  }

  #upperHalf(references: readonly number[]): number[] {
    const order = references.map((_, at) => at).sort((a, b) => this.#compare(references[a]!, references[b]!))
    return order.slice(order.length >> 1).sort((a, b) => b - a)
  }
}
