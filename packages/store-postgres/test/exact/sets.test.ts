import { createExactIndex } from '@image-recommender/core/exact-index'
import { seededRandom } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { createPostgresIndex } from '../../src/exact/postgres-index.ts'
import { describeEachClient, describeOneClient } from '../databases.ts'

const shape = { dimensions: 60, metric: 'euclidean' } as const

const describeClients = inFull ? describeEachClient : describeOneClient

describeClients((open) => {
  describe('class sets', () => {
    it('are all known to another process, however many there are', async () => {
      const options = { ...(await open()), ...shape }
      const random = seededRandom(5)
      const entries = Array.from({ length: 7000 }, (_, at) => ({ id: `${at}`, vector: vectorOf(random), tags: [] }))
      const index = await createPostgresIndex(options)
      // The first page of sets ends amid those of the tenth write.
      const sizes = [4600, 50, 50, 50, 50, 50, 50, 50, 50, 2000]
      let at = 0
      for (const size of sizes) {
        await index.write({ put: entries.slice(at, at + size) })
        at += size
      }
      const truth = createExactIndex(shape)
      await truth.write({ put: entries })
      const other = await createPostgresIndex(options)
      for (let query = 0; query < 30; query++) {
        const request = { vector: vectorOf(random), limit: 20 }
        const wanted = await truth.search(request)
        expect(await other.search(request)).toEqual(wanted)
        expect(await index.search(request)).toEqual(wanted)
      }
      await index.close()
      await other.close()
    }, 120_000)

    it('that one process makes or widens are met by the next search of another', async () => {
      const options = { ...(await open()), ...shape }
      const index = await createPostgresIndex(options)
      const other = await createPostgresIndex(options)
      const vector = new Float32Array(60).fill(0.9, 3, 6)
      expect(await other.search({ vector, limit: 3 })).toEqual([])
      await index.write({ put: [{ id: 'new', vector, tags: [] }] })
      expect((await other.search({ vector, limit: 3 })).map(({ id }) => id)).toEqual(['new'])
      const faint = new Float32Array(60).fill(0.01, 3, 6)
      await index.write({ put: [{ id: 'faint', vector: faint, tags: [] }] })
      const zero = new Float32Array(60)
      expect((await other.search({ vector: zero, limit: 1 })).map(({ id }) => id)).toEqual(['faint'])
      // Both make the same set, neither knowing of the other's.
      const another = new Float32Array(60).fill(0.8, 20, 22)
      await other.write({ put: [{ id: 'b', vector: another, tags: [] }] })
      await index.write({ put: [{ id: 'a', vector: another, tags: [] }] })
      for (const each of [index, other]) {
        expect((await each.search({ vector: another, limit: 2 })).map(({ id }) => id)).toEqual(['a', 'b'])
      }
      await index.close()
      await other.close()
    })

    it('that one process makes while another starts are met by its searches', async () => {
      const { client, ...place } = await open()
      const index = await createPostgresIndex({ client, ...place, ...shape })
      const vector = new Float32Array(60).fill(0.9, 3, 6)
      let made = 0
      const query = async (...given: [string]) => {
        // It has read the sets, and asks how many members they have.
        if (given[0].includes('reltuples') && made++ === 0)
          await index.write({ put: ['a', 'b', 'c'].map((id) => ({ id, vector, tags: [] })) })
        return (client.query as (...given: unknown[]) => Promise<unknown>).apply(client, given)
      }
      const slow = new Proxy(client, {
        get: (target, name) => {
          const value = name === 'query' ? query : Reflect.get(target, name)
          return typeof value === 'function' && name !== 'query' ? value.bind(target) : value
        },
      })
      const other = await createPostgresIndex({ client: slow as typeof client, ...place, ...shape })
      expect(made).toBeGreaterThan(0)
      expect((await other.search({ vector, limit: 5 })).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
      await index.close()
      await other.close()
    })
  })
})

/** 4 to 8 classes, so that nearly each set is a new one. */
function vectorOf(random: () => number): Float32Array {
  const vector = new Float32Array(shape.dimensions)
  for (let n = 4 + Math.floor(random() * 5); n > 0; n--) vector[Math.floor(random() * 60)] = 0.7 + 0.3 * random()
  return vector
}
