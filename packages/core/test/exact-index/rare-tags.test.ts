import { afterEach, describe, expect, it, vi } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { TagScan } from '../../src/exact-index/tag-scan.ts'
import type { Filter, IndexEntry } from '../../src/similarity-index.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { IndexBesideModel } from './support/index-beside-model.ts'
import { slowDownTheClock } from './support/slow-clock.ts'

const DIMENSIONS = 30
const MEMBERS = 6000

afterEach(() => vi.restoreAllMocks())

/** Few sets have many members, many have few; some vectors are dense. Tags that one in 10, 200 and 3,000 has, or one alone. */
function entryOf(at: number, random: () => number): IndexEntry {
  const vector = new Float32Array(DIMENSIONS)
  const axes =
    random() < 0.3
      ? [1, 2]
      : Array.from({ length: at % 97 === 0 ? DIMENSIONS : 1 + (at % 5) }, () => Math.floor(DIMENSIONS * random()))
  for (const axis of axes) vector[axis] = 0.5 + 0.5 * random()
  const tags = [10, 200, 3000].filter((share) => random() < 1 / share).map((share) => `one in ${share}`)
  return { id: `${at}`, vector, tags: at % 3 === 0 ? [...tags, `only ${at}`] : tags }
}

const filters: Filter[] = [
  { tags: { any: ['one in 200'] } },
  { tags: { any: ['one in 3000', 'only 33', 'only 99'] } },
  { tags: { all: ['one in 10', 'one in 200'] } },
  { tags: { all: ['one in 200'], none: ['one in 10'] } },
  { tags: { any: ['one in 200'] }, axes: { any: [{ axis: 1 }, { axis: 5, atLeast: 0.8 }] }, exclude: ['1', '2', '3'] },
  { tags: { any: ['nobody has it'] } },
  { tags: { any: ['one in 10'] } },
  { tags: { none: ['one in 200'] } },
]

describe.each(['euclidean', 'cosine'] as const)('a filter of tags that few members have, by %s distance', (metric) => {
  it('answers like a comparison with every vector, whichever way is taken', async () => {
    const random = seededRandom(3)
    const both = new IndexBesideModel(DIMENSIONS, metric)
    await both.put(Array.from({ length: MEMBERS }, (_, at) => entryOf(at, random)))
    await both.delete(Array.from({ length: 500 }, () => `${Math.floor(MEMBERS * random())}`))
    const scans = vi.spyOn(TagScan.prototype, 'advance')
    for (const where of filters) {
      for (let query = 0; query < (inFull ? 6 : 1); query++) {
        const { vector } = entryOf(query, random)
        await both.expectSameAnswers([1, 5, 40, 1000].map((limit) => ({ vector, limit, where })))
        await both.expectSamePages({ vector, limit: 7, where }, 20)
      }
    }
    expect(scans.mock.calls.length).toBeGreaterThan(inFull ? 100 : 30)
    scans.mockClear()
    await both.expectSameAnswers([
      { vector: entryOf(1, random).vector, limit: 10, where: { tags: { any: ['one in 10'] } } },
    ])
    expect(scans).not.toHaveBeenCalled()
  })

  it('pauses, and goes on where it was', async () => {
    const random = seededRandom(4)
    const both = new IndexBesideModel(DIMENSIONS, metric)
    await both.put(Array.from({ length: MEMBERS }, (_, at) => entryOf(at, random)))
    const scans = vi.spyOn(TagScan.prototype, 'advance')
    slowDownTheClock()
    await both.expectSameAnswers([{ vector: entryOf(1, random).vector, limit: 10, where: filters[0] }])
    expect(scans.mock.results.filter(({ value }) => value === false).length).toBeGreaterThan(3)
  })
})
