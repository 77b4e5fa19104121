import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import {
  COCO_AXES,
  createMemoryStore,
  createRecommender,
  type Page,
  type RankingOptions,
  type RecommendOptions,
} from '../../src/index.ts'
import { evidenceIn } from '../../src/ranking/evidence.ts'
import { Ranking } from '../../src/ranking/ranking.ts'
import { rarityOf } from '../../src/ranking/rarity.ts'
import { createFakeExtractor, fakeImage, seededRandom } from '../../src/testing/index.ts'
import { wishesOf } from '../ranking/wishes.ts'
import { allPages, idsOf } from './pictures.ts'

type Name = (typeof COCO_AXES)[number]

const gallery = {
  surfer: { person: 0.999, surfboard: 0.99 },
  'another surfer': { person: 0.99, surfboard: 0.98 },
  swimmer: { person: 0.999 },
  'dog on a board': { dog: 0.99, surfboard: 0.95 },
  dog: { dog: 0.997, frisbee: 0.99 },
  'dog and man': { dog: 0.999, frisbee: 0.999, person: 0.99 },
  cat: { cat: 0.99, couch: 0.98 },
  fog: {},
}

async function filled(images: Record<string, Record<string, number>> = gallery, ranking: RankingOptions = {}) {
  const recommender = await createRecommender({ extractor: createFakeExtractor(), ranking })
  const entries = Object.entries(images)
  await recommender.addAll(entries.map(([id, objects]) => ({ id, image: fakeImage(objects), tags: [id[0]!] })))
  return recommender
}

/** Scenes of some of a few objects, with scores that differ. */
function scenes(count: number, seed: number): Record<string, Record<string, number>> {
  const random = seededRandom(seed)
  const names: Name[] = ['person', 'dog', 'cat', 'boat', 'frisbee']
  const scene = () => Object.fromEntries(names.filter(() => random() < 0.5).map((name) => [name, 0.7 + 0.3 * random()]))
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`image-${at}`, { person: 0.9, ...scene() }]))
}

const NO_LOOKS = { arrangement: 0, colors: 0 }

describe('images like one', () => {
  it('come with what they have of it, what they lack, and what they have besides', async () => {
    await using recommender = await filled()
    const { items } = await recommender.similarTo('surfer')
    expect(items[0]).toMatchObject({ id: 'another surfer', extra: [] })
    for (const { score, because, missing, extra } of items) {
      const [found, lacking, besides] = [because, missing, extra].map((list) =>
        list.reduce((sum, { contribution }) => sum + contribution, 0),
      ) as [number, number, number]
      expect(found).toBeCloseTo(score, 9)
      expect(found - lacking - besides).toBeCloseTo(1, 9)
    }
    const board = items.find(({ id }) => id === 'dog on a board')!
    expect(board.because.filter(({ kind }) => kind === 'object').map(({ name, from }) => [name, from])).toEqual([
      ['surfboard', ['surfer']],
    ])
    expect(new Set(board.missing.filter(({ kind }) => kind === 'object').map(({ name }) => name))).toEqual(
      new Set(['person', 'surfboard']),
    )
    expect(board.extra.map(({ name }) => name)).toEqual(['dog'])
    expect(idsOf({ items } as Page)).not.toContain('cat')
  })

  it('are looked for among those that have what is rare, with however few candidates', async () => {
    const images = Object.fromEntries([
      ...Array.from({ length: 20 }, (_, at) => [`man-${at}`, { person: 0.99 }]),
      ...Array.from({ length: 5 }, (_, at) => [`dog-${at}`, { dog: 0.9 }]),
    ])
    // By scores alone every man is nearer to it than any dog.
    await using recommender = await filled({ 'man with dog': { person: 0.99, dog: 0.9 }, ...images }, { candidates: 5 })
    const { items } = await recommender.similarTo('man with dog', { limit: 5 })
    expect(items.every(({ id }) => id.startsWith('dog'))).toBe(true)
  })

  it('of many are looked for by the six objects that their mean has most of', async () => {
    const names = COCO_AXES.slice(15, 23)
    const liked = Object.fromEntries(names.map((name) => [name, { [name]: 0.9 }]))
    const six = Object.fromEntries(names.slice(0, 6).map((name) => [name, 0.9]))
    const all = Object.fromEntries(names.map((name) => [name, 0.9]))
    await using recommender = await filled({ ...liked, six, all })
    const { items } = await recommender.recommend({ like: names.map((id) => ({ id })) })
    const distances = Object.fromEntries(items.map(({ id, distance }) => [id, distance]))
    expect(distances.six).toBeCloseTo(0, 9)
    expect(distances.all).toBeCloseTo(1 - 6 / Math.sqrt(6 * 8), 6)
  })

  it('begin with an identical one, whose score is 1', async () => {
    await using recommender = await filled(scenes(300, 1))
    for (const id of ['image-3', 'image-77']) {
      const image = await recommender.get(id)
      const objects = Object.fromEntries(image!.objects.map(({ object, score }) => [object, score]))
      const { items } = await recommender.similarToImage(fakeImage(objects))
      expect(items[0]).toMatchObject({ id, score: 1, distance: 0, missing: [], extra: [] })
    }
  })

  it('are in the order that the ranking gives to all of them, by the rarities of this moment', async () => {
    await using recommender = await filled(scenes(200, 2), { candidates: 1000, cutOff: 0 })
    for (const more of [0, 30]) {
      await recommender.addAll(
        Array.from({ length: more }, (_, at) => ({ id: `new-${at}`, image: fakeImage({ dog: 0.9 }) })),
      )
      const records: { id: string; vector: Float32Array }[] = []
      for await (const record of recommender.records()) records.push(record)
      const perAxis = Uint32Array.from(COCO_AXES, (_, axis) => records.filter(({ vector }) => vector[axis]! > 0).length)
      const query = records.find(({ id }) => id === 'image-9')!
      const wish = [{ kind: 'seen', weight: 1, vector: query.vector }] as const
      const ranking = new Ranking(wishesOf({ like: wish }), rarityOf({ total: records.length, perAxis }))
      const expected = records
        .filter(({ id }) => id !== query.id)
        .map(({ id, vector }) => ({ id, score: ranking.atMost(evidenceIn(vector)) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
      const { items } = await recommender.similarTo('image-9', { limit: 1000, weights: NO_LOOKS })
      expect(items.map(({ score }) => score)).toEqual(expected.map(({ score }) => score))
      for (const { id, score } of items) expect(expected.find((one) => one.id === id)?.score).toBe(score)
    }
  })

  it('keep their order where a filter leaves some out', async () => {
    await using recommender = await filled(scenes(200, 3), { candidates: 1000 })
    const whole = await recommender.similarTo('image-5', { limit: 1000 })
    for (const where of [
      { objects: { none: ['cat' as const] } },
      { objects: { all: ['dog' as const] } },
      { exclude: idsOf(whole).filter((_, at) => at % 3 === 0) },
    ]) {
      const part = idsOf(await recommender.similarTo('image-5', { limit: 1000, where }))
      expect(part.length).toBeGreaterThan(10)
      expect(part).toEqual(idsOf(whole).filter((id) => part.includes(id)))
    }
  })

  it('end where nothing is alike any more', async () => {
    for (const [cutOff, candidates] of [
      [0, 300],
      [0.3, 300],
      [0.3, 10],
    ] as const) {
      await using recommender = await filled(scenes(100, 4), { cutOff, candidates })
      const { items } = await recommender.similarTo('image-5', { limit: 1000, weights: NO_LOOKS })
      expect(Math.min(...items.map(({ score }) => score))).toBeGreaterThan(cutOff)
      expect(items.length).toBeGreaterThan(candidates === 10 ? 10 : 5)
    }
    await using strict = await filled(scenes(100, 4), { cutOff: 1 })
    expect((await strict.similarTo('image-5')).items).toEqual([])
  })
})

describe('pages', () => {
  it.each([7, 30, 1000])('of any size say the same, with %i candidates', async (candidates) => {
    await using recommender = await filled(scenes(150, 5), { candidates, cutOff: 0.01 })
    const ask: RecommendOptions<Name> = {
      like: [{ id: 'image-7' }, { objects: { boat: 1 } }],
      unlike: [{ objects: { cat: 0.3 } }],
    }
    const whole = idsOf(await recommender.recommend({ ...ask, limit: 1000 }))
    expect(whole.length).toBeGreaterThan(40)
    expect(new Set(whole).size).toBe(whole.length)
    for (const limit of inFull ? [1, 6, 7, 8, 30, 100] : [6, 30]) {
      expect(await allPages((cursor) => recommender.recommend({ ...ask, limit, cursor }))).toEqual(whole)
    }
  })

  it('show nobody twice while images come, and miss nobody that stays while others go', async () => {
    await using recommender = await filled(scenes(150, 6), { candidates: 40, cutOff: 0.01 })
    const before = idsOf(await recommender.similarTo('image-7', { limit: 1000 }))
    const shown: string[] = []
    for (let cursor: string | undefined, round = 0; round === 0 || cursor; round++) {
      const page = await recommender.similarTo('image-7', { limit: 9, cursor })
      shown.push(...idsOf(page))
      cursor = page.nextCursor
      // Nearer than most; and one that was shown goes.
      const { objects } = (await recommender.get('image-7'))!
      await recommender.add({
        id: `new-${round}`,
        image: fakeImage(Object.fromEntries(objects.map(({ object, score }) => [object, score - 0.001]))),
      })
      await recommender.remove(shown[round * 2]!)
    }
    expect(new Set(shown).size).toBe(shown.length)
    const missed = before.filter((id) => !shown.includes(id))
    // Rarities change a little with each image, and so do scores: at the end of a page one may slip by.
    expect(missed.length).toBeLessThanOrEqual(3)
  })

  it('go on to the end of their candidates when many that are nearer have come', async () => {
    await using recommender = await filled(scenes(150, 8), { candidates: 40, cutOff: 0 })
    const window = idsOf(await recommender.similarTo('image-7', { limit: 40 }))
    let page = await recommender.similarTo('image-7', { limit: 9 })
    const shown = idsOf(page)
    const objects = (await recommender.get('image-7'))!.objects.map(({ object, score }) => [object, score])
    await recommender.addAll(
      Array.from({ length: 60 }, (_, at) => ({ id: `new-${at}`, image: fakeImage(Object.fromEntries(objects)) })),
    )
    while (page.nextCursor) {
      page = await recommender.similarTo('image-7', { limit: 30, cursor: page.nextCursor })
      shown.push(...idsOf(page))
    }
    expect(new Set(shown).size).toBe(shown.length)
    expect(window.filter((id) => !shown.includes(id)).length).toBeLessThanOrEqual(1)
  })

  it('refuse a cursor of other wishes', async () => {
    await using recommender = await filled(scenes(50, 7))
    const { nextCursor } = await recommender.similarTo('image-7', { limit: 2 })
    const others: RecommendOptions<Name>[] = [
      { like: [{ id: 'image-8' }] },
      { like: [{ id: 'image-7' }, { id: 'image-8' }] },
      { like: [{ id: 'image-7', weight: 2 }] },
      { like: [{ id: 'image-7' }], unlike: [{ objects: { dog: 1 } }] },
      { like: [{ id: 'image-7' }], where: { tags: { any: ['i'] } } },
    ]
    for (const other of others) {
      await expect(recommender.recommend({ ...other, cursor: nextCursor })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('another query'),
      })
    }
  })
})

describe('what is liked and disliked', () => {
  it('is weighed together: a dog and a frisbee, but nobody else', async () => {
    await using recommender = await filled()
    const like = [{ objects: { dog: 1, frisbee: 1 } }]
    const [first, second] = (await recommender.recommend({ like })).items
    expect([first!.id, second!.id]).toEqual(['dog and man', 'dog'])
    const page = await recommender.recommend({ like, unlike: [{ objects: { person: 1 } }] })
    expect(page.items[0]!.id).toBe('dog')
    const man = page.items.find(({ id }) => id === 'dog and man')!
    expect(man.because.at(-1)).toMatchObject({ name: 'person', contribution: expect.closeTo(-(0.5 ** 1.3), 3) })
    expect(man.because.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(man.score, 9)
  })

  it('says because of which images, and recommends none of them', async () => {
    await using recommender = await filled()
    const { items, objects } = await recommender.recommend({
      like: [{ id: 'surfer', weight: 1 }, { id: 'swimmer', weight: 2 }, { id: 'dog' }],
      unlike: [{ id: 'cat' }],
    })
    expect(items.map(({ id }) => id).sort()).toEqual(['another surfer', 'dog and man', 'dog on a board'])
    const reasons = items.find(({ id }) => id === 'another surfer')!.because
    expect(Object.fromEntries(reasons.map(({ name, from }) => [name, from]))).toEqual({
      person: ['swimmer', 'surfer'],
      surfboard: ['surfer'],
    })
    expect(objects[0]).toMatchObject({ object: 'person', score: expect.closeTo((3 * 0.999) / 4, 6) })
  })

  it('may contradict itself: nothing passes, and what is liked and disliked is liked', async () => {
    await using recommender = await filled()
    const like = [{ id: 'surfer' }]
    for (const where of [
      { objects: { all: ['dog' as const], none: ['dog' as const] } },
      { tags: { all: ['s'], none: ['s'] } },
    ]) {
      expect(await recommender.recommend({ like, where })).toMatchObject({ items: [], nothingRecognised: false })
    }
    const both = await recommender.recommend({ like, unlike: [{ objects: { person: 1, surfboard: 1 } }] })
    expect(both.items.map(({ id, score }) => [id, score])).toEqual(
      (await recommender.recommend({ like })).items.map(({ id, score }) => [id, score]),
    )
  })

  it('may have nothing in it', async () => {
    await using recommender = await filled()
    expect(await recommender.recommend({ like: [{ id: 'fog' }, { objects: {} }] })).toMatchObject({
      items: [],
      nothingRecognised: true,
    })
    const page = await recommender.recommend({ like: [{ id: 'fog' }, { id: 'surfer' }], unlike: [{ id: 'fog' }] })
    expect(page.nothingRecognised).toBe(false)
    expect(idsOf(page)).toEqual(idsOf(await recommender.similarTo('surfer')))
  })
})

describe('a taste', () => {
  const history = {
    like: [{ id: 'surfer' }, { id: 'another surfer', weight: 2 }, { id: 'dog' }, { id: 'fog' }, { id: 'gone' }],
    unlike: [{ id: 'cat' }],
  }

  it('is in which share of the likes there is what, less that of the dislikes', async () => {
    await using recommender = await filled()
    const taste = await recommender.taste(history)
    expect(taste).toEqual({
      spaceId: recommender.space.id,
      objects: { person: 0.75, surfboard: 0.75, dog: 0.25, frisbee: 0.25, cat: -1, couch: -1 },
      from: {
        person: ['another surfer', 'surfer'],
        surfboard: ['another surfer', 'surfer'],
        dog: ['dog'],
        frisbee: ['dog'],
        cat: ['cat'],
        couch: ['cat'],
      },
      seen: ['surfer', 'another surfer', 'dog', 'fog', 'gone', 'cat'],
    })
  })

  it('can be stored, edited and given back, and leads to what was not seen', async () => {
    await using recommender = await filled()
    const taste = JSON.parse(JSON.stringify(await recommender.taste(history)))
    const { items } = await recommender.recommend({ taste })
    expect(items.map(({ id }) => id)).toEqual(['dog and man', 'dog on a board', 'swimmer'])
    const board = items[1]!.because.find(({ name }) => name === 'surfboard')
    expect(board?.from).toEqual(['another surfer', 'surfer'])
    const edited = { ...taste, objects: { ...taste.objects, dog: 1, frisbee: 1, person: -0.2, surfboard: 0 } }
    expect(idsOf(await recommender.recommend({ taste: edited }))).toEqual(['dog and man', 'dog on a board'])
    expect((await recommender.recommend({ taste, like: [{ id: 'cat' }] })).items).not.toHaveLength(0)
    const { objects } = await recommender.recommend({ taste, unlike: [{ id: 'cat' }] })
    expect(objects.map(({ object }) => object)).toEqual(['person', 'surfboard', 'dog', 'frisbee'])
  })

  it('fades with age', async () => {
    await using recommender = await filled()
    const like = [
      { id: 'surfer', age: 20 },
      { id: 'cat', age: 0 },
    ]
    const { objects } = await recommender.taste({ like, halfLife: 10 })
    expect(objects).toEqual({ cat: 0.8, couch: 0.8, person: 0.2, surfboard: 0.2 })
  })

  it('knows nothing of images of another space', async () => {
    const store = createMemoryStore()
    await using one = await createRecommender({ extractor: createFakeExtractor(), store })
    await one.add({ id: 'a', image: fakeImage({ dog: 0.9 }) })
    const space = { ...one.space, id: 'another' }
    await using other = await createRecommender({ extractor: space, store })
    expect(await other.taste({ like: [{ id: 'a' }] })).toMatchObject({ objects: {}, seen: ['a'] })
  })

  it('of nobody is nothing to go by', async () => {
    await using recommender = await filled()
    const taste = await recommender.taste({ like: [] })
    expect(taste).toMatchObject({ objects: {}, seen: [] })
    expect(await recommender.recommend({ taste })).toMatchObject({ items: [], nothingRecognised: true })
  })

  it('of another space is refused', async () => {
    await using recommender = await filled()
    const taste = { ...(await recommender.taste(history)), spaceId: 'another' }
    await expect(recommender.recommend({ taste })).rejects.toMatchObject({ code: 'SPACE_MISMATCH' })
  })
})

describe('where distance alone ranks', () => {
  it('one example is all there can be', async () => {
    await using recommender = await filled(gallery, { by: 'distance' })
    const refused = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('distance') }
    for (const ask of [
      { like: [{ id: 'surfer' }, { id: 'dog' }] },
      { like: [{ id: 'surfer' }], unlike: [{ id: 'dog' }] },
      { like: [{ tags: ['s'] }] },
      { like: [{ id: 'surfer' }], weights: { colors: 1 } },
      { like: [{ id: 'surfer' }], diversity: 0.5 },
      { like: [{ id: 'surfer' }], mostPerObjectSet: 1 },
      { like: [{ id: 'surfer' }], collapseNearDuplicates: true },
    ]) {
      await expect(recommender.recommend(ask)).rejects.toMatchObject(refused)
    }
    await expect(recommender.taste({ like: [] })).rejects.toMatchObject(refused)
  })

  it('is what embeddings have', async () => {
    const space = { id: 'embedding', axes: ['x', 'y'], threshold: null }
    await expect(createRecommender({ extractor: space, ranking: { by: 'objects' } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('threshold'),
    })
    await using recommender = await createRecommender({ extractor: space })
    await expect(recommender.taste({ like: [] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
