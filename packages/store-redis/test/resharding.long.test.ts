import { setTimeout } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { indexKeysOf } from '../src/exact/index-keys.ts'
import { slotOf } from '../src/exact/slot.ts'
import { hashTag } from '../src/prefix.ts'
import { everyBucket } from '../src/store/keys.ts'
import { Collection } from './collection.ts'
import { openedStores } from './opened-stores.ts'
import { describeWithPrivateServer, PrivateCluster } from './private-server.ts'
import { idsOf, record } from './records.ts'
import { refusal } from './refusals.ts'
import { beginMove, moveSlot } from './slots.ts'
import { Writers } from './writers.ts'

const open = openedStores()

describeWithPrivateServer('a Cluster', () => {
  /** The slots of a store and of an index with this prefix, each once. */
  function slotsOf(prefix: string): number[] {
    const ofIndex = indexKeysOf(prefix, 6).buckets.map(({ state }) => /\{.*\}/.exec(state)![0])
    const tags = [hashTag(prefix), ...everyBucket.map((bucket) => hashTag(prefix, bucket)), ...ofIndex]
    return [...new Set(tags.map((tag) => slotOf(tag.slice(1, -1))))]
  }

  it('whose slots are moved while much is written loses nothing, and store and index agree', async () => {
    const cluster = await PrivateCluster.start()
    const collection = await Collection.open(cluster.client(), 'moving')
    const writers = new Writers((ids, number) => collection.put(ids, number))
    await writers.more(20)
    let moved = 0
    for (const slot of slotsOf('moving')) {
      const at = Math.min(2, Math.floor((3 * slot) / 16384))
      await moveSlot(slot, cluster.servers[at]!, cluster.servers[(at + 1) % 3]!)
      moved++
    }
    await writers.more(20)
    await writers.stop()
    expect(writers.lostIn(await collection.numbers())).toEqual([])
    await vi.waitFor(async () => expect(await collection.differences()).toEqual([]), 30_000)
    console.log(`${moved} slots moved amid ${writers.writes} writes, ${writers.failures.length} of them failed, 0 lost`)
    expect(moved).toBeGreaterThan(60)
  }, 180_000)

  it('whose slot is on its way for longer than the client waits fails what needs it, and says why', async () => {
    const cluster = await PrivateCluster.start()
    const store = await open(cluster.client(), 'held')
    await store.put([record('a')])
    const slot = slotOf('held')
    const at = Math.min(2, Math.floor((3 * slot) / 16384))
    const [from, to] = [cluster.servers[at]!, cluster.servers[(at + 1) % 3]!]
    await beginMove(slot, from, to)
    expect(await refusal(store.put([record('b')]))).toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/redirections.*to another master.*maxRedirections/s),
    })
    expect(idsOf(await store.get(['a']))).toEqual(['a'])
    const waiting = store.put([record('c')])
    await setTimeout(300)
    await moveSlot(slot, from, to)
    await waiting
    await store.put([record('b')])
    expect(await store.count()).toBe(3)
  }, 60_000)
})
