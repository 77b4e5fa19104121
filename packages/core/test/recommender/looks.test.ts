import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { COCO_AXES, type CocoAxis, type RecommendOptions } from '../../src/index.ts'
import { presentObjects } from '../../src/object-vector.ts'
import { Looks } from '../../src/ranking/looks.ts'
import { Ranking } from '../../src/ranking/ranking.ts'
import { rarityOf } from '../../src/ranking/rarity.ts'
import { pictureOf, wishesOf } from '../ranking/wishes.ts'
import { allPages, idsOf, type pictures, withPictures } from './pictures.ts'

const space = { threshold: 0.7 }
type LookWeights = { arrangement: number; colors: number }
type Records = ReturnType<typeof pictures>

const seenIn = ({ vector, tags, appearance, objects }: Records[number]) =>
  pictureOf({ vector, tags, appearance, objects: presentObjects(objects, space) })

/** The order that the ranking gives to all of them, without any index. */
function byHand(records: Records, query: Records[number], weights: LookWeights): { id: string; score: number }[] {
  const perAxis = Uint32Array.from(COCO_AXES, (_, axis) => records.filter(({ vector }) => vector[axis]! > 0).length)
  const looks = new Looks([{ look: seenIn(query).look, weight: 1 }], weights)
  const like = [{ kind: 'seen', weight: 1, vector: query.vector }] as const
  const ranking = new Ranking(wishesOf({ like, looks }), rarityOf({ total: records.length, perAxis }))
  return records
    .filter(({ id }) => id !== query.id)
    .map((record) => ({ id: record.id, score: ranking.scoresOf(seenIn(record)).score }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
}

describe('how images look', () => {
  it.each([
    [undefined, { arrangement: 1, colors: 1 }],
    [{ arrangement: 3 }, { arrangement: 3, colors: 1 }],
    [
      { arrangement: 0, colors: 0.5 },
      { arrangement: 0, colors: 0.5 },
    ],
  ])('counts as the weights %j say, of all images', async (weights, all) => {
    const { recommender, records } = await withPictures(400, 1, { candidates: 1000, cutOff: 0 })
    for (const query of records.slice(0, 10)) {
      const expected = byHand(records, query, all)
      for (const limit of [10, 1000]) {
        const { items } = await recommender.similarTo(query.id, { limit, weights })
        expect(items.map(({ id, score }) => ({ id, score }))).toEqual(expected.slice(0, limit))
      }
    }
    await recommender.close()
  })

  it('counts as the recommender says where the query does not', async () => {
    const { recommender, records } = await withPictures(100, 2, { candidates: 1000, cutOff: 0, weights: { colors: 4 } })
    const { items } = await recommender.similarTo('image-3', { limit: 1000, weights: { arrangement: 2 } })
    const query = records.find(({ id }) => id === 'image-3')!
    expect(idsOf({ items })).toEqual(byHand(records, query, { arrangement: 2, colors: 4 }).map(({ id }) => id))
    await recommender.close()
  })

  it('is part of the reasons, which add up', async () => {
    const { recommender } = await withPictures(100, 3)
    const { items } = await recommender.similarTo('image-3', { weights: { arrangement: 0.5, colors: 2 } })
    for (const { score, because, missing, extra } of items) {
      const sum = (list: readonly { readonly contribution: number }[]) =>
        list.reduce((all, { contribution }) => all + contribution, 0)
      expect(sum(because)).toBeCloseTo(score, 12)
      expect(sum(because) - sum(missing) - sum(extra)).toBeCloseTo(1, 12)
      const facets = because.filter(({ kind }) => kind === 'facet')
      expect(new Set(facets.map(({ name }) => name))).toEqual(new Set(['arrangement', 'colors']))
      expect(facets.every(({ from }) => from[0] === 'image-3')).toBe(true)
      // What a facet could add at most is in the proportion of the weights.
      const most = (name: string) =>
        sum(because.filter((one) => one.name === name)) - sum(missing.filter((one) => one.name === name))
      expect(most('colors')).toBeCloseTo(4 * most('arrangement'), 12)
    }
    await recommender.close()
  })

  it('lets an identical image be first', async () => {
    const { recommender, records } = await withPictures(300, 4)
    for (const record of records.slice(0, 20)) {
      await recommender.put([{ ...record, id: 'the same' }])
      const [first] = (await recommender.similarTo(record.id)).items
      expect(first).toMatchObject({ id: 'the same', distance: 0, missing: [], extra: [] })
      expect(first!.score).toBeCloseTo(1, 12)
    }
    await recommender.close()
  })

  it('never brings in what shows nothing of it, and never leaves out what does', async () => {
    const { recommender, records } = await withPictures(200, 5, { candidates: 1000, cutOff: 0.3 })
    const query = records[7]!
    const relevant = byHand(records, query, { arrangement: 0, colors: 0 }).filter(({ score }) => score > 0.3)
    const { items } = await recommender.similarTo(query.id, { limit: 1000, weights: { arrangement: 5, colors: 5 } })
    expect(idsOf({ items }).sort()).toEqual(relevant.map(({ id }) => id).sort())
    expect(items.some(({ score }) => score < 0.3)).toBe(true)
    await recommender.close()
  })

  it('is compared with several liked images where that is asked for', async () => {
    const { recommender } = await withPictures(100, 6)
    const ask: RecommendOptions<CocoAxis> = {
      like: [{ id: 'image-3' }, { id: 'image-4', weight: 2 }, { objects: { dog: 1 } }],
    }
    const facetsIn = async (weights: RecommendOptions['weights']) =>
      (await recommender.recommend({ ...ask, weights })).items.map(({ because }) =>
        because.filter(({ kind }) => kind === 'facet'),
      )
    expect((await facetsIn(undefined)).flat()).toEqual([])
    for (const facets of await facetsIn({ colors: 1 })) {
      expect(facets).toMatchObject([{ name: 'colors', from: ['image-4', 'image-3'] }])
    }
    const { items } = await recommender.recommend({ like: [{ objects: { dog: 1 } }], weights: { colors: 1 } })
    expect(items[0]!.because.map(({ kind }) => kind)).toEqual(['object'])
    await recommender.close()
  })

  it.each([7, 30, 1000])('gives pages of any size that say the same, with %i candidates', async (candidates) => {
    const { recommender } = await withPictures(150, 7, { candidates, cutOff: 0.01 })
    const whole = idsOf(await recommender.similarTo('image-7', { limit: 1000 }))
    expect(new Set(whole).size).toBe(whole.length)
    for (const limit of inFull ? [1, 6, 7, 8, 30, 100] : [6, 30]) {
      expect(await allPages((cursor) => recommender.similarTo('image-7', { limit, cursor }))).toEqual(whole)
    }
    await recommender.close()
  })
})
