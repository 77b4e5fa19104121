import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestFirst, byRank } from '../../src/recommender/search/best-first.ts'

const value = fc.constantFrom(0, 0.25, 0.5, 0.75, 1)
/** Ids are all different; scores and distances often the same. */
const candidates = fc
  .array(fc.record({ distance: value, atMost: value, share: fc.constantFrom(0, 0.5, 1), isGone: fc.boolean() }), {
    maxLength: 40,
  })
  .map((list) => list.map((one, at) => ({ ...one, id: `id-${at}` })))

describe('bestFirst', () => {
  it('gives all in the order of their scores', async () => {
    await fc.assert(
      fc.asyncProperty(candidates, candidates, fc.integer({ min: 1, max: 10 }), async (some, list, first) => {
        const scored = (one: (typeof list)[number]) => ({
          id: one.id,
          distance: one.distance,
          score: one.share * one.atMost,
        })
        const known = some.map((one) => scored({ ...one, id: `known-${one.id}` }))
        const isThere = ({ isGone }: (typeof list)[number]) => !isGone
        const given = []
        for await (const batch of bestFirst(known, list, async (few) => few.filter(isThere).map(scored), first)) {
          given.push(...batch)
        }
        expect(given).toEqual([...known, ...list.filter(isThere).map(scored)].sort(byRank))
      }),
      { numRuns: 300 },
    )
  })

  it('scores only those that could be among the first', async () => {
    const list = Array.from({ length: 100 }, (_, at) => ({ id: `id-${at}`, distance: at, atMost: 1 - at / 100 }))
    const scored: string[] = []
    for await (const batch of bestFirst(
      [],
      list,
      async (some) => {
        scored.push(...some.map((one) => one.id))
        return some.map((one) => ({ ...one, score: one.atMost }))
      },
      10,
    )) {
      if (batch.at(-1)?.id === 'id-9') break
    }
    expect(scored).toHaveLength(10)
  })
})
