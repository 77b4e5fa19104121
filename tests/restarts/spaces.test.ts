/** Feature spaces never mix: whatever comes from a store or an index that is of another space is refused, or left out and told, and both are named. */
import { createRecommender, type ImageRecord } from '@image-recommender/core'
import { createExactIndex } from '@image-recommender/core/exact-index'
import { createFakeExtractor, fakeImage, sampleRecord } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { describeEachIndex, describeEachStore, type KeptIndex } from './backends.ts'
import { dense, handleOf, narrow, ours, theirs } from './spaces.ts'

const dimensions = ours.axes.length
const dog = fakeImage({ dog: 0.95 })
const likeDogs = { like: [{ objects: { dog: 1 } }] } as const

describe('an index', () => {
  describeEachIndex((fresh) => {
    /** With one image in it, of our space. */
    async function filled(kept: KeptIndex) {
      const index = await kept.open({ dimensions })
      const recommender = await createRecommender({ extractor: createFakeExtractor({ space: ours }), index })
      await recommender.add({ id: 'a', image: dog })
      const records: ImageRecord[] = []
      for await (const record of recommender.records()) records.push(record)
      await kept.keep(index)
      await recommender.close()
      return records
    }

    it('of another space with as many axes is refused, and stays as it was', async () => {
      const kept = fresh()
      await filled(kept)
      const failure = { code: 'SPACE_MISMATCH', message: expect.stringMatching(/'model\/1.*'model\/2/) }
      for (let time = 0; time < 2; time++) {
        const index = await kept.open({ dimensions })
        await expect(createRecommender({ extractor: theirs, index })).rejects.toMatchObject(failure)
        expect((await index.counts()).total).toBe(1)
        await index.close()
      }
    })

    it('of another space is not even taken where it is empty', async () => {
      const kept = fresh()
      const index = await kept.open({ dimensions })
      const recommender = await createRecommender({ extractor: ours, index })
      await kept.keep(index)
      await recommender.close()
      const again = createRecommender({ extractor: theirs, index: await kept.open({ dimensions }) })
      await expect(again).rejects.toMatchObject({ code: 'SPACE_MISMATCH' })
    })

    it('of its own space goes on', async () => {
      const kept = fresh()
      const records = await filled(kept)
      await using recommender = await createRecommender({ extractor: ours, index: await kept.open({ dimensions }) })
      await recommender.put(records)
      expect((await recommender.recommend(likeDogs)).items.map(({ id }) => id)).toEqual(['a'])
    })

    it('is not opened with another number of axes, nor given to a space that has another', async () => {
      const kept = fresh()
      await filled(kept)
      const failure = { code: 'INDEX_FAILED', message: expect.stringMatching(/81.*80/) }
      await expect(kept.open({ dimensions: narrow.axes.length })).rejects.toMatchObject(failure)
      const index = await kept.open({ dimensions })
      await expect(createRecommender({ extractor: narrow, index })).rejects.toMatchObject({
        code: 'SPACE_MISMATCH',
        message: expect.stringMatching(/81.*'model\/3'.*80/),
      })
      await index.close()
    })

    it('is not opened with another metric', async () => {
      const kept = fresh()
      await filled(kept)
      const failure = { code: 'INDEX_FAILED', message: expect.stringMatching(/cosine.*euclidean/) }
      await expect(kept.open({ dimensions, metric: 'euclidean' })).rejects.toMatchObject(failure)
    })
  })
})

describe('a store', () => {
  const vector = (length: number) => Float32Array.from({ length }, (_, axis) => (ours.axes[axis] === 'dog' ? 0.95 : 0))
  const objects = [{ axis: ours.axes.indexOf('dog'), score: Math.fround(0.95), box: null, color: null }]
  const record = (id: string, fields: Partial<ImageRecord>): ImageRecord =>
    sampleRecord(id, { spaceId: ours.id, objects, vector: vector(dimensions), embedding: null, ...fields })
  const embedding = (spaceId: string, ...values: number[]) => ({ spaceId, vector: Float32Array.of(...values) })
  const records = [
    record('own', { embedding: embedding(dense.id, 1, 0, 0) }),
    record('of another space', { spaceId: theirs.id }),
    record('of another space, with our embedding', { spaceId: theirs.id, embedding: embedding(dense.id, 1, 0, 0) }),
    record('of another length', { vector: vector(dimensions - 1) }),
    record('with the embedding of another space', { embedding: embedding('encoder/2', 1, 0, 0) }),
    record('with an embedding of another length', { embedding: embedding(dense.id, 1, 0) }),
  ]
  const strangers = records.slice(1, 4)
  const known = records.filter((one) => !strangers.includes(one)).map(({ id }) => id)

  describeEachStore((fresh) => {
    it('with records of other spaces: they are in no index and no result, told, and refused by name', async () => {
      const store = await fresh()
      await store.put(records)
      const [index, denseIndex] = [createExactIndex({ dimensions }), createExactIndex({ dimensions: 3 })]
      const warnings: string[] = []
      const recommender = await createRecommender({
        extractor: createFakeExtractor({ space: ours }),
        store: handleOf(store),
        index,
        embedding: { extractor: dense, index: denseIndex },
        onWarning: (warning) => warnings.push(warning.message),
      })
      try {
        expect([(await index.counts()).total, (await denseIndex.counts()).total]).toEqual([known.length, 1])
        expect(warnings).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/2 stored images were.*'model\/2', not in 'model\/1'/),
            expect.stringMatching(/1 stored image was.*'encoder\/2', not in 'encoder\/1'/),
          ]),
        )
        const { items } = await recommender.recommend({ ...likeDogs, limit: 100 })
        expect(items.map(({ id }) => id).sort()).toEqual([...known].sort())
        for (const { id, spaceId } of strangers) {
          if (spaceId === theirs.id) {
            await expect(recommender.similarTo(id)).rejects.toMatchObject({
              code: 'SPACE_MISMATCH',
              message: expect.stringMatching(/'model\/2'.*'model\/1'/),
            })
          }
          expect((await recommender.get(id))?.objects).toEqual([])
        }
        for (const one of [...strangers, records.at(-1)!])
          await expect(recommender.put([one])).rejects.toMatchObject({ code: 'SPACE_MISMATCH' })
        await recommender.reindex()
        expect([(await index.counts()).total, (await denseIndex.counts()).total]).toEqual([known.length, 1])
      } finally {
        await recommender.close()
        await store.close()
      }
    })
  })
})
