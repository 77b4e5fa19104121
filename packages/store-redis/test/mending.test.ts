import { describe, expect, it } from 'vitest'
import { bucketOf, keysOf } from '../src/store/keys.ts'
import { idsFrom } from '../src/store/scripts/bucket-scripts.ts'
import { bury } from '../src/store/scripts/directory-scripts.ts'
import { commit } from '../src/store/scripts/write-scripts.ts'
import { FaultyClient } from './faulty-client.ts'
import { contentOf } from './mirror.ts'
import { openedStores } from './opened-stores.ts'
import { idsOf, record, records, soFar } from './records.ts'
import { restarted } from './restarted.ts'
import { describeBothShapes, type TestClient } from './servers.ts'

const open = openedStores()

describeBothShapes((server) => {
  let client: TestClient
  const setUp = async (count: number) => {
    client ??= server.connect()
    const prefix = server.freshPrefix()
    const store = await open(client, prefix)
    await store.put(records(count))
    return { prefix, store }
  }

  describe('when directory and records are of different times', () => {
    it('records that the directory has forgotten are taken in by whoever starts on the other server', async () => {
      const { prefix, store } = await setUp(5)
      const { directory } = keysOf(prefix)
      const keys = [directory.meta, directory.ids, directory.feed]
      const kept = (await Promise.all(keys.map((key) => client.callBuffer('dump', key)))) as Buffer[]
      await store.put(records(30, 'forgotten'))
      await store.delete([records(1)[0]!.id])
      for (const [at, key] of keys.entries()) await client.callBuffer('restore', key, '0', kept[at]!, 'replace')
      expect(await store.count()).toBe(5)
      const started = await open(restarted(client), prefix)
      // The deletion was forgotten too, and its record is gone: a scan finds that.
      for await (const _ of started.scan());
      expect([...(await contentOf(started)).keys()].sort()).toEqual(
        (idsOf([...records(5).slice(1), ...records(30, 'forgotten')]) as string[]).sort(),
      )
    })

    it('records whose deletion was lost are deleted by whoever starts, and by whoever deletes them again', async () => {
      const { prefix, store } = await setUp(40)
      const ids = idsOf(records(40)) as string[]
      const { buckets } = keysOf(prefix)
      for (const again of ['started', 'deleted'] as const) {
        const kept = new Map<string, Buffer>()
        for (const { records: key } of buckets) {
          const dump = await client.callBuffer('dump', key)
          if (dump) kept.set(key, dump as Buffer)
        }
        const gone = again === 'started' ? ids.slice(0, 10) : ids.slice(10, 20)
        await store.delete(gone)
        const { position } = (await soFar(store)).at(-1)!
        for (const [key, dump] of kept) await client.callBuffer('restore', key, '0', dump, 'replace')
        expect(idsOf(await store.get(gone))).toEqual(gone)
        if (again === 'started') await open(restarted(client), prefix)
        else await store.delete([...gone, 'nobody'])
        expect(await store.get(gone)).toEqual(gone.map(() => undefined))
        expect(await store.count()).toBe(again === 'started' ? 30 : 20)
        expect(idsOf(await soFar(store, position))).toEqual(expect.arrayContaining(gone))
        expect((await contentOf(store)).size).toBe(again === 'started' ? 30 : 20)
      }
    })
  })

  describe('whoever mends', () => {
    /** All records, with those put back that were deleted since. */
    async function undeleted(prefix: string, remove: () => Promise<void>): Promise<void> {
      const { buckets } = keysOf(prefix)
      const kept = await Promise.all(buckets.map(({ records: key }) => client.callBuffer('dump', key)))
      await remove()
      for (const [at, dump] of kept.entries()) {
        if (dump) await client.callBuffer('restore', buckets[at]!.records, '0', dump as Buffer, 'replace')
      }
    }

    it('deletes no image that is put in between', async () => {
      const { prefix, store } = await setUp(1)
      const [id] = idsOf(records(1)) as [string]
      await undeleted(prefix, () => store.delete([id]))
      const faulty = new FaultyClient(client)
      const other = await open(faulty.client, prefix)
      let asked = 0
      faulty.before = async (_, args) => {
        if (args[0] === commit.sha1 && asked++ === 0) await store.put([record(id, { tags: ['again'] })])
      }
      await other.delete([id])
      expect(asked).toBe(1)
      expect(await contentOf(store)).toEqual(new Map([[id, 'again']]))
    })

    it('takes what writes under way have staged for no image', async () => {
      const { prefix, store } = await setUp(2)
      const faulty = new FaultyClient(client)
      const dying = await open(faulty.client, prefix)
      let dead = false
      faulty.fateOf = (_, args) => {
        dead ||= args[0] === commit.sha1
        return dead ? 'refused' : 'sent'
      }
      await expect(dying.put(records(20, 'never'))).rejects.toMatchObject({ code: 'STORE_FAILED' })
      await open(restarted(client), prefix)
      expect(await store.count()).toBe(2)
      expect(idsOf(await soFar(store))).toEqual(idsOf(records(2)))
    })

    it('does so once', async () => {
      const { prefix } = await setUp(2)
      let looked = 0
      const watched = new FaultyClient(restarted(client))
      watched.before = async (_, args) => {
        if (args[0] === idsFrom.sha1) looked++
      }
      await open(watched.client, prefix)
      expect(looked).toBe(64)
      await open(watched.client, prefix)
      expect(looked).toBe(64)
    })
  })

  describe('when records are gone that the directory has', () => {
    it('a scan deletes them, in the feed too', async () => {
      const { prefix, store } = await setUp(50)
      const ids = idsOf(records(50)) as string[]
      const { buckets } = keysOf(prefix)
      const lost = ids.filter((id) => bucketOf(id) === bucketOf(ids[0]!))
      await client.callBuffer('del', buckets[bucketOf(ids[0]!)]!.records)
      const { position } = (await soFar(store)).at(-1)!
      const scanned: string[] = []
      for await (const { id } of store.scan()) scanned.push(id)
      expect(scanned).toEqual(ids.filter((id) => !lost.includes(id)))
      expect(idsOf(await soFar(store, position)).sort()).toEqual(lost)
      expect((await contentOf(store)).size).toBe(50 - lost.length)
      await store.put(records(50))
      expect((await contentOf(store)).size).toBe(50)
    })

    it('a scan deletes none that was put in between', async () => {
      const { prefix, store } = await setUp(3)
      const [id] = idsOf(records(3)) as [string]
      await client.callBuffer('del', keysOf(prefix).buckets[bucketOf(id)]!.records)
      const faulty = new FaultyClient(client)
      const scanning = await open(faulty.client, prefix)
      let buried = 0
      faulty.before = async (_, args) => {
        if (args[0] === bury.sha1 && buried++ === 0) await store.put([record(id, { tags: ['again'] })])
      }
      for await (const _ of scanning.scan());
      expect(buried).toBe(1)
      expect((await contentOf(store)).get(id)).toBe('again')
    })

    it('everything else goes on without them', async () => {
      const { prefix, store } = await setUp(50)
      const [first] = idsOf(records(50)) as [string]
      await client.callBuffer('del', keysOf(prefix).buckets[bucketOf(first)]!.records)
      expect(await store.get([first])).toEqual([undefined])
      const sampled = await store.sample(50)
      expect(sampled.length).toBeLessThan(50)
      expect(sampled.length).toBeGreaterThan(30)
      await store.delete([first])
      await store.put([record(first)])
      expect(idsOf(await store.get([first]))).toEqual([first])
    })
  })
})
