import { describe, expect, it, vi } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import {
  COCO_AXES,
  createMemoryStore,
  createRecommender,
  type FeedStep,
  type ImageRecord,
  type ImageStore,
  type SimilarityIndex,
} from '../../src/index.ts'
import { candidateIndex } from '../../src/recommender/object-index.ts'
import { createFakeExtractor, fakeImage, seededRandom } from '../../src/testing/index.ts'
import { endOfFeed, placeInFeed } from './place-in-feed.ts'

/** Long, as the machine may be busy with others. */
const SOON = { timeout: 30_000 }

const extractor = () => createFakeExtractor()
const dog = fakeImage({ dog: 0.95 })
const cat = fakeImage({ cat: 0.9 })

interface Hindrances {
  readonly beforeWrite?: () => Promise<void>
  /** Before writes, and where the position is asked for. */
  readonly beforeAny?: () => Promise<void>
}

/** An index as a server has it; a client of it closes nothing, and may be held up. */
class Server {
  readonly index = createExactIndex({ dimensions: COCO_AXES.length })
  /** With the vectors that a recommender gave it. */
  readonly asFilled = candidateIndex(this.index, extractor().space).index
  readonly steps: FeedStep[] = []

  client({ beforeWrite = async () => {}, beforeAny = async () => {} }: Hindrances = {}): SimilarityIndex {
    const { index, steps } = this
    return {
      dimensions: index.dimensions,
      metric: index.metric,
      exact: true,
      shared: true,
      write: async (changes, step) => {
        await beforeAny()
        await beforeWrite()
        if (step) steps.push(step)
        return index.write(changes, step)
      },
      position: async () => {
        await beforeAny()
        return index.position()
      },
      search: (request) => index.search(request),
      counts: (where) => index.counts(where),
      close: async () => {},
    }
  }
}

/** A store of which a process may close its own handle; `mute`: its feed says nothing. */
function handle(store: ImageStore, { mute = false, afterWrite = async () => {} } = {}): ImageStore {
  const stop = new AbortController()
  return {
    put: async (records) => {
      await store.put(records)
      await afterWrite()
    },
    get: (ids) => store.get(ids),
    delete: async (ids) => {
      await store.delete(ids)
      await afterWrite()
    },
    scan: () => store.scan(),
    sample: (count) => store.sample(count),
    count: () => store.count(),
    changes: async function* ({ after, signal } = {}) {
      const ended = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
      if (!mute) yield* store.changes({ after, signal: ended })
      else {
        yield []
        await new Promise((resolve) => ended.addEventListener('abort', resolve))
      }
    },
    close: async () => stop.abort(),
  }
}

/** What holds a process up until it is let go, once it is closed. */
function gate() {
  let open = () => {}
  let closed: Promise<void> | undefined
  let reached = () => {}
  return {
    pass: async () => {
      reached()
      await closed
    },
    close: () => {
      closed = new Promise((resolve) => {
        open = resolve
      })
      return new Promise<void>((resolve) => {
        reached = resolve
      })
    },
    open: () => {
      closed = undefined
      open()
    },
  }
}

describe('an index that several processes write to', () => {
  it.each(['afterWrite', 'beforeWrite'] as const)(
    'is not left behind by one who stopped between store and index (%s) until others had written and followed',
    async (where) => {
      const [store, server, door] = [createMemoryStore(), new Server(), gate()]
      const slow = await createRecommender({
        extractor: extractor(),
        store: handle(store, { mute: true, [where]: door.pass }),
        index: server.client({ [where]: door.pass }),
      })
      await using fast = await createRecommender({
        extractor: extractor(),
        store: handle(store),
        index: server.client(),
      })
      /** Until it has seen all of the feed: of what it has seen, nothing is told again. */
      const followed = () =>
        vi.waitFor(async () => expect(await placeInFeed(server.index)).toBe(await endOfFeed(store)), SOON)
      for (const [write, overwrite] of [
        [() => slow.add({ id: 'a', image: dog }), () => fast.add({ id: 'a', image: cat })],
        [() => slow.remove('a'), () => fast.add({ id: 'a', image: dog })],
        [() => slow.add({ id: 'a', image: cat }), () => fast.remove('a')],
        [() => slow.reindex(), () => fast.add({ id: 'a', image: cat })],
      ] as const) {
        await store.put(await recordsOf(['a']))
        await followed()
        const stopped = door.close()
        const writing = write()
        // Where it does not come by there, it is not held up.
        await Promise.race([stopped, writing])
        await overwrite()
        await followed()
        door.open()
        await writing
        await followed()
        const [record] = await store.get(['a'])
        const found = await server.asFilled.search({ vector: new Float32Array(COCO_AXES.length).fill(1), limit: 9 })
        expect(found.map(({ id, vector }) => [id, vector])).toEqual(record ? [[record.id, record.vector]] : [])
      }
      await slow.close()
    },
  )

  it('is taken over each batch of the feed by one write, whatever becomes of the images in it', async () => {
    const [store, server] = [createMemoryStore(), new Server()]
    const ids = Array.from({ length: 20 }, (_, at) => `image-${at}`)
    const records = await recordsOf(ids)
    await using _ = await createRecommender({ extractor: extractor(), store, index: server.client() })
    const from = await server.index.position()
    server.steps.length = 0
    await Promise.all([store.put(records), store.delete(ids.filter((_, at) => at % 2 === 0))])
    await vi.waitFor(async () => expect(await placeInFeed(server.index)).toBe(await endOfFeed(store)), SOON)
    // Between two calls at one position others could write there what they read before, over what the first has brought.
    expect(server.steps).toEqual([{ from, to: await server.index.position() }])
    expect((await server.index.counts()).total).toBe(10)
  })

  it('has one’s own write when the call ends, however often others were faster', async () => {
    const [store, server] = [createMemoryStore(), new Server()]
    let others = 0
    const overtaking = async () => {
      if (others-- <= 0) return
      const from = (await server.index.position())!
      const [space, place] = JSON.parse(from)
      await server.index.write({ put: [] }, { from, to: JSON.stringify([space, String(Number(place) + 1)]) })
    }
    await using slow = await createRecommender({
      extractor: extractor(),
      store: handle(store, { mute: true }),
      index: server.client({ beforeWrite: overtaking }),
    })
    others = 3
    server.steps.length = 0
    await slow.add({ id: 'a', image: dog })
    expect((await slow.objectCounts()).objects).toEqual({ dog: 1 })
    expect(server.steps.map(({ from }) => JSON.parse(from!)[1])).toEqual([null, '1', '2', '3'])
    others = 2
    await slow.remove('a')
    expect((await slow.objectCounts()).total).toBe(0)
  })

  it('is followed by all and applied by one: nothing twice, and its position never goes back', async () => {
    const [store, server] = [createMemoryStore(), new Server()]
    const made: number[] = []
    const write = server.index.write.bind(server.index)
    server.index.write = async (changes, step) => {
      const isMade = await write(changes, step)
      if (isMade && step && step.from !== step.to) made.push((await server.index.counts()).total)
      return isMade
    }
    const open = () => createRecommender({ extractor: extractor(), store: handle(store), index: server.client() })
    const all = await Promise.all(Array.from({ length: 5 }, open))
    const ids = Array.from({ length: 3000 }, (_, at) => `image-${at}`)
    await store.put(await recordsOf(ids))
    const end = await endOfFeed(store)
    await vi.waitFor(async () => expect(await placeInFeed(server.index)).toBe(end), SOON)
    // The first claims the index for its space.
    expect(made).toEqual([0, 1000, 2000, 3000])
    expect((await server.index.counts()).total).toBe(3000)
    await Promise.all(all.map((recommender) => recommender.close()))
  })

  it('equals the store after a storm, in which some stop in the midst of a write for ever', async () => {
    const random = seededRandom(23)
    const names = COCO_AXES.slice(1)
    for (let round = 0; round < 5; round++) {
      const [store, server] = [createMemoryStore(), new Server()]
      const doors = Array.from({ length: 4 }, gate)
      const mortal = await Promise.all(
        doors.map(({ pass }) =>
          createRecommender({
            extractor: extractor(),
            store: handle(store),
            index: server.client({ beforeAny: pass }),
          }),
        ),
      )
      await using survivor = await createRecommender({
        extractor: extractor(),
        store: handle(store),
        index: server.client(),
      })
      const everybody = [...mortal, survivor]
      const calls: Promise<unknown>[] = []
      const waited = Array.from({ length: 300 }, async (_, at) => {
        await new Promise((resolve) => setTimeout(resolve, at / 3))
        if (at % 75 === 40) doors[Math.floor(at / 75)]!.close()
        const recommender = everybody[Math.floor(random() * everybody.length)]!
        const id = `image-${Math.floor(random() * 20)}`
        const image = fakeImage({ [names[Math.floor(random() * 80)]!]: 0.7 + 0.3 * random() })
        const done = random() < 0.3 ? recommender.remove(id) : recommender.add({ id, image })
        calls.push(done)
        if (recommender === survivor) await done
      })
      await Promise.all(waited)
      // What they would have written long ago comes now.
      for (const { open } of doors) open()
      await Promise.all(calls)
      const truth: ImageRecord[] = []
      for await (const record of store.scan()) truth.push(record)
      await vi.waitFor(async () => {
        const found = await server.asFilled.search({ vector: truth[0]!.vector, limit: 1000 })
        const vectors = Object.fromEntries(found.map(({ id, vector }) => [id, vector]))
        expect(vectors).toEqual(Object.fromEntries(truth.map(({ id, vector }) => [id, vector])))
      }, SOON)
      await Promise.all(mortal.map((recommender) => recommender.close()))
    }
  })
})

async function recordsOf(ids: readonly string[]) {
  const store = createMemoryStore()
  await using recommender = await createRecommender({ extractor: extractor(), store: handle(store) })
  await recommender.addAll(ids.map((id) => ({ id, image: dog })))
  const records = await store.get(ids)
  return records.map((record) => record!)
}
