/** Snapshots as releases have written them: they must be read, or be refused by the version of their format. */
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openExactIndex } from '../../../src/exact-index/index.ts'
import { bruteForce } from '../../../src/testing/brute-force.ts'
import { IndexBesideModel } from '../support/index-beside-model.ts'
import { apart, together } from './support/file-parts.ts'
import {
  FIXTURE_DIMENSIONS,
  FIXTURE_METRIC,
  FIXTURE_POSITION,
  fixtureEntries,
  leftEntries,
} from './support/fixture-entries.js'
import { requestsAmong } from './support/requests.ts'

const path = fileURLToPath(new URL('../../fixtures/exact-index-v1.snapshot', import.meta.url))
const shape = { dimensions: FIXTURE_DIMENSIONS, metric: FIXTURE_METRIC } as const

it('version 1 is read, and finds what brute force finds', async () => {
  const entries = fixtureEntries()
  const both = new IndexBesideModel(shape.dimensions, shape.metric)
  both.model.put(entries, FIXTURE_POSITION)
  both.index = await openExactIndex(path, shape)
  await both.expectSameCounts()
  for (const { vector } of entries) {
    // Of arithmetic of its own, so that it cannot be wrong in the same way.
    const truth = bruteForce(shape.metric, entries, { vector, limit: 20 })
    expect(await both.index.search({ vector, limit: 20 })).toEqual(truth)
  }
  const requests = requestsAmong(entries, shape.dimensions)
  await both.expectSameAnswers(requests)
  for (const { where } of requests) await both.expectSameCounts(where)
  await both.put(leftEntries())
  await both.delete(entries.map(({ id }) => id))
  await both.expectSameAnswers(requests)
})

it('version 1 has the mark, the lengths, the checksums and the end that its description says', () => {
  const file = readFileSync(path)
  const { head, parts } = apart(file)
  expect(Buffer.from(head).toString('latin1')).toBe('\u0089IMAGES\n\u0001\0\0\0')
  expect(Buffer.compare(together({ head, parts }), file)).toBe(0)
  expect(JSON.parse(new TextDecoder().decode(parts[0]))).toEqual({
    ...shape,
    position: FIXTURE_POSITION,
    images: fixtureEntries().length,
    byteOrder: 'little',
  })
  expect(statSync(path).size).toBeLessThan(40_000)
})
