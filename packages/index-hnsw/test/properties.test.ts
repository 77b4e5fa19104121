/**
 * Whatever happens to an index, it answers as a comparison with every vector does, but for how many of the nearest it
 * finds.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Filter, IndexEntry } from '@image-recommender/core'
import fc from 'fast-check'
import { afterAll, describe, it } from 'vitest'
import { IndexBesideModel } from './support/index-beside-model.ts'
import { onlyWhereItMust } from './support/index-here.ts'

// The same runs every time; to look farther, name another seed and more runs.
const { PROPERTY_SEED = '1', PROPERTY_RUNS = '40' } = process.env
const folder = mkdtempSync(join(tmpdir(), 'index-hnsw-'))
afterAll(() => rmSync(folder, { recursive: true }))

const DIMENSIONS = 5
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0, 0.5, 0.75, 1, -1) },
  { weight: 3, arbitrary: fc.float({ min: -1, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** -149, 1e-30, 1e15, -3e38) },
)
const vector = fc
  .array(value, { minLength: DIMENSIONS, maxLength: DIMENSIONS })
  .map((values) => Float32Array.from(values))
const id = fc.oneof(
  fc.nat(80).map((number) => `image-${number}`),
  fc.constantFrom('a', 'Z', 'ä', '\uffff', '\u{10000}', '😀', '__proto__', '0', ' ', '\0', '\ufeff'),
)
const tag = fc.constantFrom('red', 'blue', 'round', 'nobody')
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 2 })
const axis = fc.record({ axis: fc.nat(DIMENSIONS - 1), atLeast: fc.constantFrom(undefined, 0, 0.5, 0.75, 1.5) })
const conditions = <T>(condition: fc.Arbitrary<T>) =>
  fc.record({ all: some(condition), any: some(condition), none: some(condition) }, { requiredKeys: [] })
const where: fc.Arbitrary<Filter | undefined> = fc.option(
  fc.record({ axes: conditions(axis), tags: conditions(tag), exclude: fc.array(id) }, { requiredKeys: [] }),
  { nil: undefined },
)
const entry: fc.Arbitrary<IndexEntry> = fc.record({ id, vector, tags: fc.uniqueArray(tag, { maxLength: 2 }) })
const position = fc.option(fc.string(), { nil: undefined })
const limit = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(40, 1000))

type Step = (both: IndexBesideModel) => Promise<void>
const search = fc.record({ vector, limit, where })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.array(entry, { maxLength: 30, size: 'max' }), position).map(
      (given): Step =>
        (both) =>
          both.put(...given),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.array(id, { maxLength: 30, size: 'max' }), position).map(
      (given): Step =>
        (both) =>
          both.delete(...given),
    ),
  },
  {
    weight: 8,
    arbitrary: search.map(
      (request): Step =>
        (both) =>
          both.expectAnswer(request),
    ),
  },
  {
    weight: 3,
    arbitrary: search.map(
      (request): Step =>
        (both) =>
          both.expectPages(request),
    ),
  },
  {
    weight: 3,
    arbitrary: where.map(
      (filter): Step =>
        (both) =>
          both.expectCounts(filter),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((both) => both.reopen(join(folder, 'index'))) },
)
const steps = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' })

// Of so few images all would be compared: the graph is asked where it can be, and gathers few.
const graph = { efSearch: 6, m: 4, scans: onlyWhereItMust }

describe.each(['euclidean', 'cosine'] as const)('whatever happened to an index by %s distance', (metric) => {
  it.each([
    ['like a comparison with every vector', {}, true],
    ['like it but for recall, where the graph finds', graph, false],
  ])(
    'it answers %s',
    async (_, options, isExact) => {
      const property = fc.asyncProperty(steps, async (steps) => {
        const both = new IndexBesideModel({ dimensions: DIMENSIONS, metric, ...options }, isExact)
        for (const take of steps) await take(both)
        await both.expectCounts()
      })
      await fc.assert(property, { seed: Number(PROPERTY_SEED), numRuns: Number(PROPERTY_RUNS) })
    },
    300_000,
  )
})
