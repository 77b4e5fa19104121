import type { AxisCondition, Conditions, Filter, IndexEntry } from '../similarity-index.ts'

/** Whether an entry passes the filter's conditions on axes and tags. `exclude` is the caller's: it is about ids, not contents. */
export function passes({ vector, tags }: IndexEntry, { axes, tags: wanted }: Filter): boolean {
  const holds = ({ axis, atLeast }: AxisCondition) => {
    const value = vector[axis] ?? 0
    return value > 0 && value >= (atLeast ?? 0)
  }
  return conditionsHold(axes, holds) && conditionsHold(wanted, (tag) => tags.includes(tag))
}

function conditionsHold<T>(conditions: Conditions<T> | undefined, holds: (condition: T) => boolean): boolean {
  if (!conditions) return true
  const { all = [], any = [], none = [] } = conditions
  return all.every(holds) && (any.length === 0 || any.some(holds)) && !none.some(holds)
}
