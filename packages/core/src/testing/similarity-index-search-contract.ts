import assert from 'node:assert/strict'
import type { Filter, Match, Metric, SimilarityIndex } from '../similarity-index.ts'
import { neighbourCheck } from './assert-neighbours.ts'
import { byBytes, countNaively, passesNaively, trueDistance } from './brute-force.ts'
import { seededEntries, vectorOf } from './contract-entries.ts'
import { seededRandom } from './seeded-random.ts'
import { seededVectors } from './seeded-vectors.ts'
import type { TestRunner } from './test-runner.ts'

/** What the parts of `similarityIndexContract` are registered with, once for each metric. */
export interface SimilarityIndexContractPart extends TestRunner {
  readonly metric: Metric
  readonly recallFloor: number
  /** Makes a test that gets an index of its own. */
  readonly withIndex: (test: (index: SimilarityIndex) => Promise<void>, dimensions?: number) => () => Promise<void>
  /** The same with all through which one index is written: two where it is shared, otherwise one. */
  readonly withWriters: (test: (writers: readonly SimilarityIndex[]) => Promise<void>) => () => Promise<void>
}

/** The part of `similarityIndexContract` that is about what is found. */
export function similarityIndexSearchContract(part: SimilarityIndexContractPart): void {
  const { describe, it, metric, recallFloor, withIndex } = part
  const assertNeighbours = neighbourCheck(metric, recallFloor)

  describe('search', () => {
    it(
      'finds nothing in an empty index',
      withIndex(async (index) => {
        assert.deepEqual(await index.search({ vector: vectorOf(81, { 3: 1 }), limit: 5 }), [])
        assert.deepEqual(await index.counts(), { total: 0, perAxis: new Uint32Array(81) })
      }),
    )

    it(
      'returns vectors, true distances, and exactly 0 for an identical vector',
      withIndex(async (index) => {
        const entries = seededEntries(60, 81, 3)
        await index.write({ put: entries })
        for (const { vector } of entries) {
          const matches = await index.search({ vector, limit: 60 })
          const hasDirection = metric === 'euclidean' || vector.some((value) => value !== 0)
          assert.equal(matches[0]!.distance, hasDirection ? 0 : 1)
          for (const match of matches) {
            assert.ok(match.vector instanceof Float32Array)
            assert.deepEqual(match.vector, entries.find(({ id }) => id === match.id)!.vector)
            assert.equal(match.distance, trueDistance(metric, vector, match.vector))
          }
        }
      }),
    )

    it(
      'orders equal distances by the UTF-8 bytes of the ids',
      withIndex(async (index) => {
        const ids = ['b', 'a', '10', '9', '\uffff', '\u{10000}', 'ä', 'Z', '']
        const vector = vectorOf(81, { 1: 0.9, 2: 0.8 })
        const named = ids.filter((id) => id !== '')
        await index.write({ put: named.map((id) => ({ id, vector, tags: [] })) })
        const found = await index.search({ vector, limit: 100 })
        assert.deepEqual(
          found.map(({ id }) => id),
          [...named].sort(byBytes),
        )
        assert.deepEqual(
          (await index.search({ vector, limit: 3 })).map(({ id }) => id),
          [...named].sort(byBytes).slice(0, 3),
        )
      }),
    )

    for (const dimensions of [1, 2, 81, 300]) {
      it(
        `finds the true neighbours among sparse vectors of ${dimensions} values`,
        withIndex(async (index) => {
          const entries = seededEntries(700, dimensions, 11)
          await index.write({ put: entries })
          const queries = [
            ...seededVectors({ count: 25, seed: 12, dimensions }),
            ...entries.slice(0, 15).map(({ vector }) => vector),
          ]
          await assertNeighbours(
            index,
            entries,
            queries.map((vector) => ({ vector, limit: 31 })),
          )
        }, dimensions),
      )
    }

    it(
      'finds the true neighbours among dense, negative, zero and tiny vectors',
      withIndex(async (index) => {
        const random = seededRandom(5)
        const dense = Array.from({ length: 200 }, () => Float32Array.from({ length: 24 }, () => random() * 2 - 1))
        const odd = [
          new Float32Array(24),
          vectorOf(24, { 0: 1e-30 }),
          vectorOf(24, { 23: 1e-40 }),
          vectorOf(24, { 5: 0.01, 6: -0.01 }),
          Float32Array.from({ length: 24 }, () => 0.5),
        ]
        const entries = [...dense, ...odd, ...odd].map((vector, at) => ({ id: `image-${at}`, vector, tags: [] }))
        await index.write({ put: entries })
        await assertNeighbours(
          index,
          entries,
          [...dense.slice(0, 20), ...odd].map((vector) => ({ vector, limit: 20 })),
        )
      }, 24),
    )

    it(
      'finds the true neighbours among very many vectors with the same axes',
      withIndex(async (index) => {
        const random = seededRandom(14)
        const score = () => 0.7 + 0.3 * random()
        const entries = Array.from({ length: 3000 }, (_, at) => ({
          id: `image-${at}`,
          vector: vectorOf(81, { 1: score(), 3: score(), 62: at % 2 === 0 ? score() : 0.8 }),
          tags: [],
        }))
        await index.write({ put: entries })
        await index.write({ delete: entries.slice(0, 1000).map(({ id }) => id) })
        const left = entries.slice(1000)
        const queries = [
          left[0]!.vector,
          left[1999]!.vector,
          vectorOf(81, { 1: 0.9 }),
          vectorOf(81, { 2: 0.9, 3: 0.7 }),
        ]
        await assertNeighbours(
          index,
          left,
          queries.map((vector) => ({ vector, limit: 31 })),
        )
      }),
    )

    it(
      'finds all there is, whatever its angle to the query',
      withIndex(async (index) => {
        // That these are found is not obvious to whoever bounds angles by numbers that have been rounded.
        const vectors = [
          vectorOf(8, { 0: 0.8103626370429993, 1: 0.7146726846694946 }),
          Float32Array.of(0.8094263076782227, 0, 0, 0, ...Array(4).fill(0.7009837627410889)),
        ]
        for (const [at, vector] of vectors.entries()) {
          await index.write({ put: [{ id: `image-${at}`, vector, tags: [] }] })
          const found = await index.search({ vector: vectorOf(8, { 0: 1 }), limit: 5 })
          assert.equal(found.length, at + 1)
        }
      }, 8),
    )

    it(
      'tells vectors apart by the last bit of one value',
      withIndex(async (index) => {
        const vector = vectorOf(81, { 1: 0.9, 2: 0.8, 3: 0.7 })
        const entries = Array.from({ length: 40 }, (_, at) => ({ id: `image-${(at * 7) % 40}`, vector, tags: [] })).map(
          (entry, at) => ({ ...entry, vector: withBits(vector, 1 + (at % 3), at - 20) }),
        )
        await index.write({ put: entries })
        await assertNeighbours(
          index,
          entries,
          [vector, entries[3]!.vector].map((vector) => ({ vector, limit: 40 })),
        )
      }),
    )

    it(
      'keeps to limits from 1 to more than there is',
      withIndex(async (index) => {
        const entries = seededEntries(50, 81, 21)
        await index.write({ put: entries })
        const [vector] = seededVectors({ count: 1, seed: 22 })
        await assertNeighbours(
          index,
          entries,
          [1, 2, 49, 50, 51, 1000].map((limit) => ({ vector: vector!, limit })),
        )
      }),
    )

    it(
      'does not change the vector it is asked with, nor hand out what it keeps',
      withIndex(async (index) => {
        const mine = vectorOf(81, { 1: 0.9 })
        await index.write({ put: [{ id: 'a', vector: mine, tags: [] }] })
        mine[1] = 0.1
        const query = vectorOf(81, { 1: 0.9 })
        const [first] = await index.search({ vector: query, limit: 1 })
        assert.equal(first!.distance, 0)
        first!.vector[1] = 0.2
        assert.equal((await index.search({ vector: query, limit: 1 }))[0]!.distance, 0)
        assert.deepEqual(query, vectorOf(81, { 1: 0.9 }))
      }),
    )
  })

  describe('after', () => {
    it(
      'gives the same sequence in pages as at once, ties included',
      withIndex(async (index) => {
        // Every vector comes four times, so that pages end amid ties.
        const vectors = seededVectors({ count: 40, seed: 31 })
        const entries = [0, 1, 2, 3].flatMap((copy) =>
          vectors.map((vector, at) => ({ id: `${copy}-${at}`, vector, tags: [] })),
        )
        await index.write({ put: entries })
        const vector = vectors[0]!
        const whole = await index.search({ vector, limit: 160 })
        assert.equal(whole.length, 160)
        for (const size of [1, 7, 30]) {
          const paged: Match[] = []
          // No further than needed, or an index that repeats itself would never come to its end.
          while (paged.length <= whole.length) {
            const last = paged.at(-1)
            const page = await index.search({
              vector,
              limit: size,
              after: last && { distance: last.distance, id: last.id },
            })
            paged.push(...page)
            if (page.length < size) break
          }
          assert.deepEqual(
            paged.map(({ id }) => id),
            whole.map(({ id }) => id),
          )
        }
      }),
    )

    it(
      'goes on from a match that has been deleted',
      withIndex(async (index) => {
        const entries = seededEntries(30, 81, 33)
        await index.write({ put: entries })
        const vector = entries[0]!.vector
        const whole = await index.search({ vector, limit: 30 })
        const { id, distance } = whole[9]!
        await index.write({ delete: [id] })
        const rest = await index.search({ vector, limit: 30, after: { id, distance } })
        assert.deepEqual(
          rest.map((match) => match.id),
          whole.slice(10).map((match) => match.id),
        )
      }),
    )
  })

  describe('where', () => {
    const filters: [string, Filter][] = [
      ['all axes', { axes: { all: [{ axis: 1 }, { axis: 2 }] } }],
      ['any axis', { axes: { any: [{ axis: 3 }, { axis: 5 }] } }],
      ['no axis', { axes: { none: [{ axis: 1 }] } }],
      ['a least value', { axes: { all: [{ axis: 1, atLeast: 0.95 }] } }],
      ['an impossible value', { axes: { any: [{ axis: 1, atLeast: 1.5 }] } }],
      [
        'axes together',
        { axes: { all: [{ axis: 1 }], any: [{ axis: 2 }, { axis: 3 }], none: [{ axis: 5, atLeast: 0.9 }] } },
      ],
      ['all tags', { tags: { all: ['even', 'third'] } }],
      ['any tag', { tags: { any: ['third', 'nobody'] } }],
      ['no tag', { tags: { none: ['even'] } }],
      ['an unknown tag', { tags: { all: ['nobody'] } }],
      ['exclude', { exclude: ['image-0', 'image-1', 'nobody', "o'hara"] }],
      [
        'everything at once',
        { axes: { any: [{ axis: 1 }] }, tags: { any: ['even'], none: ['third'] }, exclude: ['image-2', 'image-4'] },
      ],
      ['empty conditions', { axes: { all: [], any: [], none: [] }, tags: { all: [], any: [], none: [] }, exclude: [] }],
    ]
    for (const [name, where] of filters) {
      it(
        `filters by ${name}, in search, pages and counts`,
        withIndex(async (index) => {
          const entries = seededEntries(400, 81, 41)
          await index.write({ put: entries })
          const passing = entries.filter((entry) => passesNaively(entry, where))
          const { total, perAxis } = await index.counts(where)
          assert.equal(total, passing.length)
          assert.deepEqual(Array.from(perAxis), countNaively(passing, 81))
          for (const vector of seededVectors({ count: 5, seed: 42 })) {
            await assertNeighbours(index, passing, [{ vector, limit: 31, where }])
            const [first] = await index.search({ vector, limit: 1, where })
            if (!first) continue
            const rest = await index.search({ vector, limit: 400, where, after: first })
            assert.equal(rest.length, passing.length - 1)
            assert.ok(rest.every(({ id }) => passing.some((entry) => entry.id === id)))
          }
        }),
      )
    }

    it(
      'filters and counts by values above 0, and least values by what float32 makes of them',
      withIndex(async (index) => {
        const scores = [-1, 0, 0.5, 0.7, 0.9]
        const entries = scores.map((score) => ({
          id: String(score),
          vector: vectorOf(81, { 1: score, 2: 1 }),
          tags: [],
        }))
        await index.write({ put: entries })
        const [vector] = seededVectors({ count: 1, seed: 43 })
        const least = [undefined, 0, 0.5, 0.7, Math.fround(0.7), Math.fround(0.9), 1]
        for (const atLeast of least) {
          for (const part of ['all', 'any', 'none']) {
            const where: Filter = { axes: { [part]: [{ axis: 1, atLeast }] } }
            const passing = entries.filter((entry) => passesNaively(entry, where))
            await assertNeighbours(index, passing, [{ vector: vector!, limit: 9, where }])
            const { total, perAxis } = await index.counts(where)
            assert.equal(total, passing.length)
            assert.deepEqual(Array.from(perAxis), countNaively(passing, 81))
          }
        }
        assert.equal((await index.counts()).perAxis[1], 3)
      }),
    )
  })
}

/** A vector one of whose values is so many float32 numbers away. */
function withBits(vector: Float32Array, axis: number, difference: number): Float32Array {
  const changed = vector.slice()
  new Int32Array(changed.buffer)[axis]! += difference
  return changed
}
