import { describe, expect, it, vi } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import { COCO_AXES, createMemoryStore, createRecommender, type ImageRecord, type ImageStore } from '../../src/index.ts'
import { ImageCache } from '../../src/recommender/collection/image-cache.ts'
import type { Reading } from '../../src/recommender/collection/stored-image.ts'
import { createFakeExtractor, fakeImage, seededRandom } from '../../src/testing/index.ts'
import { pictureOf } from '../ranking/wishes.ts'
import { pictures } from './pictures.ts'

/** Long, as the machine may be busy with others. */
const SOON = { timeout: 30_000 }

/** A store that tells what it was asked for, whose answers can be held back. */
function watched(store: ImageStore) {
  const asked: string[][] = []
  let held: Promise<void> | undefined
  const asking = new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (name !== 'get') return typeof value === 'function' ? value.bind(target) : value
      return async (ids: readonly string[]) => {
        asked.push([...ids])
        const found = await target.get(ids)
        await held
        return found
      }
    },
  })
  return {
    store: asking,
    asked,
    hold() {
      let release = () => {}
      held = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        held = undefined
        release()
      }
    },
  }
}

const records = await inFloat32(pictures(20, 1))
const [one, other] = records as [(typeof records)[number], (typeof records)[number]]

const reading: Reading = { belongs: () => true, pictureOf: () => pictureOf({}) }

/** The records of what it has of these ids. */
async function readIn(cache: ImageCache, ids: readonly string[]): Promise<(ImageRecord | undefined)[]> {
  return (await cache.get(ids)).map((image) => image?.record())
}

async function cacheOver(most = 100) {
  const { store, asked, hold } = watched(createMemoryStore())
  await store.put(records)
  const cache = new ImageCache(store, reading, most)
  return { cache, observed: cache.observed(), store, asked, hold }
}

describe('an image cache', () => {
  it('asks the store once for a record, and gives what the store would', async () => {
    const { cache, asked, store } = await cacheOver()
    const ids = [one.id, 'unknown', other.id]
    const expected = await store.get(ids)
    asked.length = 0
    expect(await readIn(cache, ids)).toEqual(expected)
    expect(await readIn(cache, [other.id, one.id])).toEqual([expected[2], expected[0]])
    expect(await readIn(cache, ids)).toEqual(expected)
    expect(asked).toEqual([ids, ['unknown']])
  })

  it('hands out records of the caller’s own', async () => {
    const { cache } = await cacheOver()
    await readIn(cache, [one.id])
    const [first] = await readIn(cache, [one.id])
    first!.vector.fill(7)
    expect(await readIn(cache, [one.id])).toEqual([one])
  })

  it('keeps those that were read last, and at most twice as many', async () => {
    const { cache, asked } = await cacheOver(3)
    const ids = records.map(({ id }) => id)
    for (const id of ids) {
      await readIn(cache, [ids[0]!])
      await readIn(cache, [id])
    }
    const kept = ids.filter((id) => cache.known(id))
    expect(kept.length).toBeLessThanOrEqual(6)
    expect(kept).toEqual(expect.arrayContaining([ids[0], ...ids.slice(-2)]))
    asked.length = 0
    await readIn(cache, [ids[1]!])
    expect(asked).toEqual([[ids[1]]])
  })

  it('forgets what is written, deleted, or told of by the feed, and all where the feed begins anew', async () => {
    const { cache, observed, store, asked } = await cacheOver()
    const changed = { ...one, tags: ['new'] }
    const isForgotten = async (id: string) => {
      asked.length = 0
      await readIn(cache, [id])
      return asked.length > 0
    }
    await readIn(cache, [one.id, other.id])
    await observed.put([changed])
    expect(await readIn(cache, [one.id])).toEqual([changed])
    await observed.delete([one.id])
    expect(await readIn(cache, [one.id])).toEqual([undefined])

    const feed = observed.changes()[Symbol.asyncIterator]()
    await feed.next()
    while ((await feed.next()).value?.length !== 0) {}
    await readIn(cache, [other.id])
    expect(await isForgotten(other.id)).toBe(false)
    // By somebody else.
    const next = feed.next()
    await store.put([{ ...other, tags: ['new'] }])
    const { value: heard } = await next
    expect(await isForgotten(other.id)).toBe(true)
    expect(await isForgotten(other.id)).toBe(false)
    const again = observed.changes({ after: heard!.at(-1)!.position })[Symbol.asyncIterator]()
    await again.next()
    expect(await isForgotten(other.id)).toBe(true)
  })

  it('forgets also where a write has failed, of which nobody knows how far it came', async () => {
    const { store } = watched(createMemoryStore())
    await store.put(records)
    const cache = new ImageCache(
      {
        ...bound(store),
        put: async (some) => {
          await store.put(some)
          throw new Error('the connection was lost')
        },
      },
      reading,
      10,
    )
    await readIn(cache, [one.id])
    const changed = { ...one, tags: ['new'] }
    await expect(cache.observed().put([changed])).rejects.toThrow('lost')
    expect(await readIn(cache, [one.id])).toEqual([changed])
  })

  it('keeps nothing that was read while something changed', async () => {
    const { cache, observed, hold } = await cacheOver()
    const release = hold()
    const read = readIn(cache, [one.id])
    const changed = { ...one, tags: ['new'] }
    await observed.put([changed])
    release()
    expect(await read).toEqual([one])
    expect(await readIn(cache, [one.id])).toEqual([changed])
  })
})

describe('a recommender with cached records', () => {
  const extractor = () => createFakeExtractor()

  it('says what one without them says, while both write', async () => {
    const random = seededRandom(4)
    const store = createMemoryStore()
    const shared = (): ImageStore => ({ ...bound(store), close: async () => {} })
    const open = (cachedRecords: number) =>
      createRecommender({ extractor: extractor(), store: shared(), cachedRecords })
    const [cached, plain] = [await open(50), await open(0)]
    const names = ['dog', 'cat', 'car', 'person', 'frisbee']
    for (let step = 0; step < 60; step++) {
      const writer = random() < 0.5 ? cached : plain
      const id = `image-${Math.floor(random() * 30)}`
      if (random() < 0.2) await writer.remove(id)
      else {
        const objects = Object.fromEntries(
          names.filter(() => random() < 0.5).map((name) => [name, 0.7 + 0.3 * random()]),
        )
        await writer.add({ id, image: fakeImage(objects), tags: [`step:${step}`] })
      }
      await vi.waitFor(async () => {
        const like = [{ objects: { dog: 1, car: 0.5 } }] as const
        const [one, other] = await Promise.all([cached, plain].map((each) => each.recommend({ like, limit: 20 })))
        expect(one).toEqual(other)
      }, SOON)
    }
    await cached.close()
    await plain.close()
  })

  it('asks the store for nothing that a search has read before', async () => {
    const { store, asked } = watched(createMemoryStore())
    await using recommender = await createRecommender({ extractor: extractor(), store, cachedRecords: 1000 })
    await recommender.addAll(
      Array.from({ length: 50 }, (_, at) => ({ id: `${at}`, image: fakeImage({ dog: 0.8 + at / 300 }) })),
    )
    const first = await recommender.similarTo('7')
    asked.length = 0
    expect(await recommender.similarTo('7')).toEqual(first)
    expect(asked).toEqual([])
  })

  it('is refused where not every change is heard, and in impossible numbers', async () => {
    const index = { ...bound(createExactIndex({ dimensions: COCO_AXES.length })), shared: true }
    await expect(createRecommender({ extractor: extractor(), index, cachedRecords: 10 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('cachedRecords goes with an index in this process'),
    })
    await expect(createRecommender({ extractor: extractor(), cachedRecords: -1 })).rejects.toThrow('cachedRecords')
  })
})

/** Its methods bound, so that they can be spread. */
function bound<T extends object>(part: T): T {
  const names = new Set<string>()
  for (let at: object = part; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name)
  }
  const entries = [...names].map((name) => {
    const value = Reflect.get(part, name)
    return [name, typeof value === 'function' ? value.bind(part) : value]
  })
  return Object.fromEntries(entries)
}

/** As every store gives records back. */
async function inFloat32(given: readonly ImageRecord[]): Promise<ImageRecord[]> {
  const store = createMemoryStore()
  await store.put(given)
  return (await store.get(given.map(({ id }) => id))) as ImageRecord[]
}
