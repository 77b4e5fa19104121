import type { ImageStore, JsonObject } from '@image-recommender/core'
import { afterEach, describe, expect, it } from 'vitest'
import { isCluster } from '../src/client/client.ts'
import { createRedisStore } from '../src/index.ts'
import { changesBehind } from '../src/store/scripts/directory-scripts.ts'
import { through } from './faulty-client.ts'
import { idsOf, record, records, soFar } from './records.ts'
import { describeBothShapes, type TestClient } from './servers.ts'

describeBothShapes((server) => {
  let client: TestClient | undefined
  const stores: ImageStore[] = []
  const open = async (options: { prefix?: string; pollInterval?: number } = {}) => {
    client ??= server.connect()
    const store = await createRedisStore({ client, prefix: server.freshPrefix(), ...options })
    stores.push(store)
    return store
  }
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })

  describe('values', () => {
    it('keeps tags that are no well-formed text', async () => {
      const store = await open()
      await store.put([record('a', { tags: ['\ud800'] })])
      expect((await store.get(['a']))[0]!.tags).toEqual(['\ud800'])
    })

    it('takes and gives heavy records, in pages that stay small', async () => {
      const store = await open()
      const heavy = records(60).map((it) => ({ ...it, metadata: { text: 'ä'.repeat(200_000) } }))
      await store.put([...heavy, ...records(300, 'light')])
      expect(await store.get([heavy[59]!.id])).toEqual([heavy[59]])
      const scanned: string[] = []
      for await (const { id } of store.scan()) scanned.push(id)
      expect(scanned).toEqual([...idsOf(heavy), ...idsOf(records(300, 'light'))])
    }, 60_000)
  })

  describe('put', () => {
    it('takes more in a call than it sends at once, and all of it at one place in the feed', async () => {
      const store = await open()
      const many = records(9000)
      await store.put(many)
      expect(await store.count()).toBe(9000)
      expect(idsOf(await soFar(store))).toEqual(idsOf(many))
      await store.delete(idsOf(many.slice(0, 8500)) as string[])
      expect(await store.count()).toBe(500)
      expect(idsOf(await soFar(store))).toEqual([...idsOf(many.slice(8500)), ...idsOf(many.slice(0, 8500))])
    }, 60_000)

    it('leaves the thread to others meanwhile', async () => {
      const store = await open()
      const many = records(20_000)
      let turns = 0
      const timer = setInterval(() => turns++, 1)
      await store.put(many)
      const whilePutting = turns
      for await (const _ of store.scan()) {
        // Only how it is read matters.
      }
      clearInterval(timer)
      expect(whilePutting).toBeGreaterThan(5)
      expect(turns - whilePutting).toBeGreaterThan(5)
    }, 60_000)

    it('writes nothing of a call in which one record cannot be packed', async () => {
      const store = await open()
      await store.put([record('before')])
      const bad = { ...record('bad'), metadata: { big: 1n } as unknown as JsonObject }
      await expect(store.put([...records(5000), bad])).rejects.toBeInstanceOf(TypeError)
      expect(await store.count()).toBe(1)
      expect(idsOf(await soFar(store))).toEqual(['before'])
      await store.put([record('after')])
      expect(await store.count()).toBe(2)
    }, 60_000)
  })

  describe('scan', () => {
    it('comes to its end at, before and behind the size of a page', async () => {
      for (const count of [1, 99, 100, 101, 1099, 1100, 1101]) {
        const store = await open()
        await store.put(records(count))
        const scanned: string[] = []
        for await (const { id } of store.scan()) scanned.push(id)
        expect(scanned).toEqual(idsOf(records(count)))
      }
    }, 60_000)

    it('gives each record once while others come and go on all pages', async () => {
      const store = await open()
      await store.put(records(2500))
      const scanned: string[] = []
      let round = 0
      for await (const { id } of store.scan()) {
        scanned.push(id)
        if (scanned.length % 300 !== 0) continue
        round++
        await store.put([...records(2500).slice(round * 100, round * 100 + 50), ...records(20, `new-${round}`)])
        await store.delete(idsOf(records(20, `new-${round - 1}`)) as string[])
      }
      expect(new Set(scanned).size).toBe(scanned.length)
      expect(scanned.filter((id) => id.startsWith('image'))).toEqual(idsOf(records(2500)))
    }, 60_000)

    it('can be left while the next page is on its way, and begun many times at once', async () => {
      const store = await open()
      await store.put(records(1000))
      const firsts = await Promise.all(
        Array.from({ length: 10 }, async () => {
          for await (const { id } of store.scan()) return id
          return undefined
        }),
      )
      expect(new Set(firsts)).toEqual(new Set([records(1)[0]!.id]))
    })
  })

  describe('sample', () => {
    it('makes all records as likely, those that moved or came late too', async () => {
      const store = await open()
      await store.put(records(300))
      await store.delete(idsOf(records(100)) as string[])
      await store.put(records(20).concat(records(120).slice(100)))
      const seen = new Map<string, number>()
      for (let draw = 0; draw < 440; draw++) {
        const ids = idsOf(await store.sample(5)) as string[]
        expect(new Set(ids).size).toBe(5)
        for (const id of ids) seen.set(id, (seen.get(id) ?? 0) + 1)
      }
      // 2200 draws over 220 records, 10 expected of each. Chi-squared with 219 degrees of freedom exceeds 315 once in 40,000.
      let chiSquared = (220 - seen.size) * 10
      for (const count of seen.values()) chiSquared += (count - 10) ** 2 / 10
      expect(chiSquared).toBeLessThan(315)
    }, 60_000)

    it('gives thousands, none twice', async () => {
      const store = await open()
      await store.put(records(3000))
      for (const count of [2500, 3000, 1e9]) {
        const ids = idsOf(await store.sample(count))
        expect(ids).toHaveLength(Math.min(count, 3000))
        expect(new Set(ids).size).toBe(ids.length)
      }
      expect(await store.sample(0)).toEqual([])
    }, 60_000)
  })

  describe('changes', () => {
    it('gives batches of at most 1000, together every change', async () => {
      const store = await open()
      await store.put(records(2500))
      await store.delete(idsOf(records(1200)) as string[])
      const sizes: number[] = []
      const ids = new Set<string>()
      for await (const batch of store.changes()) {
        sizes.push(batch.length)
        for (const { id } of batch) ids.add(id)
        if (batch.length === 0) break
      }
      expect(sizes).toEqual([1000, 1000, 500, 0])
      expect(ids.size).toBe(2500)
    }, 60_000)

    it.each([
      '',
      'x',
      '1',
      '0123456789abcdef',
      '0123456789abcdef.',
      '0123456789abcdef.-1',
      '0123456789abcdef.1.1',
      ' 0123456789abcdef.1',
      '0123456789abcdef.1 ',
      '0123456789abcdef.1e3',
      '0123456789abcdef.9007199254740992',
      '0123456789abcdeg.1',
      '0123456789ABCDEF.1',
    ])('refuses %j as a position', async (after) => {
      const store = await open()
      await expect(soFar(store, after)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(JSON.stringify(after)),
      })
    })

    it('begins anew behind a position that this store never handed out', async () => {
      const store = await open()
      await store.put([record('a')])
      expect(idsOf(await soFar(store, '0123456789abcdef.9007199254740991'))).toEqual(['a'])
      const [epoch] = (await soFar(store))[0]!.position.split('.')
      expect(idsOf(await soFar(store, `${epoch}.9007199254740991`))).toEqual(['a'])
      expect(idsOf(await soFar(store, `${epoch}.0`))).toEqual(['a'])
    })

    it('wakes at once for what this store writes', async () => {
      const store = await open({ pollInterval: 3_600_000 })
      const feed = store.changes()[Symbol.asyncIterator]()
      expect((await feed.next()).value).toEqual([])
      for (const write of [() => store.put([record('a')]), () => store.delete(['a'])]) {
        const next = feed.next()
        await write()
        expect(idsOf((await next).value)).toEqual(['a'])
        expect((await feed.next()).value).toEqual([])
      }
      await feed.return?.()
    })

    it('hears at once of what was written while it looked', async () => {
      const prefix = server.freshPrefix()
      client ??= server.connect()
      let looks = 0
      const connection = through(client, async (_, args, send) => {
        const reply = await send()
        const isLook = args[0] === changesBehind.sha1 || args[0] === changesBehind.source
        if (isLook && looks++ === 0) await store.put([record('a')])
        return reply
      })
      const nodes = isCluster(client) ? { nodes: client.nodes.bind(client) } : {}
      const store = await createRedisStore({ client: { ...connection, ...nodes }, prefix, pollInterval: 3_600_000 })
      stores.push(store)
      const feed = store.changes()[Symbol.asyncIterator]()
      expect((await feed.next()).value).toEqual([])
      expect(idsOf((await feed.next()).value)).toEqual(['a'])
      await feed.return?.()
    })
  })

  describe('two stores over one client', () => {
    it('of different prefixes have nothing to do with each other', async () => {
      const prefix = server.freshPrefix()
      // One is the beginning of the other, and looks like a bucket of it.
      const [one, other] = [await open({ prefix }), await open({ prefix: `${prefix}:7` })]
      await one.put(records(30))
      await other.put(records(5, 'other'))
      await one.delete(['other-000001'])
      expect([await one.count(), await other.count()]).toEqual([30, 5])
      expect([(await soFar(one)).length, (await soFar(other)).length]).toEqual([30, 5])
    })
  })

  describe('after closing', () => {
    it('leaves the client open', async () => {
      const prefix = server.freshPrefix()
      const store = await open({ prefix })
      await store.put([record('a')])
      await store.close()
      expect(await (await open({ prefix })).count()).toBe(1)
    })

    it('has waited for what was under way, to the last of it', async () => {
      const prefix = server.freshPrefix()
      const store = await open({ prefix })
      let finished = false
      const writing = store.put(records(6000)).then(() => {
        finished = true
      })
      await store.close()
      expect(finished).toBe(true)
      await writing
      expect(await (await open({ prefix })).count()).toBe(6000)
    })

    it('takes its listeners off the client', async () => {
      const own = server.connect() as TestClient & { listenerCount(event: string): number }
      const listeners = () => own.listenerCount('error') + own.listenerCount('node error')
      const before = listeners()
      const store = await createRedisStore({ client: own, prefix: server.freshPrefix() })
      expect(listeners()).toBe(before + ('nodes' in own ? 2 : 1))
      await store.close()
      expect(listeners()).toBe(before)
    })
  })
})
