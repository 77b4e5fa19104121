import assert from 'node:assert/strict'
import type { Filter, IndexEntry, Match, Metric, SimilarityIndex } from '../similarity-index.ts'
import { neighbourCheck } from './assert-neighbours.ts'
import { byBytes, countNaively, passesNaively, trueDistance } from './brute-force.ts'
import { seededEntries, vectorOf } from './contract-entries.ts'
import { seededRandom } from './seeded-random.ts'
import { seededVectors } from './seeded-vectors.ts'
import type { TestRunner } from './test-runner.ts'

export interface SimilarityIndexContractOptions extends TestRunner {
  /** Gives a fresh, empty index of that shape for each test; the suite closes it. */
  create(shape: { dimensions: number; metric: Metric }): Promise<SimilarityIndex>
  /** The metrics that the index offers; both by default. */
  metrics?: readonly Metric[]
  /** For an index that is not exact: the least share of the true neighbours that it must find, 0..1. */
  recallFloor?: number
}

/** What every `SimilarityIndex` must do, as tests. Register it inside a `describe` of yours. */
export function similarityIndexContract(options: SimilarityIndexContractOptions): void {
  for (const metric of options.metrics ?? (['euclidean', 'cosine'] as const)) {
    options.describe(metric, () => contractFor(metric, options))
  }
}

function contractFor(metric: Metric, { describe, it, create, recallFloor = 1 }: SimilarityIndexContractOptions): void {
  const assertNeighbours = neighbourCheck(metric, recallFloor)
  const withIndex =
    (test: (index: SimilarityIndex) => Promise<void>, dimensions = 81) =>
    async () => {
      const index = await create({ dimensions, metric })
      try {
        await test(index)
      } finally {
        await index.close()
      }
    }

  describe('shape', () => {
    it(
      'is what was asked for',
      withIndex(async (index) => {
        assert.equal(index.dimensions, 7)
        assert.equal(index.metric, metric)
        assert.equal(typeof index.exact, 'boolean')
        assert.equal(typeof index.shared, 'boolean')
        assert.ok(!index.exact || recallFloor === 1, 'an exact index finds everything')
      }, 7),
    )
  })

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
        await index.put(entries)
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
        await index.put(named.map((id) => ({ id, vector, tags: [] })))
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
          await index.put(entries)
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
        await index.put(entries)
        await assertNeighbours(
          index,
          entries,
          [...dense.slice(0, 20), ...odd].map((vector) => ({ vector, limit: 20 })),
        )
      }, 24),
    )

    it(
      'keeps to limits from 1 to more than there is',
      withIndex(async (index) => {
        const entries = seededEntries(50, 81, 21)
        await index.put(entries)
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
        await index.put([{ id: 'a', vector: mine, tags: [] }])
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
        await index.put(entries)
        const vector = vectors[0]!
        const whole = await index.search({ vector, limit: 160 })
        assert.equal(whole.length, 160)
        for (const size of [1, 7, 30]) {
          const paged: Match[] = []
          for (;;) {
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
        await index.put(entries)
        const vector = entries[0]!.vector
        const whole = await index.search({ vector, limit: 30 })
        const { id, distance } = whole[9]!
        await index.delete([id])
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
          await index.put(entries)
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
  })

  describe('put and delete', () => {
    it(
      'replaces vector and tags',
      withIndex(async (index) => {
        await index.put([{ id: 'a', vector: vectorOf(81, { 1: 0.9 }), tags: ['old'] }])
        await index.put([{ id: 'a', vector: vectorOf(81, { 2: 0.8 }), tags: ['new'] }])
        const [match, ...others] = await index.search({ vector: vectorOf(81, { 2: 0.8 }), limit: 5 })
        assert.deepEqual([match?.id, match?.distance, others.length], ['a', 0, 0])
        assert.equal((await index.counts({ tags: { all: ['old'] } })).total, 0)
        assert.equal((await index.counts({ tags: { all: ['new'] } })).total, 1)
        assert.deepEqual(
          Array.from((await index.counts()).perAxis),
          countNaively([{ vector: vectorOf(81, { 2: 1 }) }], 81),
        )
      }),
    )

    it(
      'lets the last one win where an id comes twice in a call',
      withIndex(async (index) => {
        const [first, last] = [vectorOf(81, { 1: 0.9 }), vectorOf(81, { 2: 0.8 })]
        await index.put([
          { id: 'a', vector: first, tags: ['first'] },
          { id: 'a', vector: last, tags: ['last'] },
        ])
        assert.equal((await index.search({ vector: last, limit: 5 }))[0]!.distance, 0)
        assert.equal((await index.counts()).total, 1)
      }),
    )

    it(
      'forgets what is deleted and ignores what it does not know',
      withIndex(async (index) => {
        const entries = seededEntries(40, 81, 51)
        await index.put(entries)
        await index.delete(['nobody', ...entries.slice(0, 39).map(({ id }) => id), entries[0]!.id])
        const left = await index.search({ vector: entries[0]!.vector, limit: 50 })
        assert.deepEqual(
          left.map(({ id }) => id),
          [entries[39]!.id],
        )
        await index.delete([entries[39]!.id])
        assert.deepEqual(await index.counts(), { total: 0, perAxis: new Uint32Array(81) })
      }),
    )

    it(
      'treats every well-formed id and tag as data',
      withIndex(async (index) => {
        const words = [
          '__proto__',
          'constructor',
          "o'hara",
          '"; drop table x; --',
          '../../etc',
          'x'.repeat(512),
          '😀'.repeat(128),
          '0',
          '00',
          ' ',
        ]
        const vector = vectorOf(81, { 1: 0.9 })
        await index.put(words.map((word) => ({ id: word, vector, tags: [word] })))
        for (const word of words) {
          assert.deepEqual(
            (await index.search({ vector, limit: 20, where: { tags: { all: [word] } } })).map(({ id }) => id),
            [word],
          )
        }
        await index.delete(words)
        assert.equal((await index.counts()).total, 0)
      }),
    )

    it(
      'is right at every moment of a long mixed history',
      withIndex(async (index) => {
        const random = seededRandom(61)
        const vectors = seededVectors({ count: 300, seed: 62 })
        const mirror = new Map<string, IndexEntry>()
        for (let step = 0; step < 120; step++) {
          if (random() < 0.35) {
            const ids = Array.from({ length: 5 }, () => `image-${Math.floor(random() * 60)}`)
            for (const id of ids) mirror.delete(id)
            await index.delete(ids)
          } else {
            const entries = Array.from({ length: 5 }, () => ({
              id: `image-${Math.floor(random() * 60)}`,
              vector: vectors[Math.floor(random() * 300)]!,
              tags: random() < 0.5 ? ['even'] : [],
            }))
            for (const entry of entries) mirror.set(entry.id, entry)
            await index.put(entries)
          }
          if (step % 5 === 0) {
            const now = [...mirror.values()]
            await assertNeighbours(index, now, [{ vector: vectors[Math.floor(random() * 300)]!, limit: 31 }])
            assert.equal((await index.counts()).total, now.length)
            assert.deepEqual(Array.from((await index.counts()).perAxis), countNaively(now, 81))
          }
        }
      }),
    )
  })

  describe('position', () => {
    it(
      'is what the last put or delete said',
      withIndex(async (index) => {
        assert.equal(await index.position(), undefined)
        await index.put([{ id: 'a', vector: vectorOf(81, { 1: 0.9 }), tags: [] }], 'p:1')
        assert.equal(await index.position(), 'p:1')
        await index.put([{ id: 'b', vector: vectorOf(81, { 1: 0.9 }), tags: [] }])
        assert.equal(await index.position(), 'p:1')
        await index.delete(['nobody'], 'p:2')
        assert.equal(await index.position(), 'p:2')
        await index.put([], 'p:3')
        assert.equal(await index.position(), 'p:3')
      }),
    )
  })
}
