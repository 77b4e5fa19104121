import { describe, expect, it } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import type { Filter, IndexEntry, SearchRequest } from '../../src/similarity-index.ts'
import { vectorOf } from '../../src/testing/contract-entries.ts'
import { seededRandom } from '../../src/testing/seeded-random.ts'
import { seededVectors } from '../../src/testing/seeded-vectors.ts'
import { compareUtf8 } from '../../src/utf8-order.ts'
import { IndexBesideModel } from './support/index-beside-model.ts'

const LARGE = 20_000

describe.each(['euclidean', 'cosine'] as const)('%s', (metric) => {
  describe('a class set with many members', () => {
    const DIMENSIONS = 7
    const CLASSES = [1, 2, 4]
    const random = seededRandom(71)
    const score = () => 0.7 + 0.3 * random()
    const near = (center: number) => center + 0.01 * random()
    const members = (scores: (at: number) => number[]) =>
      Array.from({ length: LARGE }, (_, at) => {
        const [first, second, third] = scores(at) as [number, number, number]
        return entryOf(at, vectorOf(DIMENSIONS, { 1: first, 2: second, 4: third }))
      })
    const queries = [
      vectorOf(DIMENSIONS, { 1: 0.9, 2: 0.8, 4: 0.95 }),
      vectorOf(DIMENSIONS, { 1: 0.7, 2: 0.7, 4: 0.7 }),
      vectorOf(DIMENSIONS, { 1: 0.5, 2: 2, 4: -1 }),
      vectorOf(DIMENSIONS, { 1: 0.9, 4: 0.75 }),
      vectorOf(DIMENSIONS, { 0: 0.8, 1: 0.9, 2: 0.8, 4: 0.95, 6: 0.7 }),
      vectorOf(DIMENSIONS, { 0: 0.8, 6: 0.7 }),
      vectorOf(DIMENSIONS, { 2: 1e-20 }),
      new Float32Array(DIMENSIONS),
    ]
    const requests = (entries: readonly IndexEntry[]): SearchRequest[] => [
      ...[entries[0]!, entries[777]!, entries.at(-1)!].map(({ vector }) => ({ vector, limit: 31 })),
      ...queries.map((vector) => ({ vector, limit: 31 })),
      { vector: queries[0]!, limit: 1 },
      { vector: queries[0]!, limit: 700, where: { tags: { any: ['third'] }, exclude: ['7', '11'] } },
      { vector: queries[2]!, limit: 31, where: { axes: { all: [{ axis: 2, atLeast: 0.9 }], none: [{ axis: 0 }] } } },
      { vector: queries[1]!, limit: 31, where: { axes: { all: [{ axis: 1 }], none: [{ axis: 4, atLeast: 0.8 }] } } },
    ]

    const arrivals: [string, (at: number) => number[]][] = [
      ['in any order', () => [score(), score(), score()]],
      ['in ascending order', (at) => [0.7 + at / 1e5, score(), score()]],
      ['in descending order', (at) => [0.9 - at / 1e5, score(), score()]],
      ['along a line', (at) => [0.7 + at / 1e5, 1 - at / 1e5, 0.7 + at / 1e5]],
      ['in turns from two clusters', (at) => CLASSES.map(() => near(at % 2 === 0 ? 0.72 : 0.98))],
      ['one cluster after the other', (at) => CLASSES.map(() => near(at < LARGE / 2 ? 0.98 : 0.72))],
      ['with the same values', () => [0.9, 0.8, 0.95]],
      ['with few values', () => CLASSES.map(() => [0.7, 0.8, 0.9, 1][Math.floor(4 * random())]!)],
      ['with values of any sign', () => CLASSES.map(() => 2 * random() - 1)],
    ]
    for (const [name, scores] of arrivals) {
      it(`finds those that came ${name}`, async () => {
        const entries = members(scores)
        const both = new IndexBesideModel(DIMENSIONS, metric)
        await both.put(entries)
        await both.expectSameAnswers(requests(entries))
        await both.expectSameCounts({ axes: { all: [{ axis: 2, atLeast: 0.8 }] } })
      })
    }

    it.each([
      ['any of them leave', (ids: string[]) => shuffled(ids, 73)],
      ['the first leave first', (ids: string[]) => ids],
      ['the last leave first', (ids: string[]) => ids.reverse()],
    ])('finds those that are left when nearly all of them have left: %s', async (_, inOrder) => {
      const both = new IndexBesideModel(DIMENSIONS, metric)
      const entries = members((at) => [0.7 + at / 1e5, score(), score()])
      await both.put(entries)
      const leaving = inOrder(entries.map(({ id }) => id))
      for (const left of [15_000, 2000, 200, 65, 64, 63, 33, 32, 31, 3, 1]) {
        await both.delete(leaving.splice(0, leaving.length - left))
        await both.expectSameAnswers(requests(entries))
        await both.expectSameCounts()
        expect(await both.index.search({ vector: queries[0]!, limit: LARGE })).toHaveLength(left)
      }
      // Those that are left must be found under their ids, wherever they have been moved.
      await both.put(leaving.map((id) => ({ id, vector: vectorOf(DIMENSIONS, { 5: 1 }), tags: [] })))
      await both.put(entries.slice(0, 3000))
      await both.expectSameAnswers(requests(entries))
      await both.delete(leaving)
      await both.delete(entries.map(({ id }) => id))
      await both.expectSameCounts()
      await both.put(entries.slice(500, 900))
      await both.expectSameAnswers(requests(entries))
    })

    // Where members of one set, or of two, are equally far, their ids decide.
    describe.each([
      ['of one class', vectorOf(DIMENSIONS, { 4: 0.9 }), vectorOf(DIMENSIONS, { 5: 0.9 })],
      ['without a class', new Float32Array(DIMENSIONS), vectorOf(DIMENSIONS, { 4: 1.8 })],
    ])('%s', (_, vector, other) => {
      const id = (at: number) => [String(at), `image-${at}`, `\u{1f600}${at}`, String(at * 1e6)][at % 4]!
      const entries = Array.from({ length: 12_000 }, (_, at) => {
        const alike = at % 5 === 0 ? other : vector.map((value) => value * (1 + (at % 3)))
        return { ...entryOf(at, alike), id: id(at) }
      })
      const first = vectorOf(DIMENSIONS, { 4: 0.9 })
      const asked: SearchRequest[] = [
        ...[...queries, vector, other, first, vectorOf(DIMENSIONS, { 4: -1 })].map((vector) => ({ vector, limit: 31 })),
        ...[1, 700, 12_001].map((limit) => ({ vector, limit })),
        ...['', '5', 'image-7', '\u{1f600}8'].flatMap((id) =>
          [0, 1].map((distance) => ({ vector, limit: 31, after: { distance, id } })),
        ),
        { vector, limit: 31, where: { tags: { all: ['even', 'third'] }, exclude: ['0', '12'] } },
      ]

      it.each([
        ['in any order', (mixed: IndexEntry[]) => mixed],
        ['in the order of their ids', (mixed: IndexEntry[]) => mixed.sort((a, b) => compareUtf8(a.id, b.id))],
        ['from the last id to the first', (mixed: IndexEntry[]) => mixed.sort((a, b) => compareUtf8(b.id, a.id))],
      ])('finds those that come and go %s', async (_, inOrder) => {
        const both = new IndexBesideModel(DIMENSIONS, metric)
        const coming = inOrder(shuffled(entries, 75))
        for (let from = 0; from < coming.length; from += 3000) {
          await both.put(coming.slice(from, from + 3000))
          await both.expectSameAnswers(asked)
        }
        await both.expectSamePages({ vector, limit: 600 }, 100)
        const leaving = coming.map(({ id }) => id)
        for (const left of [6000, 300, 33, 32, 1]) {
          await both.delete(leaving.splice(0, leaving.length - left))
          await both.expectSameAnswers(asked)
          // New ids get what memory the old ones have left.
          await both.put([entryOf(left, vector), { ...entryOf(left, vector), id: `new-${left}` }])
          await both.expectSameAnswers(asked)
        }
        await both.put(shuffled(entries, 76))
        await both.expectSameAnswers(asked)
      })
    })

    it('finds the members of each after many have moved from set to set', async () => {
      const both = new IndexBesideModel(DIMENSIONS, metric)
      const sets = [[1, 2, 4], [1, 2], [1, 2, 5], [3], [0, 1, 2, 3, 4, 5], []]
      const vector = () => {
        const set = sets[Math.floor(random() ** 2 * sets.length)]!
        return vectorOf(DIMENSIONS, Object.fromEntries(set.map((axis) => [axis, score()])))
      }
      for (let round = 0; round < 8; round++) {
        await both.put(Array.from({ length: 3000 }, () => entryOf(Math.floor(3000 * random()), vector())))
        await both.expectSameAnswers(queries.map((vector) => ({ vector, limit: 31 })))
        await both.expectSameAnswers([{ vector: queries[0]!, limit: 3001 }])
        await both.expectSameCounts()
      }
    })
  })

  describe('many class sets', () => {
    const DIMENSIONS = 80
    // Nobody has the axes from 70 on.
    const entries = Array.from({ length: 8000 }, (_, at) => entryOf(at, randomSet(at, DIMENSIONS, undefined, 70)))
    const requests: SearchRequest[] = [
      ...entries.slice(0, 10).map(({ vector }) => ({ vector, limit: 31 })),
      ...[1, 2, 3, 5, 8, 12, 30, 31, 70].map((size) => ({ vector: randomSet(9e5, DIMENSIONS, size), limit: 31 })),
      { vector: vectorOf(DIMENSIONS, { 72: 0.9, 79: 0.8 }), limit: 31 },
      { vector: vectorOf(DIMENSIONS, { 3: 0.9, 72: 0.9, 79: 0.8 }), limit: 31 },
      { vector: vectorOf(DIMENSIONS, { 3: 1e15, 8: 0.9 }), limit: 31 },
      { vector: vectorOf(DIMENSIONS, { 3: 1e-15, 8: -1e-15 }), limit: 31 },
      { vector: new Float32Array(DIMENSIONS), limit: 31 },
      ...filters(DIMENSIONS).map((where) => ({ vector: randomSet(8e5, DIMENSIONS, 3), limit: 31, where })),
      { vector: randomSet(7e5, DIMENSIONS, 4), limit: 8001 },
      { vector: vectorOf(DIMENSIONS, { 3: 1e-3, 8: 1e-3 }), limit: 8001 },
    ]

    it('are all looked through, as they come and go', async () => {
      const both = new IndexBesideModel(DIMENSIONS, metric)
      await both.put(entries)
      await both.expectSameAnswers(requests)
      for (const where of filters(DIMENSIONS)) await both.expectSameCounts(where)
      const leaving = shuffled(
        entries.map(({ id }) => id),
        83,
      )
      for (const left of [4000, 300, 10]) {
        await both.delete(leaving.splice(0, leaving.length - left))
        await both.expectSameAnswers(requests)
      }
      await both.put(shuffled(entries, 84))
      await both.expectSameAnswers(requests)
    })

    it('are found where one class is followed by thousands of others', async () => {
      const both = new IndexBesideModel(4096, metric)
      const wide = Array.from({ length: 3000 }, (_, at) => (at * 1237) % 4096)
      await both.put(wide.map((axis, at) => entryOf(at, vectorOf(4096, { 5: 0.9, [axis]: 0.7 + (at % 30) / 100 }))))
      await both.put(wide.map((axis, at) => entryOf(3000 + at, vectorOf(4096, { [axis]: 0.7 + (at % 30) / 100 }))))
      const axes = [0, 5, 6, wide[9]!, wide[2999]!, 4095]
      await both.expectSameAnswers(axes.map((axis) => ({ vector: vectorOf(4096, { 5: 0.8, [axis]: 0.9 }), limit: 20 })))
      await both.expectSameAnswers(axes.map((axis) => ({ vector: vectorOf(4096, { [axis]: 0.9 }), limit: 20 })))
      await both.delete(wide.slice(100).map((_, at) => String(at)))
      await both.expectSameAnswers(axes.map((axis) => ({ vector: vectorOf(4096, { 5: 0.8, [axis]: 0.9 }), limit: 20 })))
    })
  })

  describe('pages', () => {
    it('of 30 are, a hundred times, what one search for 3,000 finds', async () => {
      // Every vector comes twenty times, so that most pages end amid equal distances.
      const vectors = seededVectors({ count: 300, seed: 91 })
      const both = new IndexBesideModel(81, metric)
      await both.put(Array.from({ length: 6000 }, (_, at) => entryOf(at, vectors[at % 300]!)))
      const whole = await both.index.search({ vector: vectors[0]!, limit: 3000 })
      for (let page = 0; page < 100; page++) {
        const after = whole[30 * page - 1]
        const matches = await both.index.search({ vector: vectors[0]!, limit: 30, after })
        expect(matches).toEqual(whole.slice(30 * page, 30 * page + 30))
      }
      await both.expectSameAnswers([
        { vector: vectors[0]!, limit: 3000 },
        { vector: vectors[1]!, limit: 31, after: { distance: 0, id: '' } },
        { vector: vectors[1]!, limit: 31, after: { distance: 1e9, id: '' } },
        { vector: vectors[1]!, limit: 1e9 },
      ])
    })
  })

  describe('sparse and dense vectors together', () => {
    const DIMENSIONS = 64
    const sparse = seededVectors({ count: 1500, seed: 101, dimensions: DIMENSIONS })
    const dense = Array.from({ length: 1500 }, (_, at) => randomSet(1e6 + at, DIMENSIONS, 28 + (at % 37)))
    const zeros = Array.from({ length: 40 }, () => new Float32Array(DIMENSIONS))
    const queries = [...sparse.slice(0, 4), ...dense.slice(0, 37), zeros[0]!]

    it.each([
      ['among sparse vectors', sparse],
      ['among dense vectors', dense],
      ['among both and zeros', [...sparse, ...dense, ...zeros]],
    ])('are compared by one definition: any query %s', async (_, vectors) => {
      const both = new IndexBesideModel(DIMENSIONS, metric)
      await both.put(
        shuffled(
          vectors.map((vector, at) => entryOf(at, vector)),
          103,
        ),
      )
      await both.expectSameAnswers(queries.map((vector) => ({ vector, limit: 31 })))
      await both.expectSameAnswers(queries.slice(0, 6).map((vector) => ({ vector, limit: 4000 })))
      for (const where of filters(DIMENSIONS)) {
        await both.expectSameAnswers([queries[0]!, queries[9]!].map((vector) => ({ vector, limit: 31, where })))
        await both.expectSameCounts(where)
      }
    })

    it('change places', async () => {
      const both = new IndexBesideModel(DIMENSIONS, metric)
      const random = seededRandom(105)
      const all = [...sparse, ...dense, ...zeros]
      for (let round = 0; round < 10; round++) {
        const some = () => Math.floor(600 * random())
        await both.put(Array.from({ length: 400 }, () => entryOf(some(), all[Math.floor(all.length * random())]!)))
        await both.delete(Array.from({ length: 100 }, () => String(some())))
        await both.expectSameAnswers(queries.slice(0, 12).map((vector) => ({ vector, limit: 31 })))
        await both.expectSameCounts()
      }
    })
  })

  // A search opens class sets round by round: these lie where one round may end and the next begin.
  describe('at the end of a round', () => {
    it.each([1, 2, 3, 4])('finds what lies just there for a query of %i classes', async (size) => {
      const random = seededRandom(size)
      for (let n = 0; n < 1400; n++) {
        const score = 0.7 + 0.3 * random()
        const query = vectorOf(8, Object.fromEntries(Array.from({ length: size }, (_, axis) => [axis, score])))
        // A squared line of whole quarters of what one object makes.
        const line = (1 + (n % 7)) / 4
        const cosine = 1 - line / size / 2
        const objects = query[0]! ** 2
        let rest = metric === 'euclidean' ? line * objects : size * objects * (1 / cosine ** 2 - 1)
        const vector = query.slice()
        if (n % 2 === 0) {
          // Near to it by the bits of a float32, with bounds that are as tight as can be.
          for (const axis of [4, 5, 6, 7]) vector[axis] = Math.sqrt(rest / 4)
        } else {
          // By the bits of a float64.
          for (const axis of [5, 6, 7]) {
            vector[axis] = Math.sqrt(rest) * (axis < 7 ? 1 - 1e-7 : 1)
            rest -= vector[axis]! ** 2
          }
          new Int32Array(vector.buffer)[7]! += Math.floor(9 * random()) - 4
        }
        const index = createExactIndex({ dimensions: 8, metric })
        await index.write({ put: [entryOf(0, vector)] })
        expect(await index.search({ vector: query, limit: 5 }), `${[...vector]}`).toHaveLength(1)
      }
    })

    it('finds it for one query after the other', async () => {
      const random = seededRandom(7)
      const member = vectorOf(8, { 0: 0.9 })
      const index = createExactIndex({ dimensions: 8, metric })
      await index.write({ put: [entryOf(0, member)] })
      for (let n = 0; n < 1200; n++) {
        // Three more classes, so that the line is whole quarters of what one of four objects makes: to the bits of a float64.
        const own = member[0]! ** 2
        const line = (1 + (n % 8)) / 4 / 4
        let rest = own * (metric === 'euclidean' ? line / (1 - line) : 1 / (1 - line / 2) ** 2 - 1)
        const query = member.slice()
        for (const axis of [5, 6, 7]) {
          query[axis] = Math.sqrt(rest) * (axis < 7 ? 1 - 1e-7 - 1e-6 * random() : 1)
          rest -= query[axis]! ** 2
        }
        new Int32Array(query.buffer)[7]! += Math.floor(2000 * (random() - 0.5))
        expect(await index.search({ vector: query, limit: 5 }), `${[...query]}`).toHaveLength(1)
      }
    })

    it('finds nobody twice and misses nobody, where all distances are round', async () => {
      const both = new IndexBesideModel(10, metric)
      const values = [0.5, 1, 2]
      const vectors: Float32Array[] = []
      for (let a = 0; a < 8; a++) {
        for (let b = a; b < 8; b++) {
          for (let c = b; c < 8; c++) {
            for (const value of values) vectors.push(vectorOf(10, { [a]: value, [b]: 1, [c]: 0.5 }))
          }
        }
      }
      await both.put(vectors.map((vector, at) => entryOf(at, vector)))
      const queries = [
        vectorOf(10, { 0: 1 }),
        vectorOf(10, { 0: 1, 1: 1 }),
        vectorOf(10, { 1: 0.5, 9: 2 }),
        vectors[99]!,
      ]
      for (const limit of [1, 30, vectors.length + 1]) {
        await both.expectSameAnswers(queries.map((vector) => ({ vector, limit })))
      }
    })
  })

  it('rounds nothing away beside values that are very large', async () => {
    const both = new IndexBesideModel(40, metric)
    const random = seededRandom(111)
    const vectors = Array.from({ length: 3000 }, (_, at) => {
      const vector = randomSet(2e6 + at, 40, 1 + (at % 6))
      if (at % 3 > 0) vector[at % 5] = 10 ** (12 * random() + (at % 3))
      return vector
    })
    await both.put(vectors.map((vector, at) => entryOf(at, vector)))
    const some = vectors.slice(0, 30)
    const scales = [1, 1e-20, 1e15, 1e20]
    await both.expectSameAnswers(
      scales.flatMap((scale) => some.map((vector) => ({ vector: vector.map((value) => value * scale), limit: 31 }))),
    )
  })
})

function entryOf(at: number, vector: Float32Array): IndexEntry {
  return { id: String(at), vector, tags: [...(at % 2 === 0 ? ['even'] : []), ...(at % 3 === 0 ? ['third'] : [])] }
}

/** A vector of so many classes, 1 to 6 if it is not said, out of the first axes. */
function randomSet(seed: number, dimensions: number, size?: number, axes = dimensions): Float32Array {
  const random = seededRandom(seed)
  const vector = new Float32Array(dimensions)
  const classes = size ?? 1 + Math.floor(6 * random())
  while (vector.filter((value) => value !== 0).length < classes) {
    vector[Math.floor(random() ** 2 * axes)] = 0.7 + 0.3 * random()
  }
  return vector
}

function filters(dimensions: number): Filter[] {
  return [
    { axes: { all: [{ axis: 3 }] } },
    { axes: { all: [{ axis: 3 }, { axis: 8, atLeast: 0.8 }] } },
    { axes: { all: [{ axis: 30 }, { axis: 0 }, { axis: 12 }] } },
    { axes: { all: [{ axis: dimensions - 1 }] } },
    { axes: { any: [{ axis: 7 }, { axis: 3, atLeast: 0.95 }], none: [{ axis: 0 }, { axis: 1, atLeast: 0.9 }] } },
    { tags: { all: ['even'], none: ['third'] } },
    { tags: { any: ['third', 'nobody'] }, exclude: ['3', '6', '9', 'nobody'] },
    { axes: { any: [{ axis: 2 }] }, tags: { all: ['nobody'] } },
  ]
}

function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = seededRandom(seed)
  const mixed = [...values]
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!]
  }
  return mixed
}
