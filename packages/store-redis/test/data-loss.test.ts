import { describe, expect, it } from 'vitest'
import { isCluster, type RedisClient, type RedisConnection } from '../src/client/client.ts'
import { Commands } from '../src/client/commands.ts'
import { Directory } from '../src/store/directory.ts'
import { keysOf } from '../src/store/keys.ts'
import { through } from './faulty-client.ts'
import { contentOf } from './mirror.ts'
import { openedStores } from './opened-stores.ts'
import { idsOf, nextIds, record, records, soFar } from './records.ts'
import { restarted } from './restarted.ts'
import { deleteKeys, describeBothShapes, type TestClient } from './servers.ts'

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

  describe('when all is gone', () => {
    it('the feed begins anew for whoever waits, and for whoever comes back', async () => {
      const { prefix, store } = await setUp(3)
      const feed = store.changes()[Symbol.asyncIterator]()
      expect(await nextIds(feed)).toHaveLength(3)
      const { position } = (await soFar(store)).at(-1)!
      await deleteKeys(client, prefix)
      // Fewer changes than before: by its number, the old position would be ahead of them.
      await store.put([record('anew')])
      expect(await nextIds(feed)).toEqual(['anew'])
      expect(idsOf(await soFar(store, position))).toEqual(['anew'])
      expect(await soFar(store, (await soFar(store)).at(-1)!.position)).toEqual([])
      await feed.return?.()
    })

    it('a position does not hide as many changes that came since', async () => {
      const { prefix, store } = await setUp(3)
      const { position } = (await soFar(store)).at(-1)!
      await deleteKeys(client, prefix)
      await store.put(records(20, 'anew'))
      expect(await soFar(store, position)).toHaveLength(20)
    })

    it('the store is empty, and works', async () => {
      const { prefix, store } = await setUp(3)
      await deleteKeys(client, prefix)
      expect(await contentOf(store)).toEqual(new Map())
      expect(await soFar(store)).toEqual([])
      expect(await store.sample(2)).toEqual([])
      await store.delete(idsOf(records(3)) as string[])
      await store.put(records(2))
      expect((await contentOf(store)).size).toBe(2)
    })
  })

  it('when the directory went back, a position that is ahead of it begins anew', async () => {
    const { prefix, store } = await setUp(3)
    const { position } = (await soFar(store)).at(-1)!
    const { meta, feed } = keysOf(prefix).directory
    await client.callBuffer('hset', meta, 'clock', '1')
    await client.callBuffer('zremrangebyscore', feed, '2', '+inf')
    expect(await soFar(store, position)).toHaveLength(1)
  })

  describe('when a server is another one than before', () => {
    it('the feed begins anew for everybody, once', async () => {
      const { prefix, store } = await setUp(3)
      const feed = store.changes()[Symbol.asyncIterator]()
      expect(await nextIds(feed)).toHaveLength(3)
      const before = (await soFar(store)).at(-1)!.position
      expect(await soFar(store, before)).toEqual([])
      const after = await open(restarted(client), prefix)
      expect(await nextIds(feed)).toHaveLength(3)
      for (const one of [store, after, await open(client, prefix), await open(restarted(client), prefix)]) {
        const changes = await soFar(one, before)
        expect(changes).toHaveLength(3)
        expect(await soFar(one, changes.at(-1)!.position)).toEqual([])
      }
      await feed.return?.()
    })

    it('only the latest are remembered', async () => {
      const { prefix } = await setUp(1)
      const directory = new Directory(new Commands(client), keysOf(prefix).directory)
      const marks = Array.from({ length: 70 }, (_, at) => `server-${at}`)
      for (const mark of marks) await directory.noteServers([mark])
      expect((await directory.describe()).servers).toEqual(marks.slice(-64))
    })

    it('a store that is open notices by itself', async () => {
      client ??= server.connect()
      let now: RedisClient = client
      const prefix = server.freshPrefix()
      const store = await open(
        {
          ...through(client),
          info: (...sections) => (now as RedisConnection).info(...sections),
          ...(isCluster(client) && { nodes: (role: 'master') => (isCluster(now) ? now.nodes(role) : []) }),
        },
        prefix,
      )
      await store.put(records(3))
      const feed = store.changes()[Symbol.asyncIterator]()
      expect(await nextIds(feed)).toHaveLength(3)
      now = restarted(client)
      expect(await nextIds(feed)).toHaveLength(3)
      await feed.return?.()
    })
  })
})
