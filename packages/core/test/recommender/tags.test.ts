import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import type { CocoAxis, RecommendOptions } from '../../src/index.ts'
import { allPages, idsOf, TAGS, withPictures } from './pictures.ts'

describe('a liked tag', () => {
  it('adds candidates that are not near, and has its own contribution', async () => {
    const { recommender, records } = await withPictures(300, 1, { candidates: 20 })
    const cat = { ...records[0]!, objects: [{ axis: 16, score: 0.99, box: null, color: null }] }
    const vector = new Float32Array(81)
    vector[16] = 0.99
    await recommender.put([{ ...cat, vector, id: 'far', tags: ['rare', 'beach'] }])
    const like = [{ objects: { frisbee: 1 } }, { tags: ['rare', 'sunset'] }]
    const far = (await recommender.recommend({ like, limit: 1000 })).items.find(({ id }) => id === 'far')!
    expect(far.because).toEqual([{ kind: 'tag', name: 'rare', contribution: 0.25, from: [] }])
    expect(far.missing.filter(({ kind }) => kind === 'tag')).toEqual([
      { kind: 'tag', name: 'sunset', contribution: -0.25 },
    ])
    expect(far.score).toBe(0.25)
    const lacking = far.missing.find(({ name }) => name === 'frisbee')!.contribution
    expect(far.extra[0]!.contribution + lacking).toBeCloseTo(-0.5, 12)
    await recommender.close()
  })

  it('counts as much as another example, by its weight', async () => {
    const { recommender } = await withPictures(100, 2)
    for (const [weight, share] of [
      [1, 1 / 2],
      [3, 3 / 4],
    ] as const) {
      const { items } = await recommender.recommend({
        like: [{ id: 'image-3' }, { tags: ['beach'], weight }],
        limit: 1000,
      })
      const tagged = items.filter(({ tags }) => tags.includes('beach'))
      expect(tagged.length).toBeGreaterThan(10)
      for (const { because } of tagged) {
        expect(because.find(({ kind }) => kind === 'tag')?.contribution).toBeCloseTo(share, 12)
      }
      expect(tagged[0]).toBe(items[0])
    }
    await recommender.close()
  })

  it('alone finds what has it, the most typical first, and nothing else', async () => {
    const { recommender, records } = await withPictures(200, 3, { candidates: 30 })
    const ask: RecommendOptions<CocoAxis> = { like: [{ tags: ['beach'] }] }
    const { items, nothingRecognised } = await recommender.recommend({ ...ask, limit: 1000 })
    const tagged = records.filter(({ tags }) => tags.includes('beach'))
    expect(nothingRecognised).toBe(false)
    expect(idsOf({ items }).sort()).toEqual(tagged.map(({ id }) => id).sort())
    expect(items.map(({ distance }) => distance)).toEqual(items.map(({ distance }) => distance).sort((a, b) => a - b))
    expect(items.every(({ score }) => score === 1)).toBe(true)
    expect((await recommender.recommend({ like: [{ tags: ['nobody has it'] }] })).items).toEqual([])
    await recommender.close()
  })

  it('is filtered as all else', async () => {
    const { recommender, records } = await withPictures(200, 4)
    const where = { tags: { any: ['sunset', 'party'] } }
    const like = [{ tags: ['beach'] }, { objects: { dog: 1 } }]
    const { items } = await recommender.recommend({ like, where, limit: 1000 })
    expect(items.length).toBeGreaterThan(20)
    expect(items.length).toBeLessThan(records.length)
    expect(items.every(({ tags }) => tags.includes('sunset') || tags.includes('party'))).toBe(true)
    const both = await recommender.recommend({ like, where: { tags: { all: ['party'] } }, limit: 1000 })
    expect(both.items.length).toBeGreaterThan(5)
    expect(both.items.every(({ tags }) => tags.includes('party'))).toBe(true)
    await recommender.close()
  })

  it('leads to everybody once, page by page, with however few candidates', async () => {
    const { recommender, records } = await withPictures(120, 5)
    await recommender.close()
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.subarray(TAGS, { minLength: 1 }),
        fc.boolean(),
        async (candidates, limit, tags, alone) => {
          const { recommender } = await withPictures(120, 5, { candidates, cutOff: 0 })
          const like = [{ tags }, ...(alone ? [] : [{ objects: { person: 1, dog: 1 } }])]
          const ids = await allPages((cursor) => recommender.recommend({ like, limit, cursor }))
          expect(new Set(ids).size).toBe(ids.length)
          const relevant = records.filter(
            (record) =>
              tags.some((tag) => record.tags.includes(tag)) ||
              (!alone && (record.vector[1]! > 0 || record.vector[17]! > 0)),
          )
          expect([...ids].sort()).toEqual(relevant.map(({ id }) => id).sort())
          await recommender.close()
        },
      ),
      { seed: 1, numRuns: inFull ? 60 : 8 },
    )
  })
})

describe('a disliked tag', () => {
  it('counts against what has it', async () => {
    const { recommender } = await withPictures(100, 6)
    const like = [{ id: 'image-3' }]
    const weights = { arrangement: 0, colors: 0 }
    const before = await recommender.recommend({ like, weights, limit: 1000 })
    const { items } = await recommender.recommend({
      like,
      unlike: [{ tags: ['beach'], weight: 0.5 }],
      weights,
      limit: 1000,
    })
    expect(items.length).toBeGreaterThan(20)
    for (const { id, score, tags, because } of items) {
      const was = before.items.find((one) => one.id === id)!.score
      expect(score).toBeCloseTo(tags.includes('beach') ? was - 0.5 : was, 12)
      expect(because.at(-1)!.kind).toBe(tags.includes('beach') ? 'tag' : 'object')
    }
    expect(items.length).toBeLessThan(before.items.length)
    await recommender.close()
  })
})

describe('too many tags', () => {
  it('are refused', async () => {
    const { recommender } = await withPictures(3, 7)
    const tags = Array.from({ length: 6 }, (_, at) => `tag-${at}`)
    const others = tags.map((tag) => `${tag}-too`)
    for (const like of [[{ tags: [] }], [{ tags: [...tags, ...others] }], [{ tags }, { tags: others }]]) {
      await expect(recommender.recommend({ like })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/10 (liked )?tags/),
      })
    }
    await recommender.close()
  })
})
