import { createExactIndex } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { createPostgresIndex } from '../../src/exact/postgres-index.ts'
import { describeEachClient } from '../databases.ts'

const shape = { dimensions: 60, metric: 'euclidean' } as const

describeEachClient((open) => {
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
        await index.put(entries.slice(at, at + size))
        at += size
      }
      const truth = createExactIndex(shape)
      await truth.put(entries)
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
      await index.put([{ id: 'new', vector, tags: [] }])
      expect((await other.search({ vector, limit: 3 })).map(({ id }) => id)).toEqual(['new'])
      const faint = new Float32Array(60).fill(0.01, 3, 6)
      await index.put([{ id: 'faint', vector: faint, tags: [] }])
      const zero = new Float32Array(60)
      expect((await other.search({ vector: zero, limit: 1 })).map(({ id }) => id)).toEqual(['faint'])
      // Both make the same set, neither knowing of the other's.
      const another = new Float32Array(60).fill(0.8, 20, 22)
      await other.put([{ id: 'b', vector: another, tags: [] }])
      await index.put([{ id: 'a', vector: another, tags: [] }])
      for (const each of [index, other]) {
        expect((await each.search({ vector: another, limit: 2 })).map(({ id }) => id)).toEqual(['a', 'b'])
      }
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
