import { distanceOf } from '../distance.ts'
import type { IndexEntry, Match, Metric, SearchRequest } from '../similarity-index.ts'
import { BestMatches } from './best-matches.ts'
import type { ClassSetDirectory } from './class-set-directory.ts'
import type { Near, PointPage } from './near.ts'
import type { EquallyFar } from './set-search.ts'

/** How many members are fetched at first for each match that is asked for. */
const FIRST_FETCH = 2
/** Each further step fetches this many times as many. */
const GROWTH = 2
const LEAST_FETCH = 64
const MOST_FETCH = 4096

export interface SetSource {
  readonly directory: ClassSetDirectory
  readonly metric: Metric
  /** Whether a member passes the filter, as far as `fetch` does not see to that itself. */
  readonly passes: (entry: IndexEntry) => boolean
  /** Called at least once, even if there is nothing to fetch. */
  fetch(near: Near): Promise<Fetched>
  /** All members that are in no set. Called after the last `fetch`. */
  fetchDense(): AsyncIterable<readonly IndexEntry[]>
}

export interface Fetched {
  /** The members of the ranges, in any order. */
  readonly ranged: readonly IndexEntry[]
  /** Those of each point, in the order of their ids' UTF-8 bytes. */
  readonly points: readonly (readonly IndexEntry[])[]
}

/** The true nearest of members that are fetched from a server, to the last bit as every exact index has them. */
export async function searchBySets(source: SetSource, request: SearchRequest): Promise<Match[]> {
  for (;;) {
    const matches = await searchOnce(source, request)
    if (matches) return matches
  }
}

/** `undefined` where the directory has changed meanwhile. */
async function searchOnce(source: SetSource, request: SearchRequest): Promise<Match[] | undefined> {
  const { directory, passes } = source
  const { vector, limit, after } = request
  const distance = distanceOf(source.metric)
  const best = new BestMatches(limit, after)
  const offer = (entries: readonly IndexEntry[]) => {
    for (const entry of entries) {
      if (passes(entry)) best.offer({ id: entry.id, distance: distance(vector, entry.vector), vector: entry.vector })
    }
  }

  const { inclusions } = directory
  const search = directory.search(request)
  let members = Math.max(LEAST_FETCH, FIRST_FETCH * limit)
  let { ranges, points } = search.next(best.worst, members)
  let pages = points.map((point) => firstPage(point, request))
  do {
    const fetched = await source.fetch({ ranges, points: pages })
    offer(fetched.ranged)
    for (const entries of fetched.points) offer(entries)
    if (directory.inclusions !== inclusions) return undefined

    const unfinished = points.flatMap((point, at) => {
      const page = nextPage(pages[at]!, fetched.points[at]!)
      return page && best.canTake(point.least, page.after) ? [{ point, page }] : []
    })
    members = Math.min(MOST_FETCH, GROWTH * members)
    const near = search.next(best.worst, members)
    ranges = near.ranges
    points = [...unfinished.map(({ point }) => point), ...near.points]
    pages = [...unfinished.map(({ page }) => page), ...near.points.map((point) => firstPage(point, request))]
  } while (ranges.length + pages.length > 0)
  for await (const entries of source.fetchDense()) offer(entries)
  return best.sorted()
}

function firstPage({ set, code, least, isExact }: EquallyFar, { limit, after }: SearchRequest): PointPage {
  // Of those that are exactly as far as the match to continue behind, the ones up to its id have been told.
  const told = isExact && after?.distance === least ? after.id : ''
  return { set, code, after: told, most: Math.min(MOST_FETCH, Math.max(LEAST_FETCH, limit)) }
}

/** `undefined` where that was the last one. */
function nextPage(page: PointPage, entries: readonly IndexEntry[]): PointPage | undefined {
  if (entries.length < page.most) return undefined
  return { ...page, after: entries.at(-1)!.id, most: Math.min(MOST_FETCH, GROWTH * page.most) }
}
