import type { ImageStore } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { afterEach, expect, it } from 'vitest'
import type { RedisClient } from '../src/client/client.ts'
import { createRedisStore } from '../src/index.ts'
import { bucketOf } from '../src/store/keys.ts'
import { FaultyClient } from './faulty-client.ts'
import { contentOf, Mirror } from './mirror.ts'
import { idsOf, record, records, soFar } from './records.ts'
import { describeBothShapes } from './servers.ts'

describeBothShapes((server) => {
  const stores: ImageStore[] = []
  const open = async (prefix: string, client: RedisClient = server.connect()) => {
    const store = await createRedisStore({ client, prefix, pollInterval: 20 })
    stores.push(store)
    return store
  }
  const processes = (count: number, prefix: string) => Promise.all(Array.from({ length: count }, () => open(prefix)))
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })

  it('lets 8 processes start at once on nothing, and all write', async () => {
    const started = await processes(8, server.freshPrefix())
    await Promise.all(started.map((store, at) => store.put([record(`${at}`)])))
    expect(await started[0]!.count()).toBe(8)
    const feeds = await Promise.all(started.map((store) => soFar(store)))
    for (const feed of feeds) expect(feed).toEqual(feeds[0])
  })

  it('lets 8 processes write and delete the same images in opposite orders', async () => {
    const started = await processes(8, server.freshPrefix())
    const forward = records(600)
    const backward = [...forward].reverse()
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        started.map((store, at) => {
          const order = at % 2 === 0 ? forward : backward
          if (at % 4 === 3) return store.delete(order.slice(100, 400).map(({ id }) => id))
          return store.put(order.slice(at * 20).map((it) => ({ ...it, tags: [`${round}.${at}`] })))
        }),
      )
    }
    await Promise.all(started.map((store, at) => store.put(forward.map((it) => ({ ...it, tags: [`last.${at}`] })))))
    const content = await contentOf(started[0]!)
    expect(content.size).toBe(600)
    expect(new Set(content.values()).size, 'a put is all or nothing').toBe(1)
  }, 120_000)

  it('lets several processes delete the same images at once', async () => {
    const started = await processes(4, server.freshPrefix())
    await started[0]!.put(records(300))
    const ids = idsOf(records(300)) as string[]
    await Promise.all(started.map((store, at) => store.delete(at % 2 === 0 ? ids : [...ids].reverse())))
    expect(await contentOf(started[0]!)).toEqual(new Map())
    expect((await soFar(started[1]!)).length).toBe(300)
  }, 60_000)

  it('never shows an image older than it was shown before, nor half of what is in one bucket', async () => {
    const prefix = server.freshPrefix()
    const started = await processes(4, prefix)
    const one = 'image-0'
    const other = Array.from({ length: 1000 }, (_, at) => `image-${at}`).find(
      (id) => id !== one && bucketOf(id) === bucketOf(one),
    )!
    const elsewhere = Array.from({ length: 30 }, (_, at) => `elsewhere-${at}`)
    let version = 0
    let writing = true
    let acknowledged = 0
    // One writes versions, the others write around it and read.
    const writer = (async () => {
      while (version < 150) {
        version++
        await started[0]!.put([one, ...elsewhere, other].map((id) => record(id, { tags: [String(version)] })))
        acknowledged = version
      }
      writing = false
    })()
    const around = (async () => {
      while (writing) await started[1]!.put(elsewhere.slice(0, 10).map((id) => record(id, { tags: ['around'] })))
    })()
    const readers = started.slice(2).map(async (store) => {
      let seen = 0
      while (writing) {
        const least = Math.max(seen, acknowledged)
        const [first, second] = await store.get([one, other])
        const shown = Number(first?.tags[0] ?? 0)
        expect(shown).toBeGreaterThanOrEqual(least)
        expect(second?.tags[0] ?? '0').toBe(String(shown))
        seen = shown
      }
    })
    const follower = (async () => {
      const mirror = new Mirror(started[3]!)
      let seen = 0
      while (writing) {
        await mirror.catchUp()
        const shown = Number(mirror.tags.get(one) ?? 0)
        expect(shown).toBeGreaterThanOrEqual(seen)
        seen = shown
      }
      await mirror.catchUp()
      expect(mirror.sorted()).toEqual(await contentOf(started[0]!))
    })()
    await Promise.all([writer, around, ...readers, follower])
  }, 120_000)

  it('agrees with itself behind a storm of writes and deaths', async () => {
    const prefix = server.freshPrefix()
    const random = seededRandom(11)
    const watcher = await open(prefix)
    const mirror = new Mirror(watcher)
    const client = server.connect()
    const acknowledged = new Map<string, number>()
    let deaths = 0
    let clock = 0
    const live = async () => {
      while (deaths < 120) {
        const faulty = new FaultyClient(client)
        const store = await createRedisStore({ client: faulty.client, prefix, pollInterval: 20 })
        // Every life ends somewhere in one of its writes: before, in or behind a command.
        let left = Math.floor(random() * 60)
        const last = random() < 0.5 ? 'refused' : 'unanswered'
        faulty.fateOf = () => (left-- > 0 ? 'sent' : left === -1 ? last : 'refused')
        try {
          while (true) {
            const ids = Array.from({ length: 1 + Math.floor(random() * 8) }, () => `image-${Math.floor(random() * 30)}`)
            const now = ++clock
            if (random() < 0.3) await store.delete(ids)
            else {
              await store.put(ids.map((id) => record(id, { tags: [String(now)] })))
              for (const id of ids) acknowledged.set(id, Math.max(now, acknowledged.get(id) ?? 0))
            }
          }
        } catch {
          deaths++
        }
        await store.close()
      }
    }
    const following = (async () => {
      while (deaths < 120) await mirror.catchUp()
    })()
    await Promise.all([live(), live(), live(), live(), following])
    const content = await contentOf(watcher)
    await mirror.catchUp()
    expect(mirror.sorted()).toEqual(content)
    const again = new Mirror(await open(prefix))
    await again.catchUp()
    expect(again.sorted()).toEqual(content)
    expect(deaths).toBeGreaterThanOrEqual(120)
    expect(acknowledged.size).toBeGreaterThan(0)
  }, 120_000)

  it('tells one process what another wrote', async () => {
    const [writer, reader] = await processes(2, server.freshPrefix())
    const feed = reader!.changes()[Symbol.asyncIterator]()
    expect((await feed.next()).value).toEqual([])
    for (const write of [() => writer!.put([record('a')]), () => writer!.delete(['a'])]) {
      const next = feed.next()
      await write()
      expect(idsOf((await next).value)).toEqual(['a'])
      expect((await feed.next()).value).toEqual([])
    }
    await feed.return?.()
  })
})
