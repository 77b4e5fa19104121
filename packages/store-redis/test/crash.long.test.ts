import type { ImageStore } from '@image-recommender/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { RedisClient } from '../src/client/client.ts'
import { createRedisStore } from '../src/index.ts'
import { FaultyClient, fateAt, faults } from './faulty-client.ts'
import { contentOf, Mirror } from './mirror.ts'
import { record } from './records.ts'
import { describeBothShapes, type TestClient } from './servers.ts'

const some = ['a', 'b', 'c', 'd', 'e']
const tagged = (ids: readonly string[], tag: string) => ids.map((id) => record(id, { tags: [tag] }))
const content = (ids: readonly string[], tag: string) => new Map([...ids].sort().map((id) => [id, tag]))

/** What is done, what the store holds before and after, and what if it happened on top of what others wrote later. */
const writes = [
  {
    name: 'put',
    write: (store: ImageStore) => store.put(tagged([...some, 'new'], 'new')),
    before: content(some, 'old'),
    after: content([...some, 'new'], 'new'),
    onTop: content([...some, 'new'], 'new'),
  },
  {
    name: 'delete',
    write: (store: ImageStore) => store.delete([...some.slice(1), 'nobody']),
    before: content(some, 'old'),
    after: content(some.slice(0, 1), 'old'),
    onTop: content(some.slice(0, 1), 'later'),
  },
]

/** Who comes along afterwards, and finds what the write left behind. */
const finders = [
  { name: 'a reader', find: async (bystander: ImageStore) => contentOf(bystander) },
  {
    name: 'a process that starts',
    find: async (_: ImageStore, open: () => Promise<ImageStore>) => contentOf(await open()),
  },
  {
    name: 'a writer of other images',
    find: async (bystander: ImageStore) => {
      await bystander.put(tagged(['other'], 'x'))
      await bystander.delete(['other'])
      return contentOf(bystander)
    },
  },
]

describeBothShapes((server) => {
  let healthy: TestClient | undefined
  const stores: ImageStore[] = []
  const open = async (prefix: string, client?: RedisClient) => {
    healthy ??= server.connect()
    const store = await createRedisStore({ client: client ?? healthy, prefix })
    stores.push(store)
    return store
  }
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })

  describe.each(faults)('where $name', ({ fate, afterwards }) => {
    describe.each(writes)('in a $name', ({ write, before, after, onTop }) => {
      it.each(finders)(
        '$name finds all or nothing, and goes on from there, whichever command it is',
        async ({ find }) => {
          const outcomes = new Set<string>()
          for (let step = 0, met = true; met; step++) {
            const prefix = server.freshPrefix()
            const bystander = await open(prefix)
            const mirror = new Mirror(bystander)
            await bystander.put(tagged(some, 'old'))
            await mirror.catchUp()

            const faulty = new FaultyClient(healthy!)
            const victim = await open(prefix, faulty.client)
            const plan = fateAt(step, fate, afterwards)
            faulty.fateOf = plan.fateOf
            const acknowledged = await write(victim).then(
              () => true,
              () => false,
            )
            const found = await find(bystander, () => open(prefix))
            const outcome = [before, after].findIndex((it) => JSON.stringify([...it]) === JSON.stringify([...found]))
            expect(outcome, `step ${step} left ${JSON.stringify([...found])}`).not.toBe(-1)
            if (acknowledged) expect(outcome, `step ${step} was acknowledged`).toBe(1)
            await mirror.catchUp()
            expect(mirror.sorted(), `feed behind step ${step}`).toEqual(found)

            // Others write the same images, and what was given up arrives only then.
            await bystander.put(tagged(some, 'later'))
            await bystander.delete(['new'])
            await faulty.release()
            const later = await contentOf(bystander)
            // A commit that is under way for long may come after others, like any command. Then it does all it should.
            const mayComeLate = afterwards === 'late' && !acknowledged
            expect(mayComeLate ? [content(some, 'later'), onTop] : [content(some, 'later')]).toContainEqual(later)
            await mirror.catchUp()
            expect(mirror.sorted(), `feed later than step ${step}`).toEqual(later)
            for (const store of stores.splice(0)) await store.close()
            met = plan.met
            if (met) outcomes.add(outcome === 1 ? 'new' : 'old')
          }
          expect([...outcomes].sort()).toEqual(['new', 'old'])
        },
        120_000,
      )
    })
  })

  it.each(writes)('a $name whose every command is sent twice does the same', async ({ write, after }) => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await bystander.put(tagged(some, 'old'))
    const faulty = new FaultyClient(healthy!)
    faulty.fateOf = () => 'twice'
    await write(await open(prefix, faulty.client))
    expect(await contentOf(bystander)).toEqual(after)
  })
})
