import { expect, it, vi } from 'vitest'
import { slotOf } from '../src/exact/slot.ts'
import { bucketOf } from '../src/store/keys.ts'
import { Collection } from './collection.ts'
import { contentOf } from './mirror.ts'
import { openedStores } from './opened-stores.ts'
import { describeWithPrivateServer, PrivateCluster } from './private-server.ts'
import { idsOf, nextIds, records } from './records.ts'
import { Writers } from './writers.ts'

const open = openedStores()

describeWithPrivateServer('a Cluster with replicas', () => {
  it('whose masters are killed one after the other amid writes goes on with their replicas', async () => {
    const cluster = await PrivateCluster.start({ replicas: true })
    const collection = await Collection.open(cluster.client(), 'failover')
    const settled = idsOf(records(200)) as string[]
    await collection.put(settled, 0)
    // A link is up for as long as a second before its replica is sent anything.
    await cluster.synchronised(...cluster.replicas)
    const writers = new Writers((ids, number) => collection.put(ids, number))
    const takenOver: number[] = []
    for (const [at, master] of cluster.servers.entries()) {
      await writers.more(20)
      await master.kill()
      const began = performance.now()
      await cluster.promoted(cluster.replicas[at]!)
      await writers.more(4)
      takenOver.push(Math.round(performance.now() - began))
      await master.start()
      await cluster.synchronised(master)
    }
    await writers.stop()
    const numbers = await collection.numbers()
    const lost = writers.lostIn(numbers)
    for (const id of settled) expect(numbers.get(id), id).toBe('0')
    // What was lost without a trace nobody can name to an index: written again, it is named.
    await collection.put([...writers.acknowledged.keys()], 1_000_000)
    const calm = performance.now()
    await vi.waitFor(async () => expect(await collection.differences()).toEqual([]), 60_000)
    console.log(
      `3 masters killed amid ${writers.writes} writes: writing went on after ${takenOver.join(', ')} ms, ${writers.failures.length} calls failed, of ${writers.acknowledged.size} images ${lost.length} lost their last write; store and index agreed after ${Math.round(performance.now() - calm)} ms`,
    )
  }, 240_000)

  it('whose master is followed by one that had not heard of the latest writes loses those, and no others', async () => {
    const cluster = await PrivateCluster.start({ replicas: true })
    const at = Math.min(2, Math.floor((3 * slotOf('lagging')) / 16384))
    // Not the directory's, so that every id is still known.
    const [master, replica] = [cluster.servers[(at + 1) % 3]!, cluster.replicas[(at + 1) % 3]!]
    const store = await open(cluster.client(), 'lagging')
    await store.put(records(100))
    await cluster.synchronised(...cluster.replicas)
    const feed = store.changes()[Symbol.asyncIterator]()
    expect(await nextIds(feed)).toHaveLength(100)

    replica.pause()
    await master.client().call('client', 'kill', 'type', 'replica')
    await store.put(records(300, 'late'))
    await master.kill()
    replica.resume()
    while (
      (await replica
        .client()
        .call('cluster', 'failover', 'takeover')
        .catch(() => undefined)) !== 'OK'
    );
    await cluster.promoted(replica)

    const named = new Set<string>()
    while (named.size < 400) for (const id of await nextIds(feed)) named.add(id)
    for await (const _ of store.scan());
    const content = await contentOf(store)
    const first = Math.round((((at + 1) % 3) * 16384) / 3)
    const last = Math.round(((((at + 1) % 3) + 1) * 16384) / 3) - 1
    const isTheirs = (id: string) => {
      const slot = slotOf(`lagging/${bucketOf(id)}`)
      return slot >= first && slot <= last
    }
    const late = idsOf(records(300, 'late')) as string[]
    expect(late.filter((id) => !content.has(id))).toEqual(late.filter(isTheirs))
    expect(late.filter(isTheirs).length).toBeGreaterThan(50)
    for (const { id } of records(100)) expect(content.has(id)).toBe(true)
    await store.put(records(300, 'late'))
    expect((await contentOf(store)).size).toBe(400)
    await feed.return?.()
  }, 120_000)
})
