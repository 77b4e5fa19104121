import { distanceOf } from '../distance.ts'
import type { IndexEntry, Match, Metric, SearchRequest } from '../similarity-index.ts'
import { BestMatches } from './best-matches.ts'
import type { ClassSetDirectory } from './class-set-directory.ts'
import { filterOf } from './filter.ts'
import type { CodeRange, EquallyFar } from './set-search.ts'

/** So many members are fetched at first, for each match that is asked for; and in every further step this many times more. */
const FIRST_FETCH = 2
const GROWTH = 2
const LEAST_FETCH = 64
const MOST_FETCH = 4096

export interface SetSource {
  readonly directory: ClassSetDirectory
  readonly metric: Metric
  /** The members in these ranges; those that do not pass the filter may be left out. Asked at least once, if with no ranges. */
  fetch(ranges: readonly CodeRange[]): Promise<readonly IndexEntry[]>
  /** Up to `most` of the members with that set and code whose ids come after `after`, in the order of their ids' UTF-8 bytes. */
  fetchByIds(point: EquallyFar, after: string, most: number): Promise<readonly IndexEntry[]>
  /** All members that are in no set. */
  fetchDense(): AsyncIterable<readonly IndexEntry[]>
}

/** The true nearest of members that are fetched from a server, to the last bit as every exact index has them. */
export async function searchBySets(source: SetSource, request: SearchRequest): Promise<Match[]> {
  const { vector, limit, where = {}, after } = request
  const distance = distanceOf(source.metric)
  const passes = filterOf(where)
  const best = new BestMatches(limit, after)
  const offer = (entries: readonly IndexEntry[]) => {
    for (const entry of entries) {
      if (passes(entry)) best.offer({ id: entry.id, distance: distance(vector, entry.vector), vector: entry.vector })
    }
  }
  const search = source.directory.search(vector, where)
  const readPoint = async (point: EquallyFar) => {
    for (
      let last = '', most = LEAST_FETCH;
      best.canTake(point.least, last);
      most = Math.min(MOST_FETCH, GROWTH * most)
    ) {
      const entries = await source.fetchByIds(point, last, most)
      offer(entries)
      if (entries.length < most) return
      last = entries.at(-1)!.id
    }
  }
  let members = Math.max(LEAST_FETCH, FIRST_FETCH * limit)
  let near = search.next(best.worst, members)
  do {
    offer(await source.fetch(near.ranges))
    for (const point of near.points) await readPoint(point)
    members = Math.min(MOST_FETCH, GROWTH * members)
    near = search.next(best.worst, members)
  } while (near.ranges.length + near.points.length > 0)
  for await (const entries of source.fetchDense()) offer(entries)
  return best.sorted()
}
