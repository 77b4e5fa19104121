import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { describeEachStore, type IndexKind, type OpenPlace } from './places.ts'
import { ReplicaProcess } from './replica-process.ts'
import { contentOf, truthOf } from './truth.ts'

/** How long others may take to find what one has added, in milliseconds, with room for a machine that is busy. */
const SOON = { timeout: 2000 + 8000, interval: 20 }

describeEachStore((open, kinds) => {
  describe.each(kinds)('two processes, each with an index of the kind %s', (kind: IndexKind) => {
    let place: OpenPlace
    let one: ReplicaProcess
    let other: ReplicaProcess
    beforeAll(async () => {
      place = await open()
      one = new ReplicaProcess({ place: place.place, kind, seed: 1 })
      other = new ReplicaProcess({ place: place.place, kind, seed: 2 })
      await Promise.all([one.ready, other.ready])
    }, 60_000)
    afterAll(async () => {
      await Promise.all([one.close(), other.close()])
      await place.remove()
    }, 60_000)

    it('find what the other adds, and what it replaces; what it removes is gone', async () => {
      const store = await place.store()
      const found: number[] = []
      const agree = async () => {
        const truth = await truthOf(store)
        const began = performance.now()
        for (const process of [one, other])
          await vi.waitFor(async () => expect(await contentOf(process)).toEqual(truth), SOON)
        found.push(Math.round(performance.now() - began))
      }
      const ids = Array.from({ length: 30 }, (_, at) => `image-${at}`)
      for (let round = 0; round < 3; round++) {
        const [writer, reader] = round % 2 === 0 ? [one, other] : [other, one]
        await writer.call('put', ids)
        // One's own writes are read at once, without a wait.
        expect(await contentOf(writer)).toEqual(await truthOf(store))
        await agree()
        await reader.call('put', ids.slice(10, 25))
        await agree()
        await writer.call('remove', ids.slice(0, 20))
        expect(await contentOf(writer)).toEqual(await truthOf(store))
        await agree()
      }
      expect((await truthOf(store)).counts.total).toBeGreaterThan(0)
      console.log(`${kind}: all found after ${found.join(', ')} ms`)
    }, 120_000)
  })

  it('8 processes that start at once on nothing agree', async () => {
    const place = await open()
    const replicas = Array.from(
      { length: 8 },
      (_, at) => new ReplicaProcess({ place: place.place, kind: kinds[at % kinds.length]!, seed: at }),
    )
    try {
      await Promise.all(replicas.map((replica) => replica.ready))
      await Promise.all(replicas.map((replica, at) => replica.call('put', [`own-${at}`, 'common'])))
      const truth = await truthOf(await place.store())
      for (const replica of replicas)
        await vi.waitFor(async () => expect(await contentOf(replica)).toEqual(truth), SOON)
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()))
      await place.remove()
    }
  }, 120_000)
})
