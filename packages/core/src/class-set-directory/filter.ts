import type { AxisCondition, Conditions, Filter, IndexEntry } from '../similarity-index.ts'

/** A filter made ready to be asked of many entries. */
export function filterOf({ axes = {}, tags = {}, exclude = [] }: Filter): (entry: IndexEntry) => boolean {
  const excluded = new Set(exclude)
  return (entry) =>
    !excluded.has(entry.id) &&
    holds(axes, ({ axis, atLeast = 0 }: AxisCondition) => entry.vector[axis]! > 0 && entry.vector[axis]! >= atLeast) &&
    holds(tags, (tag: string) => entry.tags.includes(tag))
}

function holds<C>({ all = [], any = [], none = [] }: Conditions<C>, isMet: (condition: C) => boolean): boolean {
  return all.every(isMet) && (any.length === 0 || any.some(isMet)) && !none.some(isMet)
}
