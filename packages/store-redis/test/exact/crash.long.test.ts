import type { IndexEntry, SimilarityIndex } from '@image-recommender/core'
import { describe, expect, it } from 'vitest'
import { FaultyClient, fateAt, faults } from '../faulty-client.ts'
import { describeBothShapes, type TestClient } from '../servers.ts'
import { closeIndexes, contentOf, entry, open } from './indexes.ts'

closeIndexes()

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
/** Images of one reading of the store: each reading finds all of them elsewhere. */
const read = (axis: number): IndexEntry[] => ids.map((id, at) => entry(id, { [axis]: 0.9, [axis + 1 + (at % 2)]: 0.8 }))
const contentAs = (entries: readonly IndexEntry[]) => new Map(entries.map(({ id, vector }) => [id, vector.join()]))

const [old, stale, fresh, later] = [read(0), read(3), read(5), read(8)]
const nothing = new Map<string, string>()

/** What somebody does who read the store when the index was at p1, and what the index holds when it is done. */
const writes = [
  {
    name: 'put that moves the position',
    write: (index: SimilarityIndex) => index.write({ put: stale }, { from: 'p1', to: 'p2' }),
    to: 'p2',
    after: contentAs(stale),
  },
  {
    name: 'put that leaves the position',
    write: (index: SimilarityIndex) => index.write({ put: stale }, { from: 'p1', to: 'p1' }),
    to: 'p1',
    after: contentAs(stale),
  },
  {
    name: 'delete that moves the position',
    write: (index: SimilarityIndex) => index.write({ delete: ids }, { from: 'p1', to: 'p2' }),
    to: 'p2',
    after: nothing,
  },
]

describeBothShapes((server) => {
  let healthy: TestClient | undefined

  describe.each(faults)('where $name', ({ fate, afterwards }) => {
    it.each(writes)(
      'a $name is done or done again, and never stays over what was read later, whichever command it is',
      async ({ write, to, after }) => {
        healthy ??= server.connect()
        for (let step = 0, met = true; met; step++) {
          const prefix = server.freshPrefix()
          const bystander = await open(healthy, prefix)
          expect(await bystander.write({ put: old }, { from: undefined, to: 'p1' })).toBe(true)

          const faulty = new FaultyClient(healthy)
          const victim = await open(faulty.client, prefix)
          const plan = fateAt(step, fate, afterwards)
          faulty.fateOf = plan.fateOf
          const outcome = await write(victim).catch(() => 'failed')
          const position = (await bystander.position())!
          expect(['p1', to]).toContain(position)
          if (outcome !== 'failed') expect(outcome, `step ${step}`).toBe(true)
          if (outcome === true || (to !== 'p1' && position === to)) {
            expect(position, `step ${step}`).toBe(to)
            expect(await contentOf(bystander), `step ${step}`).toEqual(after)
          }

          // The images change, and somebody else brings them in.
          expect(await bystander.write({ put: fresh }, { from: position, to: 'p3' }), `step ${step}`).toBe(true)
          expect(await contentOf(bystander), `step ${step}`).toEqual(contentAs(fresh))
          await faulty.release()
          expect(await contentOf(bystander), `late at step ${step}`).toEqual(contentAs(fresh))
          expect(await bystander.position()).toBe('p3')
          // Whoever read before that is told so, and changes nothing.
          expect(await write(await open(healthy, prefix))).toBe(false)
          expect(await contentOf(bystander)).toEqual(contentAs(fresh))
          expect(await bystander.write({ put: later }, { from: 'p3', to: 'p4' })).toBe(true)
          expect(await contentOf(bystander)).toEqual(contentAs(later))
          met = plan.met
        }
      },
      240_000,
    )
  })

  it.each(writes)(
    'a $name whose every command is sent twice says true or false, and is done',
    async ({ write, to, after }) => {
      const prefix = server.freshPrefix()
      healthy ??= server.connect()
      const bystander = await open(healthy, prefix)
      await bystander.write({ put: old }, { from: undefined, to: 'p1' })
      const faulty = new FaultyClient(healthy)
      const victim = await open(faulty.client, prefix)
      faulty.fateOf = () => 'twice'
      await write(victim)
      expect(await bystander.position()).toBe(to)
      expect(await contentOf(bystander)).toEqual(after)
    },
  )
})
