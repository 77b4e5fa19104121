import assert from 'node:assert/strict'
import type { IndexEntry } from '../similarity-index.ts'
import { neighbourCheck } from './assert-neighbours.ts'
import { countNaively } from './brute-force.ts'
import { seededEntries, vectorOf } from './contract-entries.ts'
import { seededRandom } from './seeded-random.ts'
import { seededVectors } from './seeded-vectors.ts'
import type { SimilarityIndexContractPart } from './similarity-index-search-contract.ts'

/** The part of `similarityIndexContract` that is about what is written. */
export function similarityIndexWriteContract(part: SimilarityIndexContractPart): void {
  const { describe, it, metric, recallFloor, withIndex } = part
  const assertNeighbours = neighbourCheck(metric, recallFloor)

  describe('write', () => {
    it(
      'replaces vector and tags',
      withIndex(async (index) => {
        await index.write({ put: [{ id: 'a', vector: vectorOf(81, { 1: 0.9 }), tags: ['old'] }] })
        await index.write({ put: [{ id: 'a', vector: vectorOf(81, { 2: 0.8 }), tags: ['new'] }] })
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
        await index.write({
          put: [
            { id: 'a', vector: first, tags: ['first'] },
            { id: 'a', vector: last, tags: ['last'] },
          ],
        })
        assert.equal((await index.search({ vector: last, limit: 5 }))[0]!.distance, 0)
        assert.equal((await index.counts()).total, 1)
      }),
    )

    it(
      'puts and deletes at once, and puts what is in both',
      withIndex(async (index) => {
        const [first, last] = [vectorOf(81, { 1: 0.9 }), vectorOf(81, { 2: 0.8 })]
        const entries = ['a', 'b', 'c', 'd'].map((id) => ({ id, vector: first, tags: [] }))
        await index.write({ put: entries, delete: ['nobody'] })
        await index.write({
          put: ['b', 'd', 'e'].map((id) => ({ id, vector: last, tags: ['last'] })),
          delete: ['d', 'c', 'nobody', 'c'],
        })
        const found = await index.search({ vector: last, limit: 9 })
        assert.deepEqual(
          found.map(({ id, vector }) => [id, vector]),
          [
            ['b', last],
            ['d', last],
            ['e', last],
            ['a', first],
          ],
        )
        assert.equal((await index.counts({ tags: { all: ['last'] } })).total, 3)
        assert.equal(await index.write({}), true)
        assert.equal((await index.counts()).total, 4)
      }),
    )

    it(
      'forgets what is deleted and ignores what it does not know',
      withIndex(async (index) => {
        const entries = seededEntries(40, 81, 51)
        await index.write({ put: entries })
        await index.write({ delete: ['nobody', ...entries.slice(0, 39).map(({ id }) => id), entries[0]!.id] })
        const left = await index.search({ vector: entries[0]!.vector, limit: 50 })
        assert.deepEqual(
          left.map(({ id }) => id),
          [entries[39]!.id],
        )
        await index.write({ delete: [entries[39]!.id] })
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
        await index.write({ put: words.map((word) => ({ id: word, vector, tags: [word] })) })
        for (const word of words) {
          assert.deepEqual(
            (await index.search({ vector, limit: 20, where: { tags: { all: [word] } } })).map(({ id }) => id),
            [word],
          )
        }
        await index.write({ delete: words })
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
            await index.write({ delete: ids })
          } else {
            const entries = Array.from({ length: 5 }, () => ({
              id: `image-${Math.floor(random() * 60)}`,
              vector: vectors[Math.floor(random() * 300)]!,
              tags: random() < 0.5 ? ['even'] : [],
            }))
            for (const entry of entries) mirror.set(entry.id, entry)
            await index.write({ put: entries })
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
}
