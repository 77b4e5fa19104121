import assert from 'node:assert/strict'
import type { Change, ImageRecord, ImageStore } from '../image-store.ts'
import { compareUtf8 } from '../utf8-order.ts'
import { plain, sampleRecord } from './contract-records.ts'
import { seededRandom } from './seeded-random.ts'
import type { TestRunner } from './test-runner.ts'

export interface FeedContractOptions extends TestRunner {
  readonly create: () => Promise<ImageStore>
  /** Makes a test that gets a store of its own. */
  readonly withStore: (test: (store: ImageStore) => Promise<void>) => () => Promise<void>
}

/** The part of `imageStoreContract` that is about `changes`. */
export function imageStoreFeedContract({ describe, it, create, withStore }: FeedContractOptions): void {
  describe('changes', () => {
    it(
      'names every image once, in the order of the last changes, then says that this was all',
      withStore(async (store) => {
        await store.put([sampleRecord('a')])
        await store.put([sampleRecord('b')])
        await store.put([sampleRecord('c')])
        await store.delete(['b'])
        await store.put([sampleRecord('a', { tags: ['again'] })])
        assert.deepEqual(
          (await changesSoFar(store)).map(({ id }) => id),
          ['c', 'b', 'a'],
        )
      }),
    )

    it(
      'begins with an empty batch where nothing has changed',
      withStore(async (store) => {
        const feed = store.changes()[Symbol.asyncIterator]()
        assert.deepEqual((await feed.next()).value, [])
        await feed.return?.()
      }),
    )

    it(
      'says once that it was all, and again after more has come',
      withStore(async (store) => {
        const stop = new AbortController()
        const sizes: number[] = []
        let writing: Promise<void> | undefined
        for await (const batch of store.changes({ signal: stop.signal })) {
          sizes.push(batch.length)
          if (batch.length === 0 && writing) stop.abort()
          else if (batch.length === 0) writing = store.put([sampleRecord('a'), sampleRecord('b')])
        }
        await writing
        assert.deepEqual(sizes, [0, 2, 0])
      }),
    )

    it(
      'continues behind a position',
      withStore(async (store) => {
        await store.put([sampleRecord('a')])
        await store.put([sampleRecord('b')])
        const before = await changesSoFar(store)
        await store.put([sampleRecord('c')])
        await store.delete(['a'])
        assert.deepEqual(
          (await changesSoFar(store, before.at(-1)!.position)).map(({ id }) => id),
          ['c', 'a'],
        )
        assert.deepEqual(
          (await changesSoFar(store, before[0]!.position)).map(({ id }) => id),
          ['b', 'c', 'a'],
        )
      }),
    )

    it(
      'gives each change a position that can be continued from, within one put too',
      withStore(async (store) => {
        await store.put([sampleRecord('a'), sampleRecord('b'), sampleRecord('c')])
        const all = await changesSoFar(store)
        assert.equal(new Set(all.map(({ position }) => position)).size, 3)
        for (const [at, { position }] of all.entries()) {
          assert.deepEqual(await changesSoFar(store, position), all.slice(at + 1))
        }
      }),
    )

    it(
      'begins anew behind a position of another store, which says nothing of this one',
      withStore(async (store) => {
        const other = await create()
        await other.put(['x', 'y', 'z'].map((id) => sampleRecord(id)))
        const positions = (await changesSoFar(other)).map(({ position }) => position)
        await other.close()
        await store.put([sampleRecord('a')])
        await store.put([sampleRecord('b')])
        for (const position of positions) {
          assert.deepEqual(
            (await changesSoFar(store, position)).map(({ id }) => id),
            ['a', 'b'],
          )
        }
      }),
    )

    it(
      'passes over deletes that deleted nothing',
      withStore(async (store) => {
        await store.delete(['nobody'])
        assert.deepEqual(await changesSoFar(store), [])
      }),
    )

    it(
      'waits, and goes on when something is written',
      withStore(async (store) => {
        const stop = new AbortController()
        const seen: string[] = []
        const reader = (async () => {
          for await (const batch of store.changes({ signal: stop.signal })) {
            seen.push(...batch.map(({ id }) => id))
            if (seen.length === 3) stop.abort()
          }
        })()
        await store.put([sampleRecord('a')])
        await turn(20)
        await store.put([sampleRecord('b'), sampleRecord('c')])
        await reader
        assert.deepEqual(seen.sort(), ['a', 'b', 'c'])
      }),
    )

    it(
      'ends without an error when the signal aborts, while it waits too',
      withStore(async (store) => {
        const aborted = AbortSignal.abort()
        for await (const _ of store.changes({ signal: aborted })) assert.fail('an aborted feed gives nothing')
        const stop = new AbortController()
        const reader = (async () => {
          for await (const batch of store.changes({ signal: stop.signal })) assert.deepEqual(batch, [])
        })()
        await turn(20)
        stop.abort()
        await reader
      }),
    )

    it('ends when the store closes', async () => {
      const store = await create()
      const reader = (async () => {
        for await (const batch of store.changes()) assert.deepEqual(batch, [])
      })()
      await turn(20)
      await store.close()
      await store.close()
      await reader
    })

    it(
      'serves several readers, each from its own position',
      withStore(async (store) => {
        await store.put([sampleRecord('a')])
        const first = store.changes()[Symbol.asyncIterator]()
        assert.deepEqual(
          (await first.next()).value?.map(({ id }: Change) => id),
          ['a'],
        )
        await store.put([sampleRecord('b')])
        assert.deepEqual(
          (await changesSoFar(store)).map(({ id }) => id),
          ['a', 'b'],
        )
        const rest: string[] = []
        while (rest.length === 0) rest.push(...((await first.next()).value as Change[]).map(({ id }) => id))
        assert.deepEqual(rest, ['b'])
        await first.return?.()
      }),
    )

    it(
      'leads whoever follows it to the state of the store',
      withStore(async (store) => {
        const random = seededRandom(7)
        const mirror = new Map<string, ImageRecord>()
        let position: string | undefined
        for (let round = 0; round < 30; round++) {
          for (let write = 0; write < 5; write++) {
            const id = `image-${Math.floor(random() * 12)}`
            if (random() < 0.3) await store.delete([id])
            else await store.put([sampleRecord(id, { tags: [`${round}.${write}`] })])
          }
          for (const change of await changesSoFar(store, position)) {
            const [now] = await store.get([change.id])
            if (now) mirror.set(change.id, now)
            else mirror.delete(change.id)
            position = change.position
          }
          const stored: ImageRecord[] = []
          for await (const it of store.scan()) stored.push(it)
          const mirrored = [...mirror.values()].sort((a, b) => compareUtf8(a.id, b.id))
          assert.deepEqual(plain(mirrored), plain(stored))
        }
      }),
    )
  })
}

/** The feed up to the first empty batch. */
export async function changesSoFar(store: ImageStore, after?: string): Promise<Change[]> {
  const changes: Change[] = []
  for await (const batch of store.changes({ after })) {
    if (batch.length === 0) break
    changes.push(...batch)
  }
  return changes
}

function turn(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
