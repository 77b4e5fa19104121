import { describe, expect, it } from 'vitest'
import {
  type AddAllProgress,
  createMemoryStore,
  createRecommender,
  type FeatureExtractor,
  type ImageRecord,
  type NewImageSource,
  RecommenderError,
} from '../../src/index.ts'
import { createFakeExtractor, fakeImage } from '../../src/testing/index.ts'

const dog = fakeImage({ dog: 0.95 })
const cat = fakeImage({ cat: 0.9 })

/** Counts how often images are described, and can hold them up. */
function watched(hold?: (bytes: Uint8Array) => Promise<void>) {
  const extractor = createFakeExtractor()
  const described: Uint8Array[] = []
  const watchedExtractor: FeatureExtractor<(typeof extractor.space.axes)[number]> = {
    ...extractor,
    async extract(image, options) {
      described.push(image)
      await hold?.(image)
      return extractor.extract(image, options)
    },
  }
  return { extractor: watchedExtractor, described }
}

function boundTo(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}

describe('add', () => {
  it('stores what was found, under names', async () => {
    await using recommender = await createRecommender({ extractor: createFakeExtractor() })
    const { image, unchanged } = await recommender.add({
      id: 'beach',
      image: fakeImage({ person: [0.99, 0.75], surfboard: 0.8, dog: 0.4 }),
      tags: ['summer', 'summer', 'album:7'],
      metadata: { title: 'Beach' },
    })
    expect(unchanged).toBe(false)
    expect(image).toEqual({
      id: 'beach',
      objects: [
        { object: 'person', score: Math.fround(0.99), box: null, color: null },
        { object: 'surfboard', score: Math.fround(0.8), box: null, color: null },
        { object: 'person', score: Math.fround(0.75), box: null, color: null },
      ],
      width: 640,
      height: 480,
      tags: ['summer', 'album:7'],
      metadata: { title: 'Beach' },
    })
    expect(await recommender.get('beach')).toEqual(image)
    expect(await recommender.get('nobody')).toBeUndefined()
    expect(await recommender.count()).toBe(1)
  })

  it('brings the facts of any extractor into one form: best first, in float32', async () => {
    const objects = [
      { axis: 16, score: 0.71, box: [0.1, 0.2, 0.3, 0.4] as const, color: [50.1, 0.1, -0.1] as const },
      { axis: 17, score: 0.93, box: null, color: null },
    ]
    const vector = new Float32Array(81)
    const extractor: FeatureExtractor = {
      ...createFakeExtractor(),
      extract: async () => ({
        objects,
        vector,
        width: 4,
        height: 3,
        appearance: { palette: [{ color: [0.1, 0, 0], share: 0.3 }], hash: '0123456789abcdef' },
      }),
    }
    await using recommender = await createRecommender({ extractor })
    await recommender.add({ id: 'a', image: dog })
    const records: ImageRecord[] = []
    for await (const record of recommender.records()) records.push(record)
    const [record] = records
    expect(record?.objects).toEqual([
      { axis: 17, score: Math.fround(0.93), box: null, color: null },
      {
        axis: 16,
        score: Math.fround(0.71),
        box: [0.1, 0.2, 0.3, 0.4].map(Math.fround),
        color: [50.1, 0.1, -0.1].map(Math.fround),
      },
    ])
    expect(record?.appearance?.palette).toEqual([{ color: [Math.fround(0.1), 0, 0], share: Math.fround(0.3) }])
  })

  it('does not describe unchanged bytes again, but takes new tags', async () => {
    const { extractor, described } = watched()
    await using recommender = await createRecommender({ extractor })
    await recommender.add({ id: 'a', image: dog, tags: ['old'] })
    const again = await recommender.add({ id: 'a', image: dog.slice(), tags: ['new'] })
    expect(again.unchanged).toBe(true)
    expect(described).toHaveLength(1)
    expect((await recommender.get('a'))?.tags).toEqual(['new'])
    expect((await recommender.objectCounts({ tags: { all: ['new'] } })).total).toBe(1)
    expect((await recommender.add({ id: 'a', image: cat })).unchanged).toBe(false)
    expect((await recommender.get('a'))?.objects[0]?.object).toBe('cat')
  })

  it('keeps an image without objects in the store and out of every result', async () => {
    await using recommender = await createRecommender({ extractor: createFakeExtractor() })
    await recommender.add({ id: 'dog', image: dog })
    await recommender.add({ id: 'fog', image: fakeImage({ dog: 0.5 }) })
    expect(await recommender.count()).toBe(2)
    expect(await recommender.similarTo('fog')).toEqual({
      items: [],
      nextCursor: undefined,
      objects: [],
      nothingRecognised: true,
    })
    expect((await recommender.similarToImage(dog)).items.map(({ id }) => id)).toEqual(['dog'])
    expect((await recommender.objectCounts()).total).toBe(1)
    await recommender.add({ id: 'dog', image: fakeImage({}) })
    expect((await recommender.objectCounts()).total).toBe(0)
  })

  it('serialises writes of one id, so that the later call wins however long describing takes', async () => {
    const held = new Map<Uint8Array, () => void>()
    const { extractor } = watched((bytes) =>
      bytes === dog ? new Promise((resolve) => held.set(bytes, resolve)) : Promise.resolve(),
    )
    await using recommender = await createRecommender({ extractor })
    const slow = recommender.add({ id: 'a', image: dog })
    const fast = recommender.add({ id: 'a', image: cat })
    const other = await recommender.add({ id: 'b', image: cat })
    expect(other.image.id).toBe('b')
    held.get(dog)!()
    await Promise.all([slow, fast])
    expect((await recommender.get('a'))?.objects[0]?.object).toBe('cat')

    const added = recommender.add({ id: 'c', image: dog.slice() })
    const removed = recommender.remove('c')
    await Promise.all([added, removed])
    expect(await recommender.get('c')).toBeUndefined()
  })

  it('aborts by signal', async () => {
    const { extractor } = watched()
    await using recommender = await createRecommender({ extractor })
    const reason = new Error('enough')
    await expect(recommender.add({ id: 'a', image: dog }, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject(
      {
        code: 'ABORTED',
        cause: reason,
      },
    )
    expect(await recommender.count()).toBe(0)
  })
})

describe('addAll', () => {
  it('adds from arrays, iterables, async iterables and functions, and reports progress', async () => {
    await using recommender = await createRecommender({ extractor: createFakeExtractor() })
    const progress: AddAllProgress[] = []
    const report = await recommender.addAll(
      [
        { id: 'a', image: dog },
        { id: 'b', image: () => cat },
        { id: 'c', image: async () => cat },
      ],
      { concurrency: 1, onProgress: (event) => progress.push(event) },
    )
    expect(report).toEqual({ added: 3, unchanged: 0, failed: [], repeated: [] })
    expect(progress).toMatchObject([
      { id: 'a', done: 1, total: 3, rate: undefined, remaining: undefined },
      { id: 'b', done: 2, total: 3 },
      { id: 'c', done: 3, total: 3, remaining: 0 },
    ])
    const [, second] = progress
    expect(second!.rate).toBeGreaterThan(0)
    expect(second!.remaining).toBeCloseTo(1 / second!.rate!, 9)
    async function* streamed(): AsyncGenerator<NewImageSource> {
      yield { id: 'a', image: dog }
      yield { id: 'd', image: dog }
    }
    expect(await recommender.addAll(streamed())).toEqual({ added: 1, unchanged: 1, failed: [], repeated: [] })
    expect(await recommender.addAll(new Set([{ id: 'e', image: dog }]))).toMatchObject({ added: 1 })
    expect(await recommender.count()).toBe(5)
  })

  it('reports what failed, with its error, and adds the rest', async () => {
    await using recommender = await createRecommender({ extractor: createFakeExtractor() })
    const report = await recommender.addAll(
      [
        { id: 'text', image: new TextEncoder().encode('hello') },
        { id: 'gone', image: () => Promise.reject(new Error('ENOENT')) },
        { id: 'odd', image: () => 'no bytes' as never },
        { id: '', image: dog },
        { id: 'tags', image: dog, tags: ['\0'] },
        { id: 'good', image: dog },
        undefined as never,
      ],
      { concurrency: 1 },
    )
    expect(report.failed.map(({ id, error }) => [id, (error as { code?: string }).code ?? error.message])).toEqual([
      ['text', 'IMAGE_UNREADABLE'],
      ['gone', 'ENOENT'],
      ['odd', 'INVALID_ARGUMENT'],
      ['', 'INVALID_ARGUMENT'],
      ['tags', 'INVALID_ARGUMENT'],
      ['undefined', 'INVALID_ARGUMENT'],
    ])
    expect(report.added).toBe(1)
    expect(await recommender.count()).toBe(1)
  })

  it('lets the last of equal ids win, and says which came more than once', async () => {
    // The first one takes longest, so that only the order of the calls can decide.
    const { extractor } = watched((bytes) => new Promise((resolve) => setTimeout(resolve, bytes === dog ? 30 : 0)))
    await using recommender = await createRecommender({ extractor })
    const report = await recommender.addAll(
      [
        { id: 'a', image: dog },
        { id: 'b', image: dog },
        { id: 'a', image: fakeImage({ bird: 0.9 }) },
        { id: 'a', image: cat },
      ],
      { concurrency: 8 },
    )
    expect(report.repeated).toEqual(['a'])
    expect((await recommender.get('a'))?.objects[0]?.object).toBe('cat')
  })

  it.each([
    ['as asked', { concurrency: 3 }, 3],
    ['as keep four workers busy, unless asked', {}, 16],
  ])('describes as many at a time %s, not more', async (_, options, expected) => {
    let running = 0
    let most = 0
    const { extractor } = watched(async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running--
    })
    await using recommender = await createRecommender({ extractor })
    const images = Array.from({ length: 40 }, (_, at) => ({
      id: `image-${at}`,
      image: fakeImage({ dog: 0.9 }, String(at)),
    }))
    await recommender.addAll(images, options)
    expect(most).toBe(expected)
  })

  it('tells no remaining time where it does not know how many images there are', async () => {
    await using recommender = await createRecommender({ extractor: createFakeExtractor() })
    const progress: AddAllProgress[] = []
    const images = new Set(['a', 'b', 'c'].map((id) => ({ id, image: dog })))
    await recommender.addAll(images, { concurrency: 1, onProgress: (event) => progress.push(event) })
    expect(progress[2]!.rate).toBeGreaterThan(0)
    expect(progress.map(({ total, remaining }) => [total, remaining])).toEqual(Array(3).fill([undefined, undefined]))
  })

  it('waits where the extractor is overloaded, by itself or by others, and reports no failure', async () => {
    let running = 0
    let refusals = 0
    const { extractor } = watched(async () => {
      if (running === 2) {
        refusals++
        throw new RecommenderError('OVERLOADED', 'Two are enough.')
      }
      running++
      await new Promise((resolve) => setTimeout(resolve, 2))
      running--
    })
    await using recommender = await createRecommender({ extractor })
    const images = Array.from({ length: 30 }, (_, at) => ({ id: `${at}`, image: fakeImage({ dog: 0.9 }, `${at}`) }))
    expect(await recommender.addAll(images, { concurrency: 8 })).toMatchObject({ added: 30, failed: [] })
    expect(refusals).toBeGreaterThan(0)
    // A single image is somebody's who can be told.
    running = 2
    await expect(recommender.add({ id: 'one', image: dog })).rejects.toMatchObject({ code: 'OVERLOADED' })
  })

  it('stops waiting for room when it is aborted', async () => {
    const { extractor } = watched(() => Promise.reject(new RecommenderError('OVERLOADED', 'None is enough.')))
    await using recommender = await createRecommender({ extractor })
    const controller = new AbortController()
    const adding = recommender.addAll([{ id: 'a', image: dog }], { signal: controller.signal })
    setTimeout(() => controller.abort(), 20)
    await expect(adding).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it('goes on where it was stopped: what is stored is not described again', async () => {
    const store = createMemoryStore()
    const kept = new Proxy(store, {
      get: (target, name) => (name === 'close' ? async () => {} : boundTo(target, name)),
    })
    const images = Array.from({ length: 40 }, (_, at) => ({ id: `${at}`, image: fakeImage({ dog: 0.9 }, `${at}`) }))
    const first = watched()
    {
      await using recommender = await createRecommender({ extractor: first.extractor, store: kept })
      const controller = new AbortController()
      const onProgress = ({ done }: AddAllProgress) => done === 15 && controller.abort()
      const adding = recommender.addAll(images, { concurrency: 4, signal: controller.signal, onProgress })
      await expect(adding).rejects.toMatchObject({ code: 'ABORTED' })
    }
    const stored = await store.count()
    expect(stored).toBeGreaterThanOrEqual(15)
    expect(stored).toBeLessThan(40)

    const second = watched()
    await using recommender = await createRecommender({ extractor: second.extractor, store: kept })
    const report = await recommender.addAll(images.map((image) => ({ ...image, tags: ['again'] })))
    expect(report).toEqual({ added: 40 - stored, unchanged: stored, failed: [], repeated: [] })
    expect(second.described).toHaveLength(40 - stored)
    expect((await recommender.objectCounts({ tags: { all: ['again'] } })).total).toBe(40)
  })

  it('describes again what was described in another space', async () => {
    const store = createMemoryStore()
    const kept = new Proxy(store, {
      get: (target, name) => (name === 'close' ? async () => {} : boundTo(target, name)),
    })
    const images = ['a', 'b'].map((id) => ({ id, image: dog }))
    {
      await using recommender = await createRecommender({ extractor: createFakeExtractor(), store: kept })
      await recommender.addAll(images)
    }
    const space = { ...createFakeExtractor().space, id: 'fake/other' }
    await using recommender = await createRecommender({ extractor: createFakeExtractor({ space }), store: kept })
    expect(await recommender.addAll(images)).toMatchObject({ added: 2, unchanged: 0 })
    expect(await recommender.addAll(images)).toMatchObject({ added: 0, unchanged: 2 })
  })

  it('takes no image from the source before it is its turn, and lets go of the source when it stops', async () => {
    let taken = 0
    let released = false
    function* endless(): Generator<NewImageSource> {
      try {
        for (;;) yield { id: `image-${taken++}`, image: dog }
      } finally {
        released = true
      }
    }
    await using recommender = await createRecommender({ extractor: createFakeExtractor() })
    const controller = new AbortController()
    const adding = recommender.addAll(endless(), {
      concurrency: 2,
      signal: controller.signal,
      onProgress: ({ done }) => done === 10 && controller.abort(),
    })
    await expect(adding).rejects.toMatchObject({ code: 'ABORTED' })
    expect(taken).toBeLessThanOrEqual(14)
    expect(released).toBe(true)
    expect(await recommender.count()).toBeGreaterThanOrEqual(10)
  })

  it('stops where the store fails, and says so', async () => {
    const store = createMemoryStore()
    let writes = 0
    const failing = new Proxy(store, {
      get(target, name) {
        if (name === 'put')
          return async (records: never[]) =>
            ++writes > 2 ? Promise.reject(new Error('disk full')) : target.put(records)
        return boundTo(target, name)
      },
    })
    await using recommender = await createRecommender({ extractor: createFakeExtractor(), store: failing })
    const images = Array.from({ length: 9 }, (_, at) => ({ id: `image-${at}`, image: dog }))
    await expect(recommender.addAll(images, { concurrency: 1 })).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('disk full'),
    })
    expect(await recommender.count()).toBe(2)
  })

  it('survives a progress callback that throws, with a warning', async () => {
    const warnings: Error[] = []
    await using recommender = await createRecommender({
      extractor: createFakeExtractor(),
      onWarning: (warning) => {
        warnings.push(warning)
        throw new Error('the listener is broken as well')
      },
    })
    const onProgress = () => {
      throw new Error('broken bar')
    }
    expect((await recommender.addAll([{ id: 'a', image: dog }], { onProgress })).added).toBe(1)
    expect(warnings[0]?.cause).toMatchObject({ message: 'broken bar' })
  })
})
