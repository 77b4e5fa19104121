import type { Filter } from '@image-recommender/core'
import { encodeTag } from '../records/tag-text.ts'

/** Whether a member's tags pass, where the parameters from number `first` on are those of `tagParameters`. */
export function tagConditions(first: number): string {
  const [all, any, none] = [first, first + 1, first + 2].map((number) => `$${number}::text[]`)
  return `(${all} is null or tags @> ${all}) and (${any} is null or tags && ${any}) and (${none} is null or not tags && ${none})`
}

/** The tags of which all, any and none are wanted; each `null` where there are none, as an empty list of any holds. */
export function tagParameters({ tags = {} }: Filter): (string[] | null)[] {
  return [tags.all, tags.any, tags.none].map((wanted = []) => (wanted.length === 0 ? null : wanted.map(encodeTag)))
}
