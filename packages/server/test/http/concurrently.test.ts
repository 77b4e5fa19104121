import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concurrently } from '../../src/http/concurrently.ts'

/** How many turns of the event loop something takes. */
const turns = fc.integer({ min: 0, max: 5 })
const pass = async (count: number) => {
  for (let at = 0; at < count; at++) await new Promise((resolve) => setImmediate(resolve))
}

const courses = fc.record({
  atOnce: fc.integer({ min: 1, max: 6 }),
  items: fc.array(fc.record({ coming: turns, working: turns }), { maxLength: 20 }),
  reading: turns,
  fails: fc.boolean(),
})

interface Course {
  readonly results: readonly number[]
  readonly indexes: readonly number[]
  /** What was done, in its order. */
  readonly mostUnderWay: number
  readonly mostAhead: number
  readonly error: unknown
  readonly endedWith: number
}

const broken = new Error('the items end here')

async function run({
  atOnce,
  items,
  reading,
  fails,
}: typeof courses extends fc.Arbitrary<infer T> ? T : never): Promise<Course> {
  let [asked, underWay, mostUnderWay, mostAhead, finished] = [0, 0, 0, 0, 0]
  const indexes: number[] = []
  async function* source() {
    for (const [at, item] of items.entries()) {
      asked += 1
      mostAhead = Math.max(mostAhead, asked - finished)
      await pass(item.coming)
      yield { ...item, at }
    }
    if (fails) throw broken
  }
  async function work({ working, at }: { working: number; at: number }, index: number): Promise<number> {
    indexes.push(index)
    underWay += 1
    mostUnderWay = Math.max(mostUnderWay, underWay)
    await pass(working)
    underWay -= 1
    finished += 1
    return at
  }
  const results: number[] = []
  let error: unknown
  try {
    for await (const result of concurrently(source(), atOnce, work)) {
      results.push(result)
      await pass(reading)
    }
  } catch (thrown) {
    error = thrown
  }
  return { results, indexes, mostUnderWay, mostAhead, error, endedWith: underWay }
}

describe('concurrently', () => {
  it('gives the result of every item once, and has never more under way than it may', () =>
    fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const { results, indexes, mostUnderWay, mostAhead, endedWith } = await run(course)
        const all = course.items.map((_, at) => at)
        expect([...results].sort((a, b) => a - b)).toEqual(all)
        expect(indexes).toEqual(all)
        expect(mostUnderWay).toBeLessThanOrEqual(course.atOnce)
        // No item is asked for before there is room for it.
        expect(mostAhead).toBeLessThanOrEqual(course.atOnce)
        expect(endedWith).toBe(0)
      }),
    ))

  it('tells of an error of the items last, when all before it have come', () =>
    fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const { results, error } = await run(course)
        expect(results).toHaveLength(course.items.length)
        expect(error).toBe(course.fails ? broken : undefined)
      }),
    ))

  it('has as many under way as it may, where the items come faster than they are done', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 20 }), async (atOnce, count) => {
        const items = Array.from({ length: count }, () => ({ coming: 0, working: 5 }))
        const { mostUnderWay } = await run({ atOnce, items, reading: 0, fails: false })
        expect(mostUnderWay).toBe(Math.min(atOnce, count))
      }),
    ))

  it('gives results in the order in which they are done', async () => {
    const items = [5, 1, 3].map((working) => ({ coming: 0, working: working * 10 }))
    expect((await run({ atOnce: 3, items, reading: 0, fails: false })).results).toEqual([1, 2, 0])
  })
})
