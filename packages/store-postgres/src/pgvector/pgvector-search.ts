import { distanceOf, type Match, type SearchRequest } from '@image-recommender/core'
import { Candidates } from './candidates.ts'
import { fitsHalf, sendable, toleranceOf } from './float32-bounds.ts'
import { searchAll } from './full-search.ts'
import { searchGraph } from './graph-search.ts'
import type { Searched } from './searched.ts'

/**
 * First along the graph, unless there are few vectors. Every vector is looked at where that gives fewer than were asked for (a
 * filter that few pass, a page far behind), and where it gives an arbitrary choice of many that are equally far, among which the
 * ids decide. So what is missing can only be neighbours for which the graph gave others.
 */
export async function searchVectors(searched: Searched, request: SearchRequest): Promise<Match[]> {
  const { shape } = searched
  const distance = distanceOf(shape.metric)
  const query = sendable(request.vector, shape)
  if (query && (!shape.halfvec || fitsHalf(query)) && !(await searched.isSmall())) {
    const linked = new Candidates(request, distance)
    await linked.add(await searchGraph(searched, request, query))
    const told = linked.farthestSeen > linked.farthest + toleranceOf(shape, linked.farthest)
    if (linked.areEnough && told) return linked.matches
  }
  const candidates = new Candidates(request, distance)
  await searchAll(searched, request, query, candidates)
  return candidates.matches
}
