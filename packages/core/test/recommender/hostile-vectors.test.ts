/** What is no vector of the space comes into no store and no index, whichever way it comes; what is one is found, however odd its numbers. */
import { expect, it } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import { createMemoryStore, createRecommender, type ImageRecord, type Metric } from '../../src/index.ts'
import { DIMENSIONS, expectKeptOrRefused, hostileVectors, isVector, record, space } from './hostile-vectors.ts'

it.each<Metric>(['euclidean', 'cosine'])('300 generated vectors, by %s distance', (metric) =>
  expectKeptOrRefused(metric, 300),
)

it('an embedding is refused likewise, and a copy of it is kept', async () => {
  const dense = { ...space, id: 'embedding' }
  const ours = { id: 'objects', axes: ['BG', 'dog'], threshold: 0.7 } as const
  const index = createExactIndex({ dimensions: DIMENSIONS })
  const store = createMemoryStore()
  await using recommender = await createRecommender({ extractor: ours, store, embedding: { extractor: dense, index } })
  const withEmbedding = (vector: unknown) =>
    record('a', Float32Array.of(0, 1), {
      spaceId: ours.id,
      embedding: { spaceId: dense.id, vector: vector as Float32Array },
    })
  let accepted = 0
  for (const vector of hostileVectors(400, 2)) {
    const outcome = await recommender.put([withEmbedding(vector)]).catch((error) => error)
    if (isVector(vector)) {
      expect(outcome, String(vector)).toBe(undefined)
      accepted++
    } else {
      expect(outcome, String(vector)).toMatchObject({ code: expect.stringMatching(/INVALID_ARGUMENT|SPACE_MISMATCH/) })
    }
  }
  expect(accepted).toBeGreaterThan(100)

  const mine = new Float32Array(DIMENSIONS).fill(1)
  const put = store.put.bind(store)
  store.put = async (records) => {
    // It has been looked at by now.
    mine.fill(Number.NaN)
    await put(records)
  }
  await recommender.put([withEmbedding(mine)])
  const [match] = await index.search({ vector: new Float32Array(DIMENSIONS).fill(1), limit: 1 })
  expect([match!.id, match!.distance]).toEqual(['a', 0])
})

it.each<[string, Partial<ImageRecord>]>([
  ['an object', { objects: [{ axis: 1, score: 0.9, box: null, color: [1e300, 0, 0] }] }],
  ['a palette', { appearance: { palette: [{ color: [0, -1e39, 0], share: 1 }], hash: '0'.repeat(16) } }],
])('a colour of %s that float32 cannot hold is refused', async (_, fields) => {
  await using recommender = await createRecommender({ extractor: space })
  const call = recommender.put([record('a', new Float32Array(DIMENSIONS), fields)])
  await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('color') })
})
