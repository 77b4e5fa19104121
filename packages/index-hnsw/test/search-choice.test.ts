/** When the graph is asked, when all is compared, and that what is returned does not depend on it but for recall. */
import { expect, it, vi } from 'vitest'
import { GraphIndex } from '../src/graph-index.ts'
import { isScanLess } from '../src/search/work.ts'
import { denseEntries } from './support/entries.ts'
import { onlyWhereItMust } from './support/index-here.ts'
import { native } from './support/native.ts'
import { runSteps } from './support/run-steps.ts'

const shape = { dimensions: 12, metric: 'cosine', m: 8, efConstruction: 60, efSearch: 50 } as const
const entries = denseEntries(3000, 12, 1)
const { vector } = entries[5]!

function filled(scans?: typeof isScanLess): { index: GraphIndex; asked: ReturnType<typeof vi.spyOn> } {
  const index = new GraphIndex(native, shape, scans)
  for (const entry of entries) index.put(entry)
  return { index, asked: vi.spyOn(index.graph, 'nearest') }
}

it('asks the graph where there are many', () => {
  const { index, asked } = filled()
  expect(runSteps(index.search({ vector, limit: 10 }))).toHaveLength(10)
  expect(asked).toHaveBeenCalledOnce()
  expect(asked.mock.lastCall!.slice(1)).toEqual([50, undefined])
})

it('asks it for as many as are wanted, where these are more than it gathers anyway', () => {
  const { index, asked } = filled()
  expect(runSteps(index.search({ vector, limit: 120 }))).toHaveLength(120)
  expect(asked.mock.lastCall![1]).toBe(120)
})

it('asks it with a filter that many pass, and scans for one that few pass', () => {
  const { index, asked } = filled()
  const even = runSteps(index.search({ vector, limit: 10, where: { tags: { all: ['even'] } } }))
  expect(even.map(({ slot }) => slot % 2)).toEqual(Array(10).fill(0))
  expect(asked).toHaveBeenCalledOnce()
  expect(runSteps(index.search({ vector, limit: 10, where: { tags: { all: ['rare'] } } }))).toHaveLength(10)
  expect(asked).toHaveBeenCalledOnce()
})

it('goes on behind a match with the graph', () => {
  const { index, asked } = filled()
  const whole = runSteps(index.search({ vector, limit: 40 }))
  const { slot, distance } = whole[19]!
  const rest = runSteps(index.search({ vector, limit: 20, after: { distance, id: index.table.idOf(slot)! } }))
  expect(rest).toEqual(whole.slice(20))
  expect(asked).toHaveBeenCalledTimes(2)
})

it('scans where few are left of many, and where nearly all that is left is wanted', () => {
  const { index, asked } = filled()
  expect(runSteps(index.search({ vector, limit: 2999 }))).toHaveLength(2999)
  for (const { id } of entries.slice(200)) index.delete(id)
  expect(runSteps(index.search({ vector, limit: 10 }))).toHaveLength(10)
  expect(asked).not.toHaveBeenCalled()
})

it('scans for a vector without direction, from which all are equally far', () => {
  const { index, asked } = filled()
  const found = runSteps(index.search({ vector: new Float32Array(12), limit: 3 }))
  expect(found.map(({ slot, distance }) => [index.table.idOf(slot), distance])).toEqual([
    ['image-0', 1],
    ['image-1', 1],
    ['image-10', 1],
  ])
  expect(asked).not.toHaveBeenCalled()
})

it('scans where the graph comes back with too few, as where its paths do not lead everywhere', () => {
  const { index, asked } = filled(onlyWhereItMust)
  const exact = runSteps(index.searchExactly({ vector, limit: 30 }))
  asked.mockReturnValue([1, 2, 3])
  expect(runSteps(index.search({ vector, limit: 30 }))).toEqual(exact)
  asked.mockReturnValue([])
  expect(runSteps(index.search({ vector, limit: 30, where: { exclude: ['nobody'] } }))).toEqual(exact)
})

it('takes true distances, and order, from the vectors and not from the graph', () => {
  const { index, asked } = filled(onlyWhereItMust)
  const slots = Array.from({ length: 50 }, (_, at) => at * 3)
  asked.mockReturnValue(slots)
  const found = runSteps(index.search({ vector, limit: 7 }))
  const all = runSteps(index.searchExactly({ vector, limit: 3000 }))
  expect(found).toEqual(all.filter(({ slot }) => slots.includes(slot)).slice(0, 7))
})

it('estimates how many pass out of those that are left', () => {
  const scans = vi.fn<typeof isScanLess>(() => true)
  const { index } = filled(scans)
  for (const { id } of entries.slice(0, 1500)) index.delete(id)
  runSteps(index.search({ vector, limit: 10, where: { tags: { all: ['even'] } } }))
  const { passing, slots } = scans.mock.lastCall![0]
  expect(slots).toBe(3000)
  expect(passing).toBeGreaterThan(650)
  expect(passing).toBeLessThan(850)
})

it('weighs the work of both', () => {
  const work = { passing: 100_000, wanted: 200, m: 16, slots: 100_000 }
  expect(isScanLess(work)).toBe(false)
  // efSearch × m / 4, where there are no others.
  expect(isScanLess({ ...work, passing: 800, slots: 800 })).toBe(true)
  expect(isScanLess({ ...work, passing: 801, slots: 801 })).toBe(false)
  expect(isScanLess({ ...work, passing: 8000 })).toBe(true)
  expect(isScanLess({ ...work, passing: 20_000 })).toBe(false)
  expect(isScanLess({ ...work, wanted: 100_000 })).toBe(true)
  expect(isScanLess({ ...work, m: 2, passing: 1000, wanted: 1000, slots: 1000 })).toBe(true)
})
