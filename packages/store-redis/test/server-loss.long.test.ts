import { expect, it } from 'vitest'
import { keysOf } from '../src/store/keys.ts'
import { contentOf } from './mirror.ts'
import { openedStores } from './opened-stores.ts'
import { describeWithPrivateServer, PrivateCluster, PrivateServer } from './private-server.ts'
import { idsOf, nextIds, record, records, soFar } from './records.ts'

const open = openedStores()

describeWithPrivateServer('a Cluster', () => {
  /** Which of the masters keeps the directory of this prefix. */
  async function directoryOf(cluster: PrivateCluster, prefix: string): Promise<PrivateServer> {
    const { meta } = keysOf(prefix).directory
    for (const server of cluster.servers) if ((await server.client().keys(meta)).length > 0) return server
    throw new Error('no master has it')
  }

  it('whose master comes back without its records has those of the others, and says so in its feed', async () => {
    const cluster = await PrivateCluster.start()
    const store = await open(cluster.client(), 'part')
    await store.put(records(200))
    const feed = store.changes()[Symbol.asyncIterator]()
    expect(await nextIds(feed)).toHaveLength(200)
    const directory = await directoryOf(cluster, 'part')
    await cluster.lose(cluster.servers.find((server) => server !== directory)!)
    expect(await nextIds(feed)).toHaveLength(200)
    const scanned: string[] = []
    for await (const { id } of store.scan()) scanned.push(id)
    expect(scanned.length).toBeGreaterThan(80)
    expect(scanned.length).toBeLessThan(180)
    expect([...(await contentOf(store)).keys()]).toEqual(scanned)
    await store.put(records(200))
    expect((await contentOf(store)).size).toBe(200)
    await feed.return?.()
  }, 60_000)

  it('whose master comes back without the directory takes in what the others have', async () => {
    const cluster = await PrivateCluster.start()
    const store = await open(cluster.client(), 'directory')
    await store.put(records(200))
    const { position } = (await soFar(store)).at(-1)!
    const feed = store.changes({ after: position })[Symbol.asyncIterator]()
    expect((await feed.next()).value).toEqual([])
    await cluster.lose(await directoryOf(cluster, 'directory'))
    const named = new Set<string>()
    const ids = idsOf(records(200)) as string[]
    // By the store that was open all the time, as it reads the feed: what is there, and nothing else.
    while (named.size < (await store.get(ids)).filter((found) => found !== undefined).length) {
      for (const id of await nextIds(feed)) named.add(id)
    }
    expect(named.size).toBeGreaterThan(80)
    const content = await contentOf(store)
    expect([...content.keys()].sort()).toEqual([...named].sort())
    await store.delete(ids)
    expect((await contentOf(store)).size).toBe(0)
    expect(await store.get(ids)).toEqual(ids.map(() => undefined))
    await feed.return?.()
  }, 60_000)
})

describeWithPrivateServer('a replica that takes over', () => {
  it('without the latest writes begins its feed anew, even where new writes have reached the same numbers', async () => {
    const master = await PrivateServer.start()
    const replica = await PrivateServer.start('--replicaof', '127.0.0.1', String(master.port))
    const [ofMaster, ofReplica] = [master.client(), replica.client()]
    const store = await open(ofMaster, 'failover')
    await store.put(records(10))
    while (Number(await ofMaster.call('wait', '1', '1000')) < 1);
    // It hears nothing any more.
    await ofReplica.call('replicaof', '127.0.0.1', '1')
    await store.put(records(5, 'lost'))
    const { position } = (await soFar(store)).at(-1)!
    await store.close()
    await master.kill()
    await ofReplica.call('replicaof', 'no', 'one')
    const after = await open(ofReplica, 'failover')
    await after.put(records(5, 'since'))
    const changes = await soFar(after, position)
    expect(idsOf(changes)).toEqual(idsOf([...records(10), ...records(5, 'since')]))
    expect(changes.at(-1)!.position.split('.')[1]).toBe(position.split('.')[1])
    expect((await contentOf(after)).size).toBe(15)
  }, 60_000)
})

/** Commands wait until the server is back, however long a busy machine needs for that. */
const patient = { maxRetriesPerRequest: null }

describeWithPrivateServer('a server that is killed', () => {
  it('has everything that was acknowledged where it appends to a file, and the feed begins anew', async () => {
    const server = await PrivateServer.start('--appendonly', 'yes', '--appendfsync', 'always')
    const store = await open(server.client(patient), 'kept')
    const feed = store.changes()[Symbol.asyncIterator]()
    expect((await feed.next()).value).toEqual([])
    await store.put(records(300))
    expect(await nextIds(feed)).toHaveLength(300)
    await store.delete(idsOf(records(20)) as string[])
    await server.kill()
    await server.start()
    expect((await contentOf(store)).size).toBe(280)
    const named = new Set<string>()
    while (named.size < 300) for (const id of await nextIds(feed)) named.add(id)
    await store.put([record('later')])
    while (!named.has('later')) for (const id of await nextIds(feed)) named.add(id)
    await feed.return?.()
  }, 60_000)

  it('and remembers nothing begins anew, and so does the feed', async () => {
    const server = await PrivateServer.start('--appendonly', 'no')
    const store = await open(server.client(patient), 'lost')
    await store.put(records(300))
    const { position } = (await soFar(store)).at(-1)!
    const feed = store.changes({ after: position })[Symbol.asyncIterator]()
    expect((await feed.next()).value).toEqual([])
    await server.kill()
    await server.start()
    expect(await store.count()).toBe(0)
    await store.put(records(2))
    expect(await nextIds(feed)).toEqual(idsOf(records(2)))
    expect(idsOf(await soFar(store, position))).toEqual(idsOf(records(2)))
    expect((await contentOf(store)).size).toBe(2)
    await feed.return?.()
  }, 60_000)

  it('and comes back from an old snapshot begins its feed anew, however much was written since', async () => {
    const server = await PrivateServer.start('--appendonly', 'no')
    const client = server.client(patient)
    const store = await open(client, 'snapshot')
    await store.put(records(10))
    await client.call('save')
    await store.put(records(10, 'forgotten'))
    const { position } = (await soFar(store)).at(-1)!
    await store.close()
    await server.kill()
    await server.start()
    // Another process writes more than was lost before anybody reads: by its number, the old position is not ahead.
    const writer = await open(server.client(patient), 'snapshot')
    await writer.put(records(30, 'since'))
    expect(await soFar(writer, position)).toHaveLength(40)
    expect((await contentOf(writer)).size).toBe(40)
  }, 60_000)

  it('in the middle of writes has all or nothing of each', async () => {
    const server = await PrivateServer.start('--appendonly', 'yes', '--appendfsync', 'always')
    const client = server.client(patient)
    const store = await open(client, 'busy')
    const batches = Array.from({ length: 30 }, (_, at) => records(40, `batch-${at}`))
    let killed = false
    const killing = (async () => {
      while ((await store.count()) < 200) await new Promise((resolve) => setTimeout(resolve, 1))
      await server.kill()
      killed = true
      await server.start()
    })()
    const outcomes = await Promise.allSettled(batches.map((batch) => store.put(batch)))
    await killing
    expect(killed).toBe(true)
    const content = await contentOf(await open(server.client(patient), 'busy'))
    for (const [at, batch] of batches.entries()) {
      const there = batch.filter(({ id }) => content.has(id)).length
      expect([0, 40]).toContain(there)
      if (outcomes[at]!.status === 'fulfilled') expect(there).toBe(40)
    }
  }, 60_000)
})
