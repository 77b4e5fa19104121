import type { ImageStore } from '@image-recommender/core'
import { expect, it } from 'vitest'
import { apply, stage, stageDeletions } from '../src/store/scripts/bucket-scripts.ts'
import { commit } from '../src/store/scripts/write-scripts.ts'
import { FaultyClient } from './faulty-client.ts'
import { contentOf } from './mirror.ts'
import { openedStores } from './opened-stores.ts'
import { describeWithPrivateServer, PrivateServer } from './private-server.ts'
import { idsOf, record, records, soFar, turn } from './records.ts'
import { describeBothShapes } from './servers.ts'

const open = openedStores()
const ids = idsOf(records(40)) as string[]

describeWithPrivateServer('a server that comes back without what a write had staged in the buckets', () => {
  /** A store whose next write loses that, between staging and commit. */
  async function forgetful(): Promise<{ store: ImageStore; forget(): void; hasForgotten(): boolean }> {
    const server = await PrivateServer.start('--appendonly', 'no')
    const client = server.client({ maxRetriesPerRequest: null })
    const faulty = new FaultyClient(client)
    const store = await open(faulty.client, 'staging')
    let snapshot: Promise<unknown> | undefined
    let restart: Promise<void> | undefined
    return {
      store,
      forget() {
        faulty.before = async (_, [script]) => {
          // The directory knows of the write by then; no bucket does.
          if (script === stage.sha1 || script === stageDeletions.sha1) {
            snapshot ??= turn(100).then(() => client.call('save'))
            await snapshot
          }
          if (script === commit.sha1) {
            restart ??= server.kill().then(() => server.start())
            await restart
          }
        }
      },
      hasForgotten: () => restart !== undefined,
    }
  }

  it('has all of a put that was acknowledged since', async () => {
    const { store, forget, hasForgotten } = await forgetful()
    await store.put(ids.slice(0, 10).map((id) => record(id, { tags: ['old'] })))
    forget()
    await store.put(ids.map((id) => record(id, { tags: ['new'] })))
    expect(hasForgotten()).toBe(true)
    expect(await contentOf(store)).toEqual(new Map([...ids].sort().map((id) => [id, 'new'])))
  }, 60_000)

  it('has nothing of a delete that was acknowledged since', async () => {
    const { store, forget, hasForgotten } = await forgetful()
    await store.put(records(40))
    forget()
    await store.delete(ids.slice(0, 30))
    expect(hasForgotten()).toBe(true)
    expect(await store.get(ids.slice(0, 30))).toEqual(Array(30).fill(undefined))
    expect([...(await contentOf(store)).keys()]).toEqual([...ids.slice(30)].sort())
  }, 60_000)
})

describeBothShapes((server) => {
  const old = new Map([...ids].sort().map((id) => [id, 'old']))
  it.each([
    { name: 'has read it', meanwhile: (other: ImageStore) => other.get(ids), after: old, numbers: 40 },
    {
      name: 'has written over it',
      meanwhile: (other: ImageStore) => other.put(ids.map((id) => record(id, { tags: ['later'] }))),
      after: new Map([...old.keys()].map((id) => [id, 'later'])),
      numbers: 80,
    },
    {
      name: 'has deleted it',
      meanwhile: (other: ImageStore) => other.delete(ids),
      after: new Map<string, string>(),
      numbers: 80,
    },
  ])(
    'a put is not made again where somebody else $name before it was applied',
    async ({ meanwhile, after, numbers }) => {
      const client = server.connect()
      const prefix = server.freshPrefix()
      const faulty = new FaultyClient(client)
      const [store, other] = [await open(faulty.client, prefix), await open(client, prefix)]
      let done: Promise<unknown> | undefined
      faulty.before = async (_, [script]) => {
        if (script !== apply.sha1) return
        done ??= meanwhile(other)
        await done
      }
      await store.put(ids.map((id) => record(id, { tags: ['old'] })))
      expect(done).toBeDefined()
      expect(await contentOf(other)).toEqual(after)
      expect((await soFar(other)).at(-1)!.position.split('.')[1]).toBe(`${numbers}`)
    },
  )
})
