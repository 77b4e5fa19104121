import { writeFileSync } from 'node:fs'
import type { IndexEntry, Metric, SearchRequest } from '@image-recommender/core'
import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import type { HnswIndex } from '../../src/hnsw-index.ts'
import { denseEntries } from '../support/entries.ts'
import { testFolder } from '../support/folder.ts'
import { indexHere, onlyWhereItMust, openHere } from '../support/index-here.ts'

const DIMENSIONS = 12
const METRICS: readonly Metric[] = inFull ? ['euclidean', 'cosine'] : ['cosine']

function requestsFor(entries: readonly IndexEntry[]): SearchRequest[] {
  const vectors = entries.filter((_, at) => at % 97 === 0).map(({ vector }) => vector)
  const filters = [undefined, { tags: { all: ['even'] } }, { tags: { any: ['rare'] }, exclude: ['image-0'] }]
  return vectors.flatMap((vector) => filters.map((where) => ({ vector, limit: 20, where })))
}

async function expectSame(a: HnswIndex, b: HnswIndex, entries: readonly IndexEntry[]): Promise<void> {
  for (const request of requestsFor(entries)) expect(await b.search(request)).toEqual(await a.search(request))
  for (const where of [undefined, { tags: { all: ['even'] } }, { axes: { none: [{ axis: 1 }] } }])
    expect(await b.counts(where)).toEqual(await a.counts(where))
  expect(await b.position()).toBe(await a.position())
}

describe.each(METRICS)('an index by %s distance, saved and opened', (metric) => {
  const graph = { dimensions: DIMENSIONS, metric, scans: onlyWhereItMust }

  it('answers as before, by the graph too, and goes on alike', async () => {
    const { path, files } = testFolder()
    const before = indexHere(graph)
    const entries = denseEntries(3000, DIMENSIONS, 1)
    await before.write({ put: entries })
    const gone = entries.filter((_, at) => at % 3 === 1)
    await before.write({ delete: gone.map(({ id }) => id) }, { from: undefined, to: 'p:1 – ü😀' })
    await before.save(path)
    expect(files()).toEqual(['index.snapshot'])
    const after = await openHere(path, graph)
    await expectSame(before, after, entries)
    for (const index of [before, after]) {
      // Into the free slots, then beyond the room that there is.
      await index.write({
        put: denseEntries(3000, DIMENSIONS, 2).map((entry) => ({ ...entry, id: `new ${entry.id}` })),
      })
      await index.write({ put: gone.slice(0, 5) }, { from: 'p:1 – ü😀', to: 'p:2' })
      await index.write({ delete: ['new image-7'] })
    }
    const searches = requestsFor(entries)
    for (const request of searches) {
      const [a, b] = [await before.search(request), await after.search(request)]
      // hnswlib draws the layers of new vectors anew after reading: what it finds may differ a little.
      expect(b.length).toBe(a.length)
      expect(b.filter(({ id }) => a.some((match) => match.id === id)).length).toBeGreaterThan(0.8 * a.length)
    }
    expect(await after.counts()).toEqual(await before.counts())
    expect(await after.position()).toBe('p:2')
    await after.save(path)
    await expectSame(after, await openHere(path, graph), entries)
  })

  it.each([
    ['none', 0, 0],
    ['one', 1, 0],
    ['some, all of them deleted', 40, 40],
    ['as many as there is room for', 1024, 0],
    ['one more than there is room for at first', 1025, 0],
  ])('has %s', async (_, count, deleted) => {
    const { path } = testFolder()
    const before = indexHere({ dimensions: DIMENSIONS, metric })
    const entries = denseEntries(count, DIMENSIONS, 3)
    await before.write({ put: entries })
    await before.write({ delete: entries.slice(0, deleted).map(({ id }) => id) })
    await before.save(path)
    const after = await openHere(path, { dimensions: DIMENSIONS, metric })
    await expectSame(before, after, entries)
    await after.write({ put: denseEntries(1200, DIMENSIONS, 4) }, { from: undefined, to: 'p:1' })
    expect((await after.counts()).total).toBe(Math.max(1200, count - deleted))
    expect(await after.measureRecall(20)).toBe(1)
  })

  it('has ids and tags of every kind', async () => {
    const { path } = testFolder()
    const words = ['', '\0', '\ufeffmark', '__proto__', 'ä', 'e\u0301', '😀'.repeat(60), '"quoted"', '\\', ' ', '0']
    const entries = words.map((word, at) => {
      return { id: `${word}${at}`, vector: new Float32Array(DIMENSIONS).fill(at), tags: [word, `${at}`] }
    })
    const before = indexHere({ dimensions: DIMENSIONS, metric })
    await before.write({ put: entries })
    await before.save(path)
    const after = await openHere(path, { dimensions: DIMENSIONS, metric })
    for (const { id, vector, tags } of entries) {
      const [match, ...others] = await after.search({ vector, limit: 9, where: { tags: { all: tags } } })
      expect([match?.id, match?.vector, others]).toEqual([id, vector, []])
    }
  })
})

it('is opened by what ships, with another efSearch too, and nothing is left in the folder for temporary files', async () => {
  const { path, files } = testFolder()
  // Others use the system's at the same time.
  const temporary = testFolder()
  vi.stubEnv('TMPDIR', temporary.folder)
  onTestFinished(() => void vi.unstubAllEnvs())
  const index = await createHnswIndex({ dimensions: DIMENSIONS })
  await index.write({ put: denseEntries(4000, DIMENSIONS, 1) }, { from: undefined, to: 'p:1' })
  writeFileSync(path, 'what was there before')
  const saved = index.save(path)
  const put = index.write({ put: denseEntries(10, DIMENSIONS, 5) }, { from: 'p:1', to: 'p:2' })
  expect(await index.search({ vector: denseEntries(1, DIMENSIONS, 2)[0]!.vector, limit: 3 })).toHaveLength(3)
  await Promise.all([saved, put])
  expect(files()).toEqual(['index.snapshot'])
  const opened = await openHnswIndex(path, { dimensions: DIMENSIONS, efSearch: 500 })
  expect([await opened.position(), (await opened.counts()).total]).toEqual(['p:1', 4000])
  expect(await opened.measureRecall(30)).toBeGreaterThan(0.95)
  await Promise.all([index.close(), opened.close()])
  expect(temporary.files()).toEqual([])
})
