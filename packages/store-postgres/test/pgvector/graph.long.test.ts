import type { IndexEntry, Match, Metric, SimilarityIndex } from '@image-recommender/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPgvectorIndex, type PgvectorIndexOptions } from '../../src/index.ts'
import { describeEachPgvector, type Opened } from './databases.ts'
import { denseEntries, nearestOf, recallOf } from './dense-entries.ts'

const DIMENSIONS = 32
const entries = denseEntries(2500, DIMENSIONS, 1)
const byId = new Map(entries.map((entry) => [entry.id, entry]))
const queries = denseEntries(20, DIMENSIONS, 2).map(({ vector }) => vector)

function expectInOrder(matches: readonly Match[]): void {
  for (const [at, match] of matches.entries()) {
    if (at === 0) continue
    const before = matches[at - 1]!
    expect(before.distance < match.distance || (before.distance === match.distance && before.id < match.id)).toBe(true)
  }
}

describeEachPgvector(
  (open) => {
    describe.each<[Metric, boolean]>([
      ['euclidean', false],
      ['cosine', false],
      ['euclidean', true],
      ['cosine', true],
    ])('%s, halfvec: %s', (metric, halfvec) => {
      let index: SimilarityIndex
      let opened: Opened
      let statements: string[]

      beforeAll(async () => {
        opened = await open()
        statements = []
        const options: PgvectorIndexOptions = {
          client: spied(opened.client, statements),
          table: opened.table,
          dimensions: DIMENSIONS,
          metric,
          halfvec,
          scanUpTo: 0,
        }
        index = await createPgvectorIndex(options)
        await index.write({ put: entries })
      }, 180_000)
      afterAll(() => index.close())

      const searches = () => statements.filter((sql) => sql.includes('order by')).length

      async function searchOnce(request: Parameters<SimilarityIndex['search']>[0]): Promise<Match[]> {
        const before = searches()
        const matches = await index.search(request)
        expect(searches() - before).toBe(1)
        return matches
      }

      it('finds nearly all of the true neighbours, with true distances, in order', async () => {
        let found = 0
        for (const vector of queries) {
          const truth = nearestOf(entries, metric, vector, 31)
          const matches = await searchOnce({ vector, limit: 31 })
          expect(matches).toHaveLength(31)
          expectInOrder(matches)
          for (const match of matches) {
            const [again] = nearestOf([byId.get(match.id)!], metric, vector, 1)
            expect(match).toEqual({ id: match.id, distance: again!.distance, vector: again!.vector })
          }
          found += recallOf(matches, truth)
        }
        expect(found / queries.length).toBeGreaterThan(0.95)
      })

      it('gives more than a search of the graph gives by default', async () => {
        for (const limit of [41, 200, 1000])
          expect(await searchOnce({ vector: queries[0]!, limit })).toHaveLength(limit)
      })

      it('goes on along the graph behind a filter, and looks at all where that ends too soon', async () => {
        const [vector] = queries
        const even = await searchOnce({ vector: vector!, limit: 31, where: { tags: { all: ['even'] } } })
        const passing = entries.filter(({ tags }) => tags.includes('even'))
        expect(even.every(({ id }) => byId.get(id)!.tags.includes('even'))).toBe(true)
        expect(recallOf(even, nearestOf(passing, metric, vector!, 31))).toBeGreaterThan(0.9)

        const rare = entries.filter(({ tags }) => tags.includes('rare'))
        const matches = await index.search({ vector: vector!, limit: 31, where: { tags: { all: ['rare'] } } })
        expect(matches.map(({ id }) => id)).toEqual(nearestOf(rare, metric, vector!, 31).map(({ id }) => id))
      })

      it('goes through pages without giving anything twice or out of order, down to the last', async () => {
        const where = { tags: { all: ['even'] } }
        const walked: Match[] = []
        for (;;) {
          const last = walked.at(-1)
          const page = await index.search({
            vector: queries[1]!,
            limit: 190,
            where,
            after: last && { distance: last.distance, id: last.id },
          })
          walked.push(...page)
          if (page.length < 190) break
        }
        expectInOrder(walked)
        expect(new Set(walked.map(({ id }) => id)).size).toBe(walked.length)
        expect(walked.length).toBeGreaterThan(0.98 * 1250)
      }, 60_000)

      it('leaves the settings of the connection as they were', async () => {
        await index.search({ vector: queries[0]!, limit: 300 })
        const connections = Array.from({ length: 8 }, () =>
          opened.query("select current_setting('hnsw.ef_search', true) as ef"),
        )
        for (const [row] of await Promise.all(connections)) expect([null, '', '40']).toContain(row!.ef)
      })

      it('finds many at one and the same place, page by page', async () => {
        const { client, table } = await open()
        const ties = await createPgvectorIndex({ client, table, dimensions: 3, metric, halfvec, scanUpTo: 0 })
        const vector = Float32Array.of(0.3, 0.4, -0.5)
        const ids = Array.from({ length: 700 }, (_, at) => `tie-${String(at).padStart(3, '0')}`)
        await ties.write({ put: ids.map((id) => ({ id, vector, tags: [] })) })
        const walked: string[] = []
        for (;;) {
          const last = walked.at(-1)
          const page = await ties.search({ vector, limit: 90, after: last ? { distance: 0, id: last } : undefined })
          walked.push(...page.map(({ id }) => id))
          if (page.length < 90) break
        }
        expect(walked).toEqual(ids)
        await ties.close()
      }, 60_000)
    })

    it('finds what has no direction, or too little of one for half precision', async () => {
      const { client, table } = await open()
      const index = await createPgvectorIndex({
        client,
        table,
        dimensions: 4,
        metric: 'cosine',
        halfvec: true,
        scanUpTo: 0,
      })
      const query = Float32Array.of(1, 2, 3, 4)
      const faint = query.map((value) => value * 1e-10)
      const others = Array.from({ length: 200 }, (_, at) => ({
        id: `other-${at}`,
        vector: Float32Array.of(-1, 1, Math.sin(at), -1),
        tags: [],
      }))
      await index.write({
        put: [
          ...others,
          { id: 'faint', vector: faint, tags: [] },
          { id: 'zero', vector: new Float32Array(4), tags: [] },
        ],
      })
      expect((await index.search({ vector: query, limit: 1 })).map(({ id }) => id)).toEqual(['faint'])
      const [nearest] = await index.search({ vector: faint, limit: 1 })
      expect(nearest).toMatchObject({ id: 'faint', distance: 0, vector: faint })
      const all = await index.search({ vector: query, limit: 202 })
      expect(all.find(({ id }) => id === 'zero')?.distance).toBe(1)
      // By cosine a query without a direction is equally far from all: ids put them in order.
      const none = await index.search({ vector: new Float32Array(4), limit: 2, after: { distance: 1, id: 'faint' } })
      expect(none.map(({ id, distance }) => [id, distance])).toEqual([
        ['other-0', 1],
        ['other-1', 1],
      ])
      await index.close()
    })

    it('refuses values that half precision cannot hold, and searches with them', async () => {
      const { client, table } = await open()
      const index = await createPgvectorIndex({
        client,
        table,
        dimensions: 2,
        metric: 'euclidean',
        halfvec: true,
        scanUpTo: 0,
      })
      await index.write(
        { put: [{ id: 'a', vector: Float32Array.of(65_504, 0), tags: [] }] },
        { from: undefined, to: 'before' },
      )
      const large = [{ id: 'b', vector: Float32Array.of(1e6, 0), tags: [] }]
      await expect(index.write({ put: large }, { from: 'before', to: 'behind' })).rejects.toMatchObject({
        code: 'INDEX_FAILED',
        message: expect.stringContaining('halfvec'),
      })
      expect(await index.position()).toBe('before')
      const matches = await index.search({ vector: Float32Array.of(1e6, 0), limit: 5 })
      expect(matches).toMatchObject([{ id: 'a', distance: 1e6 - 65_504 }])
      await index.close()
    })

    it.each([
      [2000, false],
      [4000, true],
    ])(
      'takes vectors of %d values, halfvec: %s',
      async (dimensions, halfvec) => {
        const { client, table } = await open()
        const index = await createPgvectorIndex({ client, table, dimensions, halfvec, scanUpTo: 0 })
        const some: IndexEntry[] = denseEntries(30, dimensions, 3)
        await index.write({ put: some })
        const matches = await index.search({ vector: some[7]!.vector, limit: 3 })
        expect(matches.map(({ id }) => id)).toEqual(nearestOf(some, 'cosine', some[7]!.vector, 3).map(({ id }) => id))
        expect(matches[0]).toEqual({ id: 'image-7', distance: 0, vector: some[7]!.vector })
        await index.close()
      },
      60_000,
    )
  },
  { graphAlways: true },
)

/** The same client, which notes down what it is asked outside of transactions. */
function spied(client: Opened['client'], statements: string[]): Opened['client'] {
  return new Proxy(client, {
    get(target, key) {
      const value = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...parameters: unknown[]) => {
        if (key === 'query') statements.push(String(parameters[0]))
        return value.apply(target, parameters)
      }
    },
  })
}
