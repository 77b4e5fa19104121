import { nextTurn } from '../next-turn.ts'
import type { Filter, IndexEntry } from '../similarity-index.ts'
import type { ClassSetDirectory } from './class-set-directory.ts'

/** After so many sets other work gets its turn. */
const SETS_AT_ONCE = 10_000

export interface CountSource {
  readonly directory: ClassSetDirectory
  /** How many members each set has, by its number; only those that pass the filter's tags and are not excluded. */
  countMembers(): Promise<ReadonlyMap<number, number>>
  /** Members of these sets, and all that are in no set; those that do not pass the filter's tags may be left out. */
  readMembers(sets: readonly number[]): AsyncIterable<readonly IndexEntry[]>
  /** Whether a member passes the filter, as far as `readMembers` does not see to that itself. */
  readonly passes: (entry: IndexEntry) => boolean
}

/**
 * How many members pass a filter, and per axis how many of them are above 0 there. Only members of sets of which some pass and
 * some do not are read.
 */
export async function countBySets(
  { directory, countMembers, readMembers, passes }: CountSource,
  { axes }: Filter,
): Promise<{ total: number; perAxis: Uint32Array }> {
  const perAxis = new Uint32Array(directory.dimensions)
  let total = 0
  const counts = await countMembers()
  const toRead: number[] = []
  let seen = 0
  for (const set of directory.admitted(axes)) {
    if (++seen % SETS_AT_ONCE === 0) await nextTurn()
    const count = counts.get(set.number) ?? 0
    if (count === 0) continue
    if (!set.isWhole) {
      toRead.push(set.number)
      continue
    }
    total += count
    for (const axis of set.axes) perAxis[axis]! += count
  }
  for await (const entries of readMembers(toRead)) {
    for (const entry of entries) {
      if (!passes(entry)) continue
      total++
      for (let axis = 0; axis < perAxis.length; axis++) if (entry.vector[axis]! > 0) perAxis[axis]!++
    }
  }
  return { total, perAxis }
}
