import { describe, expect, it, vi } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import {
  COCO_AXES,
  createMemoryStore,
  createRecommender,
  type ImageRecord,
  type ImageStore,
  type SimilarityIndex,
} from '../../src/index.ts'
import { createFakeExtractor, fakeImage, seededRandom } from '../../src/testing/index.ts'
import { endOfFeed, placeInFeed } from './place-in-feed.ts'

/** Long, as the machine may be busy with others. */
const SOON = { timeout: 30_000 }

const extractor = () => createFakeExtractor()
const dog = fakeImage({ dog: 0.95 })
const cat = fakeImage({ cat: 0.9 })
const likeDogs = { like: [{ objects: { dog: 1 } }] as const }

/** A store of which several recommenders may close their own handle. */
function shared(store: ImageStore): ImageStore {
  const stop = new AbortController()
  return {
    put: (records) => store.put(records),
    get: (ids) => store.get(ids),
    delete: (ids) => store.delete(ids),
    scan: () => store.scan(),
    sample: (count) => store.sample(count),
    count: () => store.count(),
    changes: ({ after, signal } = {}) =>
      store.changes({ after, signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal }),
    close: async () => stop.abort(),
  }
}

/** The same, with a feed that says nothing any more once it is caught up. */
function silent(store: ImageStore): ImageStore {
  return {
    ...shared(store),
    changes: async function* ({ signal } = {}) {
      yield []
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    },
  }
}

async function recordsOf(store: ImageStore): Promise<ImageRecord[]> {
  const records: ImageRecord[] = []
  for await (const record of store.scan()) records.push(record)
  return records
}

describe('store and index', () => {
  it('fills the index from the store when it opens', async () => {
    const store = createMemoryStore()
    {
      await using first = await createRecommender({ extractor: extractor(), store: shared(store) })
      await first.addAll(Array.from({ length: 2345 }, (_, at) => ({ id: `image-${at}`, image: dog })))
    }
    await using second = await createRecommender({ extractor: extractor(), store: shared(store) })
    expect((await second.objectCounts()).total).toBe(2345)
    expect((await second.recommend(likeDogs)).items).toHaveLength(30)
  })

  it('catches up from where a kept index was', async () => {
    const store = createMemoryStore()
    const index = createExactIndex({ dimensions: COCO_AXES.length })
    const kept: SimilarityIndex = new Proxy(index, {
      get: (target, name) => {
        if (name === 'close') return async () => {}
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    {
      await using first = await createRecommender({ extractor: extractor(), store: shared(store), index: kept })
      await first.add({ id: 'a', image: dog })
      await vi.waitFor(async () => expect(await placeInFeed(index)).toBe(await endOfFeed(store)), SOON)
    }
    {
      await using other = await createRecommender({ extractor: extractor(), store: shared(store) })
      await other.add({ id: 'b', image: dog })
      await other.remove('a')
    }
    await using again = await createRecommender({ extractor: extractor(), store: shared(store), index: kept })
    expect((await again.recommend(likeDogs)).items.map(({ id }) => id)).toEqual(['b'])
    expect(await placeInFeed(index)).toBe(await endOfFeed(store))
  })

  it('reads its own writes at once, without waiting for the feed', async () => {
    const store = createMemoryStore()
    await using recommender = await createRecommender({
      extractor: extractor(),
      store: silent(store),
      ranking: { by: 'distance' },
    })
    for (let round = 0; round < 10; round++) {
      await recommender.add({ id: 'a', image: round % 2 === 0 ? dog : cat })
      const { items } = await recommender.recommend(likeDogs)
      expect(items.map(({ score }) => score)).toEqual([round % 2 === 0 ? 1 : 0])
    }
    await recommender.remove('a')
    // Counted before anything is searched, because a search would notice and mend it.
    expect((await recommender.objectCounts()).total).toBe(0)
    expect((await recommender.recommend(likeDogs)).items).toEqual([])
    await recommender.put(await recordsOf(store))
    await recommender.add({ id: 'b', image: dog })
    await recommender.add({ id: 'b', image: fakeImage({}) })
    expect((await recommender.recommend(likeDogs)).items).toEqual([])
  })

  it('hears what another recommender over the same store writes', async () => {
    const store = createMemoryStore()
    await using one = await createRecommender({ extractor: extractor(), store: shared(store) })
    await using other = await createRecommender({ extractor: extractor(), store: shared(store) })
    await one.add({ id: 'a', image: dog })
    await vi.waitFor(
      async () => expect((await other.recommend(likeDogs)).items.map(({ id }) => id)).toEqual(['a']),
      SOON,
    )
    await one.remove('a')
    await vi.waitFor(async () => expect((await other.recommend(likeDogs)).items).toEqual([]), SOON)
  })

  it('agrees with brute force over the store after a storm of writes from two recommenders', async () => {
    const store = createMemoryStore()
    const random = seededRandom(17)
    const ranking = { by: 'distance' } as const
    await using one = await createRecommender({ extractor: extractor(), store: shared(store), ranking })
    await using other = await createRecommender({ extractor: extractor(), store: shared(store), ranking })
    const names = COCO_AXES.slice(1)
    await Promise.all(
      Array.from({ length: 400 }, async () => {
        const recommender = random() < 0.5 ? one : other
        const id = `image-${Math.floor(random() * 40)}`
        if (random() < 0.3) return recommender.remove(id)
        const image = fakeImage({ [names[Math.floor(random() * 80)]!]: 0.7 + 0.3 * random(), dog: 0.8 })
        return recommender.add({ id, image })
      }),
    )
    const truth = await recordsOf(store)
    for (const recommender of [one, other]) {
      await vi.waitFor(async () => {
        const { items } = await recommender.recommend({ ...likeDogs, limit: 1000 })
        expect(items.map(({ id }) => id).sort()).toEqual(truth.map(({ id }) => id).sort())
        const expected = truth.map(({ id, vector }) => [id, vector[17]! / Math.hypot(...vector)] as const)
        for (const [id, score] of expected) expect(items.find((item) => item.id === id)?.score).toBeCloseTo(score, 10)
      }, SOON)
    }
  })

  it('leaves out what the store lost behind its back, fills the page, and forgets it', async () => {
    const store = createMemoryStore()
    const forgetful: ImageStore = shared(store)
    const lost = new Set<string>()
    const get = forgetful.get
    Object.assign(forgetful, {
      get: async (ids: string[]) => (await get(ids)).map((record, at) => (lost.has(ids[at]!) ? undefined : record)),
    })
    await using recommender = await createRecommender({ extractor: extractor(), store: forgetful })
    await recommender.addAll(['a', 'b', 'c', 'd'].map((id) => ({ id, image: dog })))
    lost.add('a').add('b')
    const page = await recommender.recommend({ ...likeDogs, limit: 1 })
    expect(page.items.map(({ id }) => id)).toEqual(['c'])
    expect(page.nextCursor).toBeDefined()
    expect((await recommender.objectCounts()).total).toBe(2)
  })

  it('leaves out what was described anew in another space in the meantime', async () => {
    const store = createMemoryStore()
    await using recommender = await createRecommender({ extractor: extractor(), store: silent(store) })
    await recommender.addAll(['a', 'b'].map((id) => ({ id, image: dog })))
    const [record] = await store.get(['a'])
    await store.put([{ ...record!, spaceId: 'other/coco' }])
    expect((await recommender.recommend(likeDogs)).items.map(({ id }) => id)).toEqual(['b'])
  })

  it('warns and goes on following when the feed breaks off', async () => {
    const store = createMemoryStore()
    const warnings: Error[] = []
    let feeds = 0
    const shaky: ImageStore = {
      ...shared(store),
      changes: async function* (options = {}) {
        const feed = ++feeds
        for await (const batch of store.changes(options)) {
          if (feed === 1 && batch.length > 0) throw new Error('connection lost')
          yield batch
        }
      },
    }
    await using recommender = await createRecommender({
      extractor: extractor(),
      store: shaky,
      onWarning: (warning) => warnings.push(warning),
    })
    const record = (await recordsOf(store))[0]
    expect(record).toBeUndefined()
    await using writer = await createRecommender({ extractor: extractor(), store: shared(store) })
    await writer.add({ id: 'a', image: dog })
    await vi.waitFor(async () => expect((await recommender.recommend(likeDogs)).items).toHaveLength(1), SOON)
    expect(warnings[0]?.message).toContain('could not follow')
  })
})

describe('export and import', () => {
  it('carries a collection over without describing anything again', async () => {
    await using from = await createRecommender({ extractor: extractor() })
    await from.add({ id: 'a', image: dog, tags: ['x'], metadata: { n: 1 } })
    await from.add({ id: 'fog', image: fakeImage({}) })
    await using to = await createRecommender({ extractor: extractor().space })
    await to.put(from.records())
    expect(await to.get('a')).toEqual(await from.get('a'))
    expect(await to.count()).toBe(2)
    expect((await to.recommend(likeDogs)).items.map(({ id }) => id)).toEqual(['a'])
  })

  it('keeps a copy, not what it was given', async () => {
    await using from = await createRecommender({ extractor: extractor() })
    await from.add({ id: 'a', image: dog })
    const records: ImageRecord[] = []
    for await (const record of from.records()) records.push({ ...record, vector: record.vector.slice() })
    await using to = await createRecommender({ extractor: extractor().space })
    await to.put(records)
    records[0]!.vector.fill(0)
    expect((await to.similarTo('a')).nothingRecognised).toBe(false)
  })
})

describe('reindex', () => {
  it('derives vectors anew where the threshold has changed, without describing anything', async () => {
    const store = createMemoryStore()
    {
      await using strict = await createRecommender({ extractor: extractor(), store: shared(store) })
      await strict.add({ id: 'a', image: fakeImage({ dog: 0.6, cat: 0.9 }) })
      await strict.add({ id: 'b', image: fakeImage({ dog: 0.5 }) })
      expect((await strict.objectCounts()).objects).toEqual({ cat: 1 })
      expect(await strict.reindex()).toEqual({ records: 2, rederived: 0 })
    }
    const space = { ...extractor().space, threshold: 0.55 }
    await using lenient = await createRecommender({ extractor: space, store: shared(store) })
    expect(await lenient.reindex()).toEqual({ records: 2, rederived: 1 })
    expect((await lenient.objectCounts()).objects).toEqual({ dog: 1, cat: 1 })
    expect((await lenient.recommend(likeDogs)).items.map(({ id }) => id)).toEqual(['a'])
  })
})

describe('spaces', () => {
  const otherSpace = { id: 'other/coco', axes: COCO_AXES, threshold: 0.7 }

  it('never mix: records of another space are not searched, refused on import, and warned about', async () => {
    const store = createMemoryStore()
    {
      await using first = await createRecommender({ extractor: extractor(), store: shared(store) })
      await first.add({ id: 'a', image: dog })
    }
    const warnings: Error[] = []
    await using second = await createRecommender({
      extractor: createFakeExtractor({ space: otherSpace }),
      store: shared(store),
      onWarning: (warning) => warnings.push(warning),
    })
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'SPACE_MISMATCH', message: expect.stringMatching(/fake\/coco.*other\/coco/) }),
    ])
    expect((await second.recommend(likeDogs)).items).toEqual([])
    await expect(second.similarTo('a')).rejects.toMatchObject({ code: 'SPACE_MISMATCH' })
    expect((await second.get('a'))?.objects).toEqual([])
    expect((await second.random(1))[0]?.objects).toEqual([])
    await expect(second.put(await recordsOf(store))).rejects.toMatchObject({ code: 'SPACE_MISMATCH' })
    // Adding the same bytes again describes them in the new space.
    expect((await second.add({ id: 'a', image: dog })).unchanged).toBe(false)
    expect((await second.recommend(likeDogs)).items.map(({ id }) => id)).toEqual(['a'])
  })

  it('must fit the index', async () => {
    await expect(
      createRecommender({ extractor: extractor(), index: createExactIndex({ dimensions: 80 }) }),
    ).rejects.toMatchObject({
      code: 'SPACE_MISMATCH',
      message: expect.stringContaining('81'),
    })
  })
})
