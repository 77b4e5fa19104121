import { distanceOf } from '../distance.ts'
import type { IndexEntry, Match, Metric, SearchRequest } from '../similarity-index.ts'
import { BestMatches } from './best-matches.ts'
import type { ClassSetDirectory } from './class-set-directory.ts'
import { filterOf } from './filter.ts'
import type { CodeRange } from './set-search.ts'

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
  let members = Math.max(LEAST_FETCH, FIRST_FETCH * limit)
  let ranges = search.next(best.worst, members)
  do {
    offer(await source.fetch(ranges))
    members = Math.min(MOST_FETCH, GROWTH * members)
    ranges = search.next(best.worst, members)
  } while (ranges.length > 0)
  for await (const entries of source.fetchDense()) offer(entries)
  return best.sorted()
}
