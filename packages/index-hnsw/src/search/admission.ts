import type { AxisCondition, Conditions, Filter } from '@image-recommender/core'
import type { VectorTable } from '../table/vector-table.ts'

/** A filter made ready for one search of a table that does not change meanwhile. */
export class Admission {
  /** Whether all images pass. */
  readonly isFree: boolean
  readonly #table: VectorTable
  readonly #axes: Conditions<AxisCondition>
  readonly #tags: Conditions<string>
  /** Per number of a list of tags: 0 unknown, 1 passes, 2 does not. */
  readonly #tagVerdicts: Uint8Array
  readonly #excluded = new Set<number>()

  constructor({ axes = {}, tags = {}, exclude = [] }: Filter, table: VectorTable) {
    this.#table = table
    this.#axes = axes
    this.#tags = tags
    this.#tagVerdicts = new Uint8Array(isEmpty(tags) ? 0 : table.tagLists.end)
    for (const id of exclude) {
      const slot = table.slotOf(id)
      if (slot !== undefined) this.#excluded.add(slot)
    }
    this.isFree = isEmpty(axes) && isEmpty(tags) && this.#excluded.size === 0
  }

  /** Whether the image in a slot passes; the slot is not free. */
  admits(slot: number): boolean {
    if (this.isFree) return true
    if (this.#excluded.has(slot)) return false
    if (this.#tagVerdicts.length > 0 && !this.#admitsTags(this.#table.tagsOf(slot))) return false
    if (isEmpty(this.#axes)) return true
    const vector = this.#table.vectorOf(slot)
    return holds(this.#axes, (condition) => isAbove(vector, condition))
  }

  #admitsTags(list: number): boolean {
    if (this.#tagVerdicts[list] === 0) {
      const tags = this.#table.tagLists.tagsOf(list)
      this.#tagVerdicts[list] = holds(this.#tags, (tag) => tags.includes(tag)) ? 1 : 2
    }
    return this.#tagVerdicts[list] === 1
  }
}

function holds<Condition>(
  { all = [], any = [], none = [] }: Conditions<Condition>,
  isMet: (condition: Condition) => boolean,
): boolean {
  return all.every(isMet) && (any.length === 0 || any.some(isMet)) && !none.some(isMet)
}

function isAbove(vector: Float32Array, { axis, atLeast = 0 }: AxisCondition): boolean {
  const value = vector[axis]!
  return value > 0 && value >= atLeast
}

function isEmpty({ all = [], any = [], none = [] }: Conditions<unknown>): boolean {
  return all.length + any.length + none.length === 0
}
