/** Snapshots as releases have written them: they must be read, or be refused by the version of their format. */
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openHnswIndex } from '@image-recommender/index-hnsw'
import { expect, it } from 'vitest'
import { apart, together } from '../../../core/test/exact-index/snapshot/support/file-parts.ts'
import { onlyWhereItMust, openHere } from '../support/index-here.ts'
import { ModelIndex } from '../support/model-index.ts'
import { FIXTURE_OPTIONS, FIXTURE_POSITION, fixtureEntries, leftEntries } from './fixture-entries.js'

const path = fileURLToPath(new URL('../fixtures/hnsw-index-v1.snapshot', import.meta.url))

function fixtureModel(): ModelIndex {
  const model = new ModelIndex(FIXTURE_OPTIONS.dimensions, FIXTURE_OPTIONS.metric)
  model.put(fixtureEntries())
  return model
}

it('version 1 is read by what ships, and finds what brute force finds', async () => {
  const model = fixtureModel()
  const index = await openHnswIndex(path, FIXTURE_OPTIONS)
  expect(await index.position()).toBe(FIXTURE_POSITION)
  for (const where of [undefined, { tags: { any: ['red', '😀'] } }, { axes: { all: [{ axis: 3, atLeast: 0.5 }] } }]) {
    expect(await index.counts(where)).toEqual(model.counts(where))
    for (const { vector } of fixtureEntries()) {
      const request = { vector, limit: 20, where }
      expect(await index.search(request)).toEqual(model.search(request))
    }
  }
  await index.close()
})

it('version 1 has a graph that finds, and goes on in its free slots and beyond', async () => {
  const model = fixtureModel()
  const index = await openHere(path, { ...FIXTURE_OPTIONS, efSearch: 20, scans: onlyWhereItMust })
  const more = leftEntries().flatMap((entry) => [entry, { ...entry, id: `more ${entry.id}` }])
  for (const round of [0, 1]) {
    let found = 0
    for (const { vector } of fixtureEntries()) {
      const worst = model.search({ vector, limit: 10 }).at(-1)!.distance
      found += (await index.search({ vector, limit: 10 })).filter(({ distance }) => distance <= worst).length
    }
    expect(found / 900).toBeGreaterThan(0.8)
    if (round === 1) break
    await index.write({ put: more })
    model.put(more)
    expect(await index.counts()).toEqual(model.counts())
  }
})

it('version 1 has the mark, the lengths, the checksums and the end that its description says', () => {
  const file = readFileSync(path)
  const { head, parts } = apart(file)
  expect(Buffer.from(head).toString('latin1')).toBe('\u0089HNSWIX\n\u0001\0\0\0')
  expect(Buffer.compare(together({ head, parts }), file)).toBe(0)
  expect(JSON.parse(new TextDecoder().decode(parts[0]))).toEqual({
    ...FIXTURE_OPTIONS,
    position: FIXTURE_POSITION,
    images: 90,
    slots: 110,
    byteOrder: 'little',
  })
  // Description, two parts of the table, three of the graph.
  expect(parts.map(({ length }) => length).slice(2, 5)).toEqual([110 * 32, 96, 110 * (4 + 32 + 32 + 8)])
  expect(parts).toHaveLength(6)
  expect(statSync(path).size).toBeLessThan(20_000)
})
