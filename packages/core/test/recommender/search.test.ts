import { describe, expect, it } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import { COCO_AXES, createRecommender, type Page, type Recommender } from '../../src/index.ts'
import { createFakeExtractor, fakeImage, seededRandom } from '../../src/testing/index.ts'

const gallery = {
  surfer: { person: 0.99, surfboard: 0.9 },
  swimmer: { person: 0.98 },
  boat: { boat: 0.95, person: 0.7 },
  dog: { dog: 0.97, frisbee: 0.8, person: 0.75 },
  cat: { cat: 0.92, couch: 0.88 },
  fog: {},
}

async function filled(metric: 'cosine' | 'euclidean' = 'cosine') {
  const index = createExactIndex({ dimensions: COCO_AXES.length, metric })
  const recommender = await createRecommender({ extractor: createFakeExtractor(), index, ranking: { by: 'distance' } })
  for (const [id, objects] of Object.entries(gallery)) {
    await recommender.add({
      id,
      image: fakeImage(objects),
      tags: id === 'cat' ? ['home'] : ['outside'],
      metadata: { id },
    })
  }
  return recommender
}

async function allPages(next: (cursor: string | undefined) => Promise<Page<never> | Page>): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await next(cursor)
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor)
  return ids
}

describe.each(['cosine', 'euclidean'] as const)('similarTo, %s', (metric) => {
  it('recommends the nearest first, without the image itself, with reasons that add up to the score', async () => {
    await using recommender = await filled(metric)
    const page = await recommender.similarTo('surfer')
    expect(page.items.map(({ id }) => id)).toEqual(['swimmer', 'boat', 'dog', 'cat'])
    expect(page.nextCursor).toBeUndefined()
    expect(page.nothingRecognised).toBe(false)
    expect(page.objects.map(({ object }) => object)).toEqual(['person', 'surfboard'])
    for (const item of page.items) {
      const sum = item.because.reduce((total, { contribution }) => total + contribution, 0)
      expect(sum).toBeCloseTo(item.score, 12)
      expect(item.metadata).toEqual({ id: item.id })
    }
    expect(page.items[0]?.because.map(({ name }) => name)).toEqual(['person'])
    expect(page.items.at(-1)).toMatchObject({
      id: 'cat',
      because: [],
      objects: [{ object: 'cat' }, { object: 'couch' }],
    })
    expect(page.items.at(-1)?.score).toBeCloseTo(0, 12)
  })

  it('gives an identical image the score 1', async () => {
    await using recommender = await filled(metric)
    const [first] = (await recommender.similarToImage(fakeImage(gallery.dog))).items
    expect(first).toMatchObject({ id: 'dog', score: 1, distance: 0 })
  })
})

describe('scores', () => {
  it('name what counts most first', async () => {
    await using recommender = await filled()
    const [item] = (
      await recommender.recommend({ like: [{ objects: { person: 0.2, dog: 0.9, frisbee: 0.5 } }], limit: 1 })
    ).items
    expect(item?.because.map(({ name }) => name)).toEqual(['dog', 'frisbee', 'person'])
  })

  it('are 1 - distance for cosine, worked out by hand', async () => {
    await using recommender = await filled()
    const [item] = (await recommender.recommend({ like: [{ objects: { cat: 1 } }], limit: 1 })).items
    // cos = 0.92 / sqrt(0.92² + 0.88²)
    expect(item?.score).toBeCloseTo(0.92 / Math.hypot(0.92, 0.88), 7)
    expect(item?.score).toBe(1 - item!.distance)
  })

  it('are the overlap after Dice for euclidean, worked out by hand', async () => {
    await using recommender = await filled('euclidean')
    const { items } = await recommender.recommend({ like: [{ objects: { cat: 1 } }] })
    const item = items.find(({ id }) => id === 'cat')!
    expect(item.distance).toBeCloseTo(Math.hypot(0.08, 0.88), 6)
    expect(item.score).toBeCloseTo((2 * 0.92) / (1 + 0.92 ** 2 + 0.88 ** 2), 6)
  })
})

describe('pages', () => {
  it('follow one another without a gap or a repetition, whatever their size', async () => {
    await using recommender = await createRecommender({ extractor: createFakeExtractor(), ranking: { by: 'distance' } })
    const random = seededRandom(3)
    const names = ['person', 'dog', 'cat', 'boat'] as const
    await recommender.addAll(
      Array.from({ length: 101 }, (_, at) => ({
        id: `image-${at}`,
        // Few different scores, so that pages end amid ties.
        image: fakeImage(Object.fromEntries(names.map((name) => [name, random() < 0.5 ? 0.8 : 0.9]))),
      })),
    )
    const whole = (await recommender.similarTo('image-7', { limit: 1000 })).items.map(({ id }) => id)
    expect(whole).toHaveLength(100)
    expect(new Set(whole).size).toBe(100)
    for (const limit of [1, 7, 25, 50, 100]) {
      expect(await allPages((cursor) => recommender.similarTo('image-7', { limit, cursor }))).toEqual(whole)
    }
  })

  it('end without a cursor exactly when nothing is left', async () => {
    await using recommender = await filled()
    expect((await recommender.similarTo('surfer', { limit: 4 })).nextCursor).toBeUndefined()
    expect((await recommender.similarTo('surfer', { limit: 3 })).nextCursor).toBeTypeOf('string')
  })

  it('refuse a cursor of another query, and what is none', async () => {
    await using recommender = await filled()
    const { nextCursor } = await recommender.similarTo('surfer', { limit: 2 })
    const refused = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('cursor') }
    await expect(recommender.similarTo('dog', { cursor: nextCursor })).rejects.toMatchObject(refused)
    await expect(
      recommender.similarTo('surfer', { cursor: nextCursor, where: { exclude: ['dog'] } }),
    ).rejects.toMatchObject(refused)
    for (const cursor of ['', 'x', 'äöü', btoa('[1,2]'), btoa('{"a":1}'), `${nextCursor}x`]) {
      await expect(recommender.similarTo('surfer', { cursor })).rejects.toMatchObject(refused)
    }
  })

  it('go on after the last image of the page before has been removed', async () => {
    await using recommender = await filled()
    const first = await recommender.similarTo('surfer', { limit: 2 })
    await recommender.remove(first.items.map(({ id }) => id))
    const second = await recommender.similarTo('surfer', { limit: 2, cursor: first.nextCursor })
    expect(second.items.map(({ id }) => id)).toEqual(['dog', 'cat'])
  })

  it('carry ids that are not ASCII', async () => {
    await using recommender = await createRecommender({ extractor: createFakeExtractor(), ranking: { by: 'distance' } })
    for (const id of ['ä', '😀', '日本', 'z']) await recommender.add({ id, image: fakeImage({ dog: 0.9 }) })
    expect(
      await allPages((cursor) => recommender.recommend({ like: [{ objects: { dog: 1 } }], limit: 1, cursor })),
    ).toEqual(['z', 'ä', '日本', '😀'])
  })
})

describe('where', () => {
  const cases: [string, Parameters<Recommender<(typeof COCO_AXES)[number]>['objectCounts']>[0], string[]][] = [
    ['all objects', { objects: { all: ['person', 'surfboard'] } }, ['surfer']],
    ['any object', { objects: { any: ['frisbee', 'couch'] } }, ['cat', 'dog']],
    ['no object', { objects: { none: ['person'] } }, ['cat']],
    ['a least score', { objects: { all: [{ object: 'person', atLeast: 0.98 }] } }, ['surfer', 'swimmer']],
    ['a least score that one just misses', { objects: { all: [{ object: 'person', atLeast: 0.981 }] } }, ['surfer']],
    ['a least score that is met exactly', { objects: { all: [{ object: 'boat', atLeast: 0.95 }] } }, ['boat']],
    ['tags', { tags: { any: ['home', 'nowhere'] } }, ['cat']],
    ['exclude', { exclude: ['dog', 'boat', 'nobody'] }, ['cat', 'surfer', 'swimmer']],
    [
      'all of it',
      { objects: { any: ['person'] }, tags: { all: ['outside'] }, exclude: ['swimmer'] },
      ['boat', 'dog', 'surfer'],
    ],
  ]
  it.each(cases)('filters by %s, in searches and counts', async (_, where, expected) => {
    await using recommender = await filled()
    const { items } = await recommender.recommend({ like: [{ objects: { person: 1, cat: 0.5 } }], where })
    expect(items.map(({ id }) => id).sort()).toEqual(expected)
    expect((await recommender.objectCounts(where)).total).toBe(expected.length)
  })
})

describe('recommend', () => {
  it('takes a stored image, bytes, or objects with weights', async () => {
    await using recommender = await filled()
    const byId = await recommender.recommend({ like: [{ id: 'dog' }] })
    expect(byId).toEqual(await recommender.similarTo('dog'))
    const byImage = await recommender.recommend({ like: [{ image: fakeImage(gallery.dog) }] })
    expect(byImage).toEqual(await recommender.similarToImage(fakeImage(gallery.dog)))
    const byObjects = await recommender.recommend({ like: [{ objects: { dog: 1, frisbee: 0.5 } }] })
    expect(byObjects.items[0]?.id).toBe('dog')
    expect(byObjects.objects.map(({ object, score }) => [object, score])).toEqual([
      ['dog', 1],
      ['frisbee', 0.5],
    ])
  })

  it('says when there is nothing to go by', async () => {
    await using recommender = await filled()
    for (const like of [{ objects: {} }, { objects: { dog: 0 } }, { image: fakeImage({}) }, { id: 'fog' }]) {
      expect(await recommender.recommend({ like: [like] })).toMatchObject({ items: [], nothingRecognised: true })
    }
  })
})

describe('random and objectCounts', () => {
  it('gives images at random, none twice', async () => {
    await using recommender = await filled()
    const ids = (await recommender.random(100)).map(({ id }) => id)
    expect(ids.sort()).toEqual(Object.keys(gallery).sort())
    expect(await recommender.random(2)).toHaveLength(2)
  })

  it('counts in how many images each object is present, the most frequent first', async () => {
    await using recommender = await filled()
    const { total, objects } = await recommender.objectCounts()
    expect(total).toBe(5)
    expect(Object.entries(objects)).toEqual([
      ['person', 4],
      ['boat', 1],
      ['cat', 1],
      ['dog', 1],
      ['frisbee', 1],
      ['surfboard', 1],
      ['couch', 1],
    ])
  })
})
