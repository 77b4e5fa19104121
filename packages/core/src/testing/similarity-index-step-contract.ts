import assert from 'node:assert/strict'
import type { FeedStep, SimilarityIndex } from '../similarity-index.ts'
import { byPlace, trueDistance } from './brute-force.ts'
import { seededEntries, vectorOf } from './contract-entries.ts'
import type { SimilarityIndexContractPart } from './similarity-index-search-contract.ts'

/** The part of `similarityIndexContract` that is about an index's position, and steps from one to another. */
export function similarityIndexStepContract(part: SimilarityIndexContractPart): void {
  const { describe, it, metric, withIndex, withWriters } = part
  const vector = vectorOf(81, { 1: 0.9 })
  const entry = (id: string) => ({ id, vector, tags: [] })

  describe('position', () => {
    it(
      'is where the last step has led, whatever is written without one',
      withIndex(async (index) => {
        assert.equal(await index.position(), undefined)
        assert.equal(await index.write({ put: [entry('a')] }, { from: undefined, to: 'p:1' }), true)
        assert.equal(await index.position(), 'p:1')
        assert.equal(await index.write({ put: [entry('b')] }), true)
        assert.equal(await index.write({ delete: ['nobody'] }), true)
        assert.equal(await index.position(), 'p:1')
        assert.equal(await index.write({ delete: ['nobody'] }, { from: 'p:1', to: 'p:2' }), true)
        assert.equal(await index.position(), 'p:2')
        assert.equal(await index.write({ put: [] }, { from: 'p:2', to: 'p:3' }), true)
        assert.equal(await index.position(), 'p:3')
        assert.equal(await index.write({ delete: [] }, { from: 'p:3', to: undefined }), true)
        assert.equal(await index.position(), undefined)
      }),
    )

    it(
      'stays where a step does',
      withIndex(async (index) => {
        for (const position of [undefined, 'p:1']) {
          assert.equal(await index.write({ put: [entry('a'), entry('b')] }, { from: position, to: position }), true)
          assert.equal(await index.write({ delete: ['a'] }, { from: position, to: position }), true)
          assert.equal(await index.position(), position)
          assert.deepEqual(await idsIn(index), ['b'])
          await index.write({ put: [] }, { from: position, to: 'p:1' })
        }
      }),
    )

    it(
      'is not said before all is in, and searches go on meanwhile',
      withIndex(async (index) => {
        const entries = seededEntries(2000, 81, 71)
        const byId = new Map(entries.map((entry) => [entry.id, entry]))
        let isWriting = true
        const written = index.write({ put: entries }, { from: undefined, to: 'p:1' }).finally(() => {
          isWriting = false
        })
        const vector = entries[0]!.vector
        while (isWriting) {
          const position = await index.position()
          if (position === 'p:1') assert.equal((await index.counts()).total, 2000)
          const matches = await index.search({ vector, limit: 31 })
          for (const [at, match] of matches.entries()) {
            assert.deepEqual(match.vector, byId.get(match.id)!.vector)
            assert.equal(match.distance, trueDistance(metric, vector, match.vector))
            if (at > 0) assert.ok(byPlace(matches[at - 1]!, match) < 0, 'in order, and none twice')
          }
          // Or the writer may never get its turn.
          await new Promise((resolve) => setTimeout(resolve))
        }
        assert.equal(await written, true)
        assert.equal(await index.position(), 'p:1')
        assert.equal((await index.counts()).total, 2000)
      }),
    )
  })

  it(
    'any number may write at once without a step, each images like no others so far',
    withWriters(async (writers) => {
      for (let round = 0; round < 4; round++) {
        const entries = Array.from({ length: 12 }, (_, nth) => ({
          id: `${round}/${nth}`,
          vector: vectorOf(81, { [1 + round]: 0.9, [10 + nth]: 0.8, [30 + nth]: 0.7 }),
          tags: [],
        }))
        const made = entries.map((entry, nth) => writers[nth % writers.length]!.write({ put: [entry] }))
        assert.ok((await Promise.all(made)).every((isMade) => isMade))
        for (const index of writers) assert.equal((await idsIn(index)).length, 12 * (round + 1))
      }
    }),
  )

  describe('a step', () => {
    it(
      'that does not begin where the index is writes nothing and leaves the position',
      withIndex(async (index) => {
        for (const { position, elsewhere } of [
          { position: undefined, elsewhere: ['p:1', '', 'undefined', 'null'] },
          { position: 'p:1', elsewhere: [undefined, 'p:2', '', 'P:1', 'p:1 '] },
        ]) {
          await index.write({ put: [entry('kept')] }, { from: undefined, to: position })
          for (const from of elsewhere) {
            for (const to of [from, 'p:9', position]) {
              assert.equal(await index.write({ put: [entry('new')] }, { from, to }), false)
              assert.equal(await index.write({ put: seededEntries(600, 81, 3) }, { from, to }), false)
              assert.equal(await index.write({ delete: ['kept'] }, { from, to }), false)
              assert.equal(await index.write({ put: [entry('new')], delete: ['kept'] }, { from, to }), false)
              assert.equal(await index.write({}, { from, to }), false)
            }
          }
          assert.equal(await index.position(), position)
          assert.deepEqual(await idsIn(index), ['kept'])
          assert.deepEqual((await index.counts()).total, 1)
        }
      }),
    )

    it(
      'is made by exactly one of all who are at the same place',
      withWriters(async (writers) => {
        for (let round = 0; round < 10; round++) {
          const from = await writers[0]!.position()
          const made = await Promise.all(
            Array.from({ length: 12 }, (_, at) => {
              const step = { from, to: `p:${round}:${at}` }
              const index = writers[at % writers.length]!
              return at % 3 === 0
                ? index.write({ delete: ['gone'] }, step)
                : index.write({ put: [entry(step.to), entry('gone')] }, step)
            }),
          )
          const winners = made.flatMap((isMade, at) => (isMade ? [at] : []))
          assert.equal(winners.length, 1)
          const won = `p:${round}:${winners[0]}`
          for (const index of writers) {
            assert.equal(await index.position(), won)
            assert.deepEqual(await idsIn(index), winners[0]! % 3 === 0 ? [] : ['gone', won])
          }
          await writers[0]!.write({ delete: [won, 'gone'] })
        }
      }),
    )

    it(
      'brings its images and its position together, however many there are at it',
      withWriters(async (writers) => {
        const steps = 24
        const everybody = Array.from({ length: 6 }, (_, nth) => nth)
        const stepping = everybody.map(async (nth) => {
          const index = writers[nth % writers.length]!
          for (;;) {
            const from = await index.position()
            const number = Number(from ?? 0)
            if (number >= steps) return
            const put = [`${number}/${nth}/a`, `${number}/${nth}/b`].map(entry)
            const gone = everybody.map((other) => `${number - 1}/${other}/a`)
            await index.write({ put, delete: gone }, { from, to: String(number + 1) })
          }
        })
        await Promise.all(stepping)
        for (const index of writers) {
          assert.equal(await index.position(), String(steps))
          assert.equal((await idsIn(index)).length, steps + 1)
        }
      }),
    )

    it(
      'refuses what was read before the index was moved, from wherever that comes',
      withWriters(async (writers) => {
        const [slow, fast] = [writers[0]!, writers.at(-1)!]
        const [old, current] = [vectorOf(81, { 2: 0.8 }), vectorOf(81, { 3: 0.7 })]
        const seen = await slow.position()
        // Meanwhile another has written what the store has now, and followed the feed beyond that.
        await fast.write({ put: [{ id: 'a', vector: current, tags: [] }] }, { from: seen, to: seen })
        await fast.write({ put: [{ id: 'a', vector: current, tags: [] }] }, { from: seen, to: 'p:1' })
        const late: FeedStep = { from: seen, to: seen }
        assert.equal(await slow.write({ put: [{ id: 'a', vector: old, tags: [] }] }, late), false)
        assert.equal(await slow.write({ delete: ['a'] }, late), false)
        for (const index of writers) {
          const [match] = await index.search({ vector: current, limit: 1 })
          assert.deepEqual([match?.id, match?.vector], ['a', current])
        }
      }),
    )

    it(
      'that stays is made by any number at once, beside one that moves',
      withWriters(async (writers) => {
        let position: string | undefined
        for (let round = 0; round < 8; round++) {
          const [from, to] = [position, `p:${round}`]
          const standing = Array.from({ length: 8 }, (_, at) => {
            // Of the same ids in opposite orders, some put and some deleted, each with a class set of its own.
            const entries = ['a', 'b', 'c', `${round}/${at}`].map((id) => ({
              id,
              vector: vectorOf(81, { [1 + at]: 0.9, [20 + round]: 0.8 }),
              tags: [],
            }))
            const index = writers[at % writers.length]!
            const [first, second, third, own] = entries
            const changes = [
              { put: entries },
              { put: [...entries].reverse() },
              { put: [first!, own!], delete: ['c', 'b'] },
              { put: [own!, third!], delete: [second!.id, 'a'] },
            ]
            return index.write(changes[at % 4]!, { from, to: from })
          })
          const moving = writers[round % writers.length]!.write({ delete: ['nobody'] }, { from, to })
          const made = await Promise.all(standing)
          assert.equal(await moving, true)
          for (const index of writers) {
            const ids = await idsIn(index)
            for (const [at, isMade] of made.entries()) assert.equal(ids.includes(`${round}/${at}`), isMade)
          }
          position = to
        }
      }),
    )
  })

  async function idsIn(index: SimilarityIndex): Promise<string[]> {
    const matches = await index.search({ vector, limit: 10_000 })
    return matches.map(({ id }) => id).sort()
  }
}
