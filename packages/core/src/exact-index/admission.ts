import { conditionsHold, isEmpty } from '../conditions.ts'
import type { AxisCondition, Conditions, Filter } from '../similarity-index.ts'
import type { TagLists } from './tag-lists.ts'

/** So many lists of tags tell how many members pass. */
const SAMPLED_LISTS = 512

/** What of a class set passes a filter: nothing, all its members, or some, so that each must be looked at. */
export type Verdict = 'none' | 'all' | 'some'

interface AxisRule {
  readonly axis: number
  /** 0 stands for any value above 0. */
  readonly atLeast: number
  /** The axis's column in the set last entered; -1: not in it. */
  column: number
}

/** A filter made ready for one search: first a class set is entered, then its members are asked for one by one. */
export class Admission {
  /** Axes that a set must have, ascending. */
  readonly required: readonly number[]
  readonly #all: AxisRule[]
  readonly #any: AxisRule[]
  readonly #none: AxisRule[]
  readonly #tags: Conditions<string> | undefined
  readonly #tagLists: TagLists
  /** Per number of a tag list: 0 unknown, 1 passes, 2 does not. */
  readonly #tagVerdicts: Uint8Array
  readonly #excluded: ReadonlySet<number>

  /** `excluded`: the references of the ids that are left out. */
  constructor({ axes, tags }: Filter, tagLists: TagLists, excluded: ReadonlySet<number>) {
    this.#all = rulesOf(axes?.all)
    this.#any = rulesOf(axes?.any)
    this.#none = rulesOf(axes?.none)
    this.required = [...new Set(this.#all.map(({ axis }) => axis))].sort((a, b) => a - b)
    this.#tags = isEmpty(tags) ? undefined : tags
    this.#tagLists = tagLists
    this.#tagVerdicts = new Uint8Array(this.#tags ? tagLists.end : 0)
    this.#excluded = excluded
  }

  /** Enters a class set: `size` axes from `axes[from]` on. `positive`: whether none of its members has a value below 0. */
  enter(axes: Uint16Array, from: number, size: number, positive: boolean): Verdict {
    let isCertain = this.#tags === undefined && this.#excluded.size === 0
    for (const rule of this.#all) {
      rule.column = columnOf(rule.axis, axes, from, size)
      if (rule.column < 0) return 'none'
      if (rule.atLeast > 0 || !positive) isCertain = false
    }
    let [mayHold, holds] = [this.#any.length === 0, this.#any.length === 0]
    for (const rule of this.#any) {
      rule.column = columnOf(rule.axis, axes, from, size)
      mayHold ||= rule.column >= 0
      holds ||= rule.column >= 0 && rule.atLeast === 0 && positive
    }
    if (!mayHold) return 'none'
    if (!holds) isCertain = false
    for (const rule of this.#none) {
      rule.column = columnOf(rule.axis, axes, from, size)
      if (rule.column < 0) continue
      if (rule.atLeast === 0 && positive) return 'none'
      isCertain = false
    }
    return isCertain ? 'all' : 'some'
  }

  /** Whether a member of the set last entered passes; its scores begin at `values[from]`. */
  admits(values: Float32Array, from: number, reference: number, tagList: number): boolean {
    if (this.#excluded.size > 0 && this.#excluded.has(reference)) return false
    if (!this.admitsTags(tagList)) return false
    for (const rule of this.#all) if (!holdsFor(rule, values, from)) return false
    for (const rule of this.#none) if (holdsFor(rule, values, from)) return false
    if (this.#any.length === 0) return true
    for (const rule of this.#any) if (holdsFor(rule, values, from)) return true
    return false
  }

  /** Whether what has this list of tags may pass. */
  admitsTags(tagList: number): boolean {
    if (!this.#tags) return true
    if (this.#tagVerdicts[tagList] === 0) {
      const tags = this.#tagLists.tagsOf(tagList)
      this.#tagVerdicts[tagList] = conditionsHold(this.#tags, (tag) => tags.includes(tag)) ? 1 : 2
    }
    return this.#tagVerdicts[tagList] === 1
  }

  /** About how many of the members pass by their tags: told by some of the lists, evenly chosen, where there are many. */
  estimateByTags(members: number): number {
    if (this.admitsTags(0)) return members
    const lists = this.#tagLists.end
    const step = Math.max(1, Math.floor(lists / SAMPLED_LISTS))
    let admitted = 0
    for (let list = 1; list < lists; list += step) {
      if (this.admitsTags(list)) admitted += this.#tagLists.usesOf(list)
    }
    return Math.min(members, admitted * step)
  }
}

function rulesOf(conditions: readonly AxisCondition[] = []): AxisRule[] {
  return conditions.map(({ axis, atLeast }) => ({ axis, atLeast: Math.max(0, atLeast ?? 0), column: -1 }))
}

function columnOf(axis: number, axes: Uint16Array, from: number, size: number): number {
  for (let column = 0; column < size; column++) if (axes[from + column] === axis) return column
  return -1
}

function holdsFor({ column, atLeast }: AxisRule, values: Float32Array, from: number): boolean {
  if (column < 0) return false
  const value = values[from + column]!
  return value > 0 && value >= atLeast
}
