import type { Conditions } from './similarity-index.ts'

/** Whether conditions hold, by what is said of each condition. */
export function conditionsHold<Condition>(
  { all = [], any = [], none = [] }: Conditions<Condition>,
  isMet: (condition: Condition) => boolean,
): boolean {
  return all.every(isMet) && (any.length === 0 || any.some(isMet)) && !none.some(isMet)
}

/** Whether there is no condition at all, so that they hold whatever it is. */
export function isEmpty({ all = [], any = [], none = [] }: Conditions<unknown> = {}): boolean {
  return all.length + any.length + none.length === 0
}
