import { conditionsHold } from '../conditions.ts'
import type { AxisCondition, Filter, IndexEntry } from '../similarity-index.ts'

/** A filter made ready to be asked of many entries. */
export function filterOf({ axes = {}, tags = {}, exclude = [] }: Filter): (entry: IndexEntry) => boolean {
  const excluded = new Set(exclude)
  return (entry) =>
    !excluded.has(entry.id) &&
    conditionsHold(
      axes,
      ({ axis, atLeast = 0 }: AxisCondition) => entry.vector[axis]! > 0 && entry.vector[axis]! >= atLeast,
    ) &&
    conditionsHold(tags, (tag: string) => entry.tags.includes(tag))
}
