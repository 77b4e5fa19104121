import { describe, expect, it } from 'vitest'
import {
  COCO_AXES,
  createMemoryStore,
  createRecommender,
  type Extraction,
  type FeatureExtractor,
  RecommenderError,
} from '../../src/index.ts'
import { createFakeExtractor, fakeImage } from '../../src/testing/index.ts'

const dog = fakeImage({ dog: 0.95 })
const open = () => createRecommender({ extractor: createFakeExtractor() })

describe('bad arguments', () => {
  const hostileIds: [string, unknown][] = [
    ['empty', ''],
    ['NUL', 'a\0b'],
    ['lone surrogate', '\ud800'],
    ['too long', 'x'.repeat(513)],
    ['too many bytes', '€'.repeat(171)],
    ['number', 7],
    ['undefined', undefined],
    ['object', { id: 'a' }],
  ]
  it.each(hostileIds)('refuses an id that is %s, everywhere', async (_, id) => {
    await using recommender = await open()
    const refused = { code: 'INVALID_ARGUMENT' }
    await expect(recommender.add({ id: id as string, image: dog })).rejects.toMatchObject(refused)
    await expect(recommender.get(id as string)).rejects.toMatchObject(refused)
    await expect(recommender.remove(id as string)).rejects.toMatchObject(refused)
    await expect(recommender.similarTo(id as string)).rejects.toMatchObject(refused)
    await expect(recommender.recommend({ like: [{ id: id as string }] })).rejects.toMatchObject(refused)
    await expect(recommender.objectCounts({ exclude: [id as string] })).rejects.toMatchObject(refused)
  })

  it('accepts ids of up to 512 bytes, whatever they spell', async () => {
    await using recommender = await open()
    for (const id of ['x'.repeat(512), '😀'.repeat(128), '__proto__', '../etc', ' ', "'; --"]) {
      await recommender.add({ id, image: dog })
      expect((await recommender.get(id))?.id).toBe(id)
    }
  })

  const badCalls: [string, (recommender: Awaited<ReturnType<typeof open>>) => Promise<unknown>, string][] = [
    ['an unknown option of add', (r) => r.add({ id: 'a', image: dog, tag: 'x' } as never), 'tag'],
    ['bytes that are a string', (r) => r.add({ id: 'a', image: 'dog.jpg' as never }), 'dog.jpg'],
    [
      'metadata that is not JSON',
      (r) => r.add({ id: 'a', image: dog, metadata: { at: new Date() } as never }),
      'metadata',
    ],
    ['metadata with NaN', (r) => r.add({ id: 'a', image: dog, metadata: { n: Number.NaN } }), 'metadata'],
    ['a tag that is empty', (r) => r.add({ id: 'a', image: dog, tags: [''] }), 'tags.0'],
    ['a limit of 0', (r) => r.similarTo('a', { limit: 0 }), '1 to 1000 (received 0)'],
    ['a limit of 1001', (r) => r.similarTo('a', { limit: 1001 }), '1001'],
    ['a limit that is no number', (r) => r.similarTo('a', { limit: '30' as never }), '"30"'],
    ['an unknown option of a search', (r) => r.similarTo('a', { page: 2 } as never), 'page'],
    ['an object that does not exist', (r) => r.objectCounts({ objects: { all: ['dgo' as 'dog'] } }), 'objects'],
    ['a least score over 1', (r) => r.objectCounts({ objects: { all: [{ object: 'dog', atLeast: 70 }] } }), 'objects'],
    ['an unknown kind of condition', (r) => r.objectCounts({ objects: { some: ['dog'] } as never }), 'some'],
    ['nothing that is liked', (r) => r.recommend({ like: [] }), 'something that is liked'],
    ['only dislikes', (r) => r.recommend({ unlike: [{ id: 'a' }] }), 'something that is liked'],
    ['a weight of NaN', (r) => r.recommend({ like: [{ id: 'a', weight: Number.NaN }] }), 'like.0'],
    ['a weight of 0', (r) => r.recommend({ like: [{ id: 'a', weight: 0 }] }), 'like.0'],
    ['a weight of an object that is NaN', (r) => r.recommend({ like: [{ objects: { dog: Number.NaN } }] }), 'like.0'],
    ['an age below 0', (r) => r.taste({ like: [{ id: 'a', age: -1 }] }), 'like.0.age'],
    ['a half-life of 0', (r) => r.taste({ like: [], halfLife: 0 }), 'halfLife'],
    [
      'a taste that was edited to what is none',
      (r) => r.recommend({ taste: { spaceId: r.space.id, objects: { dog: 2 }, from: {}, seen: [] } }),
      'taste.objects.dog',
    ],
    [
      'a taste for what is no object, with those that are like it',
      (r) => r.recommend({ taste: { spaceId: r.space.id, objects: { dogs: 1 } as never, from: {}, seen: [] } }),
      '"dog"',
    ],
    [
      'a filter by what is no object, with those that are like it',
      (r) => r.similarTo('a', { where: { objects: { all: ['surf board' as never] } } }),
      '"surfboard"',
    ],
    ['an example of no kind', (r) => r.recommend({ like: [{ name: 'a' } as never] }), 'like.0'],
    ['a weight over 1', (r) => r.recommend({ like: [{ objects: { dog: 2 } }] }), 'like.0'],
    ['a count of 0', (r) => r.random(0), '1 to 1000'],
    ['a concurrency of 0', (r) => r.addAll([], { concurrency: 0 }), 'concurrency'],
    ['images that are no iterable', (r) => r.addAll({} as never), 'iterable'],
    ['a signal that is none', (r) => r.reindex({ signal: 'stop' as never }), 'signal'],
    ['records that are none', (r) => r.put([{ id: 'a' } as never]), 'put: a record'],
  ]
  it.each(badCalls)('refuses %s, and says what it got', async (_, call, named) => {
    await using recommender = await open()
    await recommender.add({ id: 'a', image: dog })
    const error: RecommenderError = await call(recommender).then(
      () => expect.fail('was accepted'),
      (rejected) => rejected,
    )
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(error.message).toContain(named)
    expect(await recommender.count()).toBe(1)
    expect((await recommender.similarToImage(dog)).items).toHaveLength(1)
  })

  it.each([
    [{}, 'extractor'],
    [{ extractor: null }, 'extractor'],
    [{ extractor: { id: 'x', axes: [] } }, 'axes'],
    [{ extractor: { id: 'x', axes: ['a', 'a'], threshold: null } }, 'different names'],
    [{ extractor: { id: 'x', axes: ['a'], threshold: 2 } }, 'threshold'],
    [{ extractor: { id: 'x', axes: ['a'], threshold: null }, store: {} }, 'ImageStore'],
    [{ extractor: { id: 'x', axes: ['a'], threshold: null }, index: new Map() }, 'SimilarityIndex'],
    [{ extractor: { id: 'x', axes: ['a'], threshold: null }, onWarn: () => {} }, 'onWarn'],
  ])('refuses to be created with %o', async (options, named) => {
    await expect(createRecommender(options as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(named),
    })
  })

  it('names the image that is not there', async () => {
    await using recommender = await open()
    await expect(recommender.similarTo('nobody')).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: expect.stringContaining('nobody'),
    })
  })

  it('cannot describe with a bare space, and says so', async () => {
    await using recommender = await createRecommender({ extractor: createFakeExtractor().space })
    await expect(recommender.add({ id: 'a', image: dog })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('no extractor'),
    })
  })
})

describe('an extractor that breaks its contract', () => {
  const good: Extraction = { objects: [], vector: new Float32Array(81), width: 1, height: 1, appearance: null }
  const broken: [string, unknown][] = [
    ['nothing', undefined],
    ['NaN', { ...good, vector: new Float32Array(81).fill(Number.NaN) }],
    ['infinity', { ...good, vector: new Float32Array(81).fill(Number.POSITIVE_INFINITY) }],
    ['too short a vector', { ...good, vector: new Float32Array(80) }],
    ['an ordinary array', { ...good, vector: new Array(81).fill(0) }],
    ['a score over 1', { ...good, objects: [{ axis: 1, score: 1.5, box: null, color: null }] }],
    ['an axis that is not there', { ...good, objects: [{ axis: 81, score: 0.9, box: null, color: null }] }],
    ['half an axis', { ...good, objects: [{ axis: 1.5, score: 0.9, box: null, color: null }] }],
    ['a box in pixels', { ...good, objects: [{ axis: 1, score: 0.9, box: [0, 0, 640, 480], color: null }] }],
    ['no size', { ...good, width: 0 }],
    ['an odd hash', { ...good, appearance: { palette: [], hash: 'xyz' } }],
  ]
  it.each(broken)('is caught returning %s', async (_, extraction) => {
    const extractor: FeatureExtractor = { ...createFakeExtractor(), extract: async () => extraction as Extraction }
    await using recommender = await createRecommender({ extractor })
    await expect(recommender.add({ id: 'a', image: dog })).rejects.toMatchObject({ code: 'EXTRACTOR_FAILED' })
    await expect(recommender.similarToImage(dog)).rejects.toMatchObject({ code: 'EXTRACTOR_FAILED' })
    expect(await recommender.count()).toBe(0)
  })

  it('has its own failures wrapped once, with the cause', async () => {
    const cause = new Error('out of memory')
    const extractor: FeatureExtractor = { ...createFakeExtractor(), extract: () => Promise.reject(cause) }
    await using recommender = await createRecommender({ extractor })
    await expect(recommender.add({ id: 'a', image: dog })).rejects.toMatchObject({ code: 'EXTRACTOR_FAILED', cause })
  })
})

describe('parts that fail', () => {
  it('are named: the store', async () => {
    const cause = new Error('no connection')
    const store = createMemoryStore()
    await using recommender = await createRecommender({ extractor: createFakeExtractor(), store })
    store.get = () => Promise.reject(cause)
    store.count = () => Promise.reject(cause)
    await expect(recommender.get('a')).rejects.toMatchObject({ code: 'STORE_FAILED', cause })
    await expect(recommender.count()).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('no connection'),
    })
  })

  it('keep a recommender from opening, with the reason', async () => {
    const store = createMemoryStore()
    store.changes = () => {
      throw new Error('no connection')
    }
    await expect(createRecommender({ extractor: createFakeExtractor(), store })).rejects.toMatchObject({
      code: 'STORE_FAILED',
    })
  })
})

describe('close', () => {
  it('ends every method with CLOSED, and may be called twice', async () => {
    const recommender = await open()
    await recommender.add({ id: 'a', image: dog })
    await Promise.all([recommender.close(), recommender.close()])
    const calls = [
      recommender.add({ id: 'b', image: dog }),
      recommender.addAll([]),
      recommender.put([]),
      recommender.records()[Symbol.asyncIterator]().next(),
      recommender.get('a'),
      recommender.remove('a'),
      recommender.similarTo('a'),
      recommender.similarToImage(dog),
      recommender.recommend({ like: [{ id: 'a' }] }),
      recommender.random(1),
      recommender.count(),
      recommender.objectCounts(),
      recommender.reindex(),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'CLOSED' })
    await recommender.close()
  })

  it('waits for what is under way', async () => {
    const store = createMemoryStore()
    const close = store.close.bind(store)
    let atTheEnd = 0
    store.close = async () => {
      atTheEnd = await store.count()
      await close()
    }
    const slow: FeatureExtractor = {
      ...createFakeExtractor(),
      extract: async (image, options) => {
        await new Promise((resolve) => setTimeout(resolve, 30))
        return createFakeExtractor().extract(image, options)
      },
    }
    const recommender = await createRecommender({ extractor: slow, store })
    const adding = recommender.add({ id: 'a', image: dog })
    await recommender.close()
    expect((await adding).image.id).toBe('a')
    expect(atTheEnd).toBe(1)
  })
})

describe('RecommenderError', () => {
  it('is known across copies of the package, by its code', () => {
    const error = new RecommenderError('ABORTED', 'x')
    expect(RecommenderError.is(error)).toBe(true)
    expect(RecommenderError.is(error, 'ABORTED')).toBe(true)
    expect(RecommenderError.is(error, 'CLOSED')).toBe(false)
    // What another copy of this package would make: same brand, other class.
    const foreign = Object.assign(new Error('x'), { code: 'CLOSED', [Symbol.for('@image-recommender/error')]: true })
    expect(RecommenderError.is(foreign, 'CLOSED')).toBe(true)
    for (const other of [new Error('x'), { code: 'CLOSED' }, null, undefined, 'CLOSED'])
      expect(RecommenderError.is(other)).toBe(false)
  })
})

it('has 81 axes, the background first', () => {
  expect(COCO_AXES).toHaveLength(81)
  expect([COCO_AXES[0], COCO_AXES[1], COCO_AXES[80]]).toEqual(['BG', 'person', 'toothbrush'])
})
