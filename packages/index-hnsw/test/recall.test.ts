import { distanceOf, type IndexEntry, type Metric } from '@image-recommender/core'
import { createHnswIndex } from '@image-recommender/index-hnsw'
import { describe, expect, it } from 'vitest'
import type { HnswIndex } from '../src/hnsw-index.ts'
import { denseEntries } from './support/entries.ts'
import { indexHere, onlyWhereItMust } from './support/index-here.ts'

const queries = denseEntries(40, 16, 9).map(({ vector }) => vector)

/** The same, worked out from outside. */
async function recallOf(index: HnswIndex, entries: readonly IndexEntry[], metric: Metric, limit: number) {
  const distance = distanceOf(metric)
  let [found, wanted] = [0, 0]
  for (const vector of queries) {
    const truth = entries.map((entry) => distance(vector, entry.vector)).sort((a, b) => a - b)
    const worst = truth[Math.min(limit, truth.length) - 1]!
    const matches = await index.search({ vector, limit })
    found += matches.filter((match) => match.distance <= worst).length
    wanted += Math.min(limit, truth.length)
  }
  return found / wanted
}

describe.each(['euclidean', 'cosine'] as const)('measureRecall by %s distance', (metric) => {
  it('is the share of the true neighbours that searches find', async () => {
    const index = indexHere({ dimensions: 16, metric, efSearch: 4, m: 2, scans: onlyWhereItMust })
    const entries = denseEntries(3000, 16, 1)
    await index.write({ put: entries })
    const recall = await index.measureRecall(queries, 10)
    expect(recall).toBe(await recallOf(index, entries, metric, 10))
    // Else it would not have been a graph of which some are missing that was measured.
    expect(recall).toBeGreaterThan(0.05)
    expect(recall).toBeLessThan(0.98)
  })

  it('is 1 where all is compared, and of nothing', async () => {
    const index = await createHnswIndex({ dimensions: 16, metric })
    expect(await index.measureRecall(10)).toBe(1)
    await index.write({ put: denseEntries(300, 16, 1) })
    expect(await index.measureRecall(queries)).toBe(1)
    expect(await index.measureRecall(20, 5)).toBe(1)
    expect(await index.measureRecall(1000)).toBe(1)
    expect(await index.measureRecall([])).toBe(1)
    await index.close()
  })
})

it('counts those as found that are equally near', async () => {
  const index = indexHere({ dimensions: 4, metric: 'euclidean', efSearch: 4, m: 4, scans: onlyWhereItMust })
  const vector = Float32Array.of(1, 0, 0, 0)
  await index.write({ put: Array.from({ length: 500 }, (_, at) => ({ id: `${at}`, vector, tags: [] })) })
  expect(await index.measureRecall([vector], 3)).toBe(1)
})

it("takes the index's own vectors evenly, none twice, those of deleted images not", async () => {
  const index = indexHere({ dimensions: 16, metric: 'cosine' })
  const entries = denseEntries(100, 16, 1)
  await index.write({ put: entries })
  await index.write({ delete: entries.slice(0, 50).map(({ id }) => id) })
  expect(await index.measureRecall(50)).toBe(1)
})

it('lets writes and searches go on meanwhile', async () => {
  const index = indexHere({ dimensions: 16, metric: 'cosine', scans: onlyWhereItMust })
  const entries = denseEntries(4000, 16, 1)
  await index.write({ put: entries.slice(0, 3000) })
  const order: string[] = []
  // So near that each query ends within its slice.
  const sample = Array.from({ length: 3000 }, () => queries[0]!)
  const measured = index.measureRecall(sample, 1).then(() => order.push('measured'))
  const written = index.write({ put: entries.slice(3000, 3010) }).then(() => order.push('written'))
  const searched = index.search({ vector: queries[0]!, limit: 3 }).then(() => order.push('searched'))
  await Promise.all([measured, written, searched])
  expect(order.at(-1)).toBe('measured')
})
