import type { SearchRequest } from '@image-recommender/core'
import type { GraphIndex } from '../graph-index.ts'

/**
 * How many of the true neighbours a search finds. One that is as near as the last true one counts, whichever of those
 * that are equally near it is.
 */
export function* recallSteps(
  index: GraphIndex,
  request: SearchRequest,
): Generator<void, { found: number; wanted: number }> {
  const truth = yield* index.searchExactly(request)
  const worst = truth.at(-1)?.distance ?? 0
  const matches = yield* index.search(request)
  return { found: matches.filter(({ distance }) => distance <= worst).length, wanted: truth.length }
}
