import assert from 'node:assert/strict'
import type { IndexEntry, Metric, SearchRequest, SimilarityIndex } from '../similarity-index.ts'
import { bruteForce, byPlace, trueDistance } from './brute-force.ts'

/**
 * Makes the check of answers against brute force: both ways, so that nothing is returned that does not belong and nothing
 * is left out that does. Of an index that is not exact it asks for at least `recallFloor` of the true neighbours.
 */
export function neighbourCheck(metric: Metric, recallFloor: number) {
  return async function assertNeighbours(
    index: SimilarityIndex,
    entries: readonly IndexEntry[],
    requests: readonly SearchRequest[],
  ): Promise<void> {
    let found = 0
    let wanted = 0
    for (const request of requests) {
      const matches = await index.search(request)
      const truth = bruteForce(metric, entries, request)
      assert.equal(
        matches.length,
        truth.length,
        `as many matches as there are, filter ${JSON.stringify(request.where)}`,
      )
      for (const [at, match] of matches.entries()) {
        const entry = entries.find(({ id }) => id === match.id)
        assert.ok(entry, `${match.id} does not belong`)
        assert.equal(match.distance, trueDistance(metric, request.vector, entry.vector))
        if (at > 0) assert.ok(byPlace(matches[at - 1]!, match) < 0, 'in order, and none twice')
      }
      if (index.exact)
        assert.deepEqual(
          matches.map(({ id }) => id),
          truth.map(({ id }) => id),
        )
      const worst = truth.at(-1)?.distance ?? 0
      found += matches.filter(({ distance }) => distance <= worst).length
      wanted += truth.length
    }
    if (wanted > 0) assert.ok(found / wanted >= recallFloor, `recall ${found / wanted} is under ${recallFloor}`)
  }
}
