import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import type { CocoAxis, ImageRecord, SearchOptions, Where } from '../../src/index.ts'
import { seededRandom } from '../../src/testing/index.ts'
import { allPages, idsOf, withPictures } from './pictures.ts'

const objectsOf = ({ vector }: ImageRecord) => [...vector].flatMap((value, axis) => (value > 0 ? [axis] : [])).join()

/** Each of some pictures again, other bits of the hash flipped each time. */
function copiesOf(records: readonly ImageRecord[], copies: number, bits: number): ImageRecord[] {
  const random = seededRandom(9)
  return records.flatMap((record) =>
    Array.from({ length: copies }, (_, copy) => {
      let hash = BigInt(`0x${record.appearance!.hash}`)
      const flipped = new Set<number>()
      while (flipped.size < bits) flipped.add(Math.floor(64 * random()))
      for (const bit of flipped) hash ^= 1n << BigInt(bit)
      const appearance = { ...record.appearance!, hash: hash.toString(16).padStart(16, '0') }
      return { ...record, id: `${record.id}-copy-${copy}`, appearance }
    }),
  )
}

describe('diversity', () => {
  it('chooses each next one as maximal marginal relevance says', async () => {
    const { recommender, records } = await withPictures(80, 1, { candidates: 1000, cutOff: 0 })
    // What similarTo says of the pairs is what counts as likeness.
    const likeness = new Map<string, Map<string, number>>()
    for (const { id } of records) {
      const { items } = await recommender.similarTo(id, { limit: 1000 })
      likeness.set(id, new Map(items.map((item) => [item.id, item.score])))
    }
    for (const diversity of inFull ? [0.2, 0.5, 0.8, 1] : [0.5, 1]) {
      const query = records[5]!.id
      const chosen: string[] = []
      const waiting = [...likeness.get(query)!.keys()]
      while (waiting.length > 0) {
        const values = waiting.map((id) => {
          const redundancy = Math.max(0, ...chosen.map((other) => likeness.get(other)!.get(id) ?? 0))
          return (1 - diversity) * likeness.get(query)!.get(id)! - diversity * redundancy
        })
        chosen.push(...waiting.splice(values.indexOf(Math.max(...values)), 1))
      }
      expect(idsOf(await recommender.similarTo(query, { limit: 1000, diversity }))).toEqual(chosen)
      expect(await allPages((cursor) => recommender.similarTo(query, { limit: 7, diversity, cursor }))).toEqual(chosen)
    }
    await recommender.close()
  })

  it('is no order of its own at 0, and nothing of it is left out', async () => {
    const { recommender } = await withPictures(80, 2)
    const whole = idsOf(await recommender.similarTo('image-5', { limit: 1000 }))
    expect(idsOf(await recommender.similarTo('image-5', { limit: 1000, diversity: 0 }))).toEqual(whole)
    const various = idsOf(await recommender.similarTo('image-5', { limit: 1000, diversity: 0.7 }))
    expect(various).not.toEqual(whole)
    expect(various.slice().sort()).toEqual(whole.slice().sort())
    await recommender.close()
  })

  it('keeps to what was shown where images come and go between pages', async () => {
    const { recommender, records } = await withPictures(150, 3, { candidates: 1000 })
    const before = idsOf(await recommender.similarTo('image-5', { limit: 1000 }))
    const shown: string[] = []
    const gone: string[] = []
    for (let cursor: string | undefined, round = 0; round === 0 || cursor; round++) {
      const page = await recommender.similarTo('image-5', { limit: 9, cursor, diversity: 0.5 })
      shown.push(...idsOf(page))
      cursor = page.nextCursor
      await recommender.put([{ ...records[5]!, id: `new-${round}` }])
      gone.push(shown[round * 2]!)
      await recommender.remove(gone)
    }
    expect(new Set(shown).size).toBe(shown.length)
    expect(shown.length).toBeGreaterThan(before.length - 9)
    await recommender.close()
  })
})

describe('at most so many of an object set', () => {
  it('are shown, the best of them, on all pages together', async () => {
    const { recommender, records } = await withPictures(200, 4, { candidates: 1000 })
    const setOf = new Map(records.map((record) => [record.id, objectsOf(record)]))
    const whole = idsOf(await recommender.similarTo('image-5', { limit: 1000 }))
    for (const mostPerObjectSet of [1, 3]) {
      const counts = new Map<string, number>()
      const expected = whole.filter((id) => {
        const count = 1 + (counts.get(setOf.get(id)!) ?? 0)
        counts.set(setOf.get(id)!, count)
        return count <= mostPerObjectSet
      })
      expect(expected.length).toBeLessThan(whole.length / 2)
      for (const limit of [4, 1000]) {
        const ask = (cursor: string | undefined) =>
          recommender.similarTo('image-5', { limit, cursor, mostPerObjectSet })
        expect(await allPages(ask)).toEqual(expected)
      }
    }
    await recommender.close()
  })
})

describe('near-duplicates', () => {
  it('are shown as one, with the names of the others, on whatever page', async () => {
    const { recommender, records } = await withPictures(60, 5)
    const copies = copiesOf(records.slice(10, 20), 3, 3)
    const whole = idsOf(await recommender.similarTo('image-5', { limit: 1000 }))
    await recommender.put(copies)
    for (const limit of [5, 1000]) {
      const names = new Map<string, readonly string[]>()
      await allPages(async (cursor) => {
        const page = await recommender.similarTo('image-5', { limit, cursor, collapseNearDuplicates: true })
        for (const { id, nearDuplicates } of page.items) names.set(id, nearDuplicates)
        return page
      })
      const originalOf = (id: string) => id.replace(/-copy-\d$/, '')
      expect([...names.keys()].map(originalOf).sort()).toEqual(whole.slice().sort())
      for (const [id, others] of names) {
        const hasCopies = copies.some((copy) => originalOf(copy.id) === originalOf(id))
        expect(others).toHaveLength(hasCopies ? 3 : 0)
        expect(others.every((other) => originalOf(other) === originalOf(id) && other !== id)).toBe(true)
      }
    }
    await recommender.close()
  })

  it('are others where more bits differ, or a hash is unknown', async () => {
    const { recommender, records } = await withPictures(5, 6)
    const [one] = records
    const unknown = { ...one!, appearance: null }
    await recommender.put([
      ...copiesOf([one!], 2, 20),
      { ...unknown, id: 'unknown' },
      { ...unknown, id: 'unknown too' },
    ])
    const { items } = await recommender.similarTo(one!.id, { collapseNearDuplicates: true })
    expect(items.filter(({ nearDuplicates }) => nearDuplicates.length > 0)).toEqual([])
    expect(idsOf({ items })).toEqual(expect.arrayContaining(['unknown', 'unknown too', `${one!.id}-copy-0`]))
    await recommender.close()
  })
})

describe('a filter', () => {
  it('never changes the order of what remains, where nothing is made various', async () => {
    const { recommender, records } = await withPictures(150, 7, { candidates: 1000 })
    const wholes = new Map<string, string[]>()
    const where = fc.record(
      {
        objects: fc.record(
          {
            all: fc.subarray(['person', 'dog'] as const),
            none: fc.subarray(['cat', 'boat'] as const),
            any: fc.subarray(['frisbee', 'dog'] as const),
          },
          { requiredKeys: [] },
        ),
        tags: fc.record({ any: fc.subarray(['beach', 'party']), none: fc.subarray(['sunset']) }, { requiredKeys: [] }),
        exclude: fc.array(fc.nat(149).map((at) => `image-${at}`)),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(20), where, async (query, filter) => {
        const { id } = records[query]!
        const whole = wholes.get(id) ?? idsOf(await recommender.similarTo(id, { limit: 1000 }))
        wholes.set(id, whole)
        const part = idsOf(await recommender.similarTo(id, { limit: 1000, where: filter as Where<CocoAxis> }))
        expect(part).toEqual(whole.filter((one) => part.includes(one)))
      }),
      { seed: 1, numRuns: inFull ? 100 : 15 },
    )
    await recommender.close()
  })
})

describe('what makes results various', () => {
  it('belongs to the cursor', async () => {
    const { recommender } = await withPictures(100, 8)
    const asks: Omit<SearchOptions<never>, 'where'>[] = [
      {},
      { diversity: 0.5 },
      { diversity: 0.6 },
      { mostPerObjectSet: 2 },
      { collapseNearDuplicates: true },
      { weights: { colors: 2 } },
    ]
    for (const ask of asks) {
      const { nextCursor } = await recommender.similarTo('image-5', { limit: 3, ...ask })
      for (const other of asks) {
        const next = recommender.similarTo('image-5', { limit: 3, ...other, cursor: nextCursor })
        if (other === ask) expect((await next).items).toHaveLength(3)
        else await expect(next).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      }
    }
    await recommender.close()
  })

  it('must be what it can be', async () => {
    const { recommender } = await withPictures(5, 9)
    const wrong: SearchOptions<never>[] = [
      { diversity: 1.1 },
      { diversity: Number.NaN },
      { mostPerObjectSet: 0 },
      { weights: { colors: Number.NaN } },
      { weights: { arrangement: -1 } },
    ]
    for (const ask of wrong) {
      await expect(recommender.similarTo('image-0', ask)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
    await recommender.close()
  })
})

describe('duplicates', () => {
  it('are groups of images that are near-duplicates, the largest first', async () => {
    const { recommender, records } = await withPictures(300, 10)
    const [one, other] = [records[10]!, records[20]!]
    await recommender.put([...copiesOf([one], 3, 2), ...copiesOf([other], 1, 2)])
    const groups = await recommender.duplicates()
    expect(groups.map((group) => [...group].sort())).toEqual([
      [one.id, ...[0, 1, 2].map((copy) => `${one.id}-copy-${copy}`)],
      [other.id, `${other.id}-copy-0`],
    ])
    expect(await recommender.duplicates({ bits: 1 })).toEqual([])
    for (const bits of [-1, 8, 1.5]) {
      await expect(recommender.duplicates({ bits })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
    await expect(recommender.duplicates({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
    await recommender.close()
  })
})
