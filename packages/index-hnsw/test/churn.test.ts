/** Images that come and go: slots are used again, everything stays true, and the graph goes on finding. */
import { seededRandom } from '@image-recommender/core/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { GraphIndex } from '../src/graph-index.ts'
import { SLOTS_A_CHUNK } from '../src/table/vector-table.ts'
import { denseEntries } from './support/entries.ts'
import { onlyWhereItMust } from './support/index-here.ts'
import { ModelIndex } from './support/model-index.ts'
import { native } from './support/native.ts'
import { runSteps } from './support/run-steps.ts'

const DIMENSIONS = 16

describe.each(['euclidean', 'cosine'] as const)('by %s distance', (metric) => {
  const shape = { dimensions: DIMENSIONS, metric, m: 12, efConstruction: 100, efSearch: 60 }

  it('uses the slots of deleted images again', () => {
    const index = new GraphIndex(native, shape, onlyWhereItMust)
    const entries = denseEntries(4000, DIMENSIONS, 1)
    const model = new ModelIndex(DIMENSIONS, metric)
    const random = seededRandom(2)
    for (const entry of entries.slice(0, 1000)) index.put(entry)
    model.put(entries.slice(0, 1000))
    for (const entry of entries.slice(1000)) {
      const ids = [...model.entries.keys()]
      const id = ids[Math.floor(random() * ids.length)]!
      index.delete(id)
      index.put(entry)
      model.delete([id])
      model.put([entry])
    }
    expect([index.table.end, index.graph.slots, index.table.count]).toEqual([1000, 1000, 1000])
    expect(runSteps(index.counts({ axes: { any: [{ axis: 0 }] } }))).toEqual(
      model.counts({ axes: { any: [{ axis: 0 }] } }),
    )
    expect(runSteps(index.counts({}))).toEqual(model.counts())
    let found = 0
    for (const { vector } of entries.slice(0, 100)) {
      const worst = model.search({ vector, limit: 20 }).at(-1)!.distance
      found += runSteps(index.search({ vector, limit: 20 })).filter(({ distance }) => distance <= worst).length
    }
    expect(found / 2000).toBeGreaterThan(0.97)
  })

  it('keeps its size while images get other vectors', () => {
    const index = new GraphIndex(native, shape, onlyWhereItMust)
    const entries = denseEntries(2000, DIMENSIONS, 3)
    const model = new ModelIndex(DIMENSIONS, metric)
    for (const [at, { vector }] of entries.entries()) {
      const entry = { id: `image-${at % 400}`, vector, tags: [] }
      index.put(entry)
      model.put([entry])
    }
    expect([index.table.end, index.graph.slots, index.table.count]).toEqual([400, 400, 400])
    for (const { id, vector } of model.entries.values()) {
      const [first] = runSteps(index.search({ vector, limit: 1 }))
      expect([index.table.idOf(first!.slot), first!.distance]).toEqual([id, 0])
    }
    expect(runSteps(index.counts({}))).toEqual(model.counts())
  })

  it('comes through growing and shrinking to nothing again and again, near-ties and zeros included', () => {
    const random = seededRandom(4)
    const index = new GraphIndex(native, { ...shape, m: 2, efConstruction: 4, efSearch: 3 }, onlyWhereItMust)
    const there = new Set<string>()
    for (let step = 0; step < 20_000; step++) {
      const isGrowing = Math.floor(step / 1500) % 2 === 0
      const id = `image-${Math.floor(random() * 1500)}`
      if (random() < (isGrowing ? 0.8 : 0.05)) {
        index.put({ id, vector: Float32Array.from({ length: DIMENSIONS }, () => Math.round(random())), tags: [] })
        there.add(id)
      } else {
        const gone = isGrowing ? id : ([...there].at(-1) ?? id)
        index.delete(gone)
        there.delete(gone)
      }
      if (step % 100 > 0) continue
      const vector = Float32Array.from({ length: DIMENSIONS }, () => random())
      const found = runSteps(index.search({ vector, limit: 9 }))
      expect(found.length).toBe(Math.min(9, there.size))
      expect(found.every(({ slot }) => there.has(index.table.idOf(slot)!))).toBe(true)
    }
    expect(index.table.count).toBe(there.size)
  })
})

it.each([1, 4096])('comes and goes with %d dimensions', (dimensions) => {
  const shape = { dimensions, metric: 'euclidean', m: 16, efConstruction: 100, efSearch: 60 } as const
  const index = new GraphIndex(native, shape, onlyWhereItMust)
  const entries = denseEntries(120, dimensions, 7)
  const expectAll = (there: typeof entries) => {
    for (const { id, vector } of there) {
      const [first] = runSteps(index.search({ vector, limit: 1 }))
      expect([index.table.idOf(first!.slot), first!.distance]).toEqual([id, 0])
    }
    expect(index.table.count).toBe(there.length)
  }
  for (const entry of entries.slice(0, 60)) index.put(entry)
  expectAll(entries.slice(0, 60))
  for (const { id } of entries.slice(0, 60)) index.delete(id)
  expectAll([])
  for (const entry of entries) index.put(entry)
  expectAll(entries)
  expect(index.table.end).toBe(120)
  // Of the wider vectors, a step takes in fewer.
  expect([...index.counts({ tags: { none: ['nobody'] } })]).toHaveLength(dimensions === 4096 ? 1 : 0)
})

it('forgets the lists of tags that no image has any more', () => {
  const index = new GraphIndex(native, { dimensions: 1, metric: 'euclidean', m: 2, efConstruction: 4, efSearch: 4 })
  for (let round = 0; round < 50; round++) {
    for (const id of ['a', 'b']) index.put({ id, vector: Float32Array.of(1), tags: [id, `${round}`] })
    index.delete('b')
  }
  // None, the one that is in use, and at most two that were at the same time.
  expect(index.table.tagLists.end).toBeLessThanOrEqual(4)
})

it('does not place a vector anew that is there already, but takes its tags', () => {
  const shape = { dimensions: DIMENSIONS, metric: 'cosine', m: 8, efConstruction: 20, efSearch: 20 } as const
  const index = new GraphIndex(native, shape)
  const entries = denseEntries(100, DIMENSIONS, 5)
  const placed = vi.spyOn(index.graph, 'put')
  for (let round = 0; round < 3; round++) for (const entry of entries) index.put({ ...entry, tags: [`${round}`] })
  expect(placed).toHaveBeenCalledTimes(100)
  expect(runSteps(index.counts({ tags: { all: ['2'] } })).total).toBe(100)
  expect(runSteps(index.counts({ tags: { any: ['0', '1'] } })).total).toBe(0)
})

it('is as it was where the graph refuses a vector', () => {
  const shape = { dimensions: DIMENSIONS, metric: 'cosine', m: 8, efConstruction: 20, efSearch: 20 } as const
  const index = new GraphIndex(native, shape)
  const entries = denseEntries(50, DIMENSIONS, 6)
  for (const entry of entries) index.put(entry)
  vi.spyOn(index.graph, 'put').mockImplementation(() => {
    throw new Error('Not enough memory')
  })
  const other = { id: entries[0]!.id, vector: entries[1]!.vector, tags: ['other'] }
  expect(() => index.put(other)).toThrow('Not enough memory')
  expect(() => index.put({ ...other, id: 'new' })).toThrow('Not enough memory')
  const [first] = runSteps(index.search({ vector: entries[0]!.vector, limit: 1 }))
  expect([index.table.idOf(first!.slot), first!.distance]).toEqual(['image-0', 0])
  expect([index.table.count, index.table.slotOf('new')]).toEqual([50, undefined])
  expect(runSteps(index.counts({ tags: { all: ['other'] } })).total).toBe(0)
})

it('is as it was where there is no memory for another vector, and goes on where there is again', () => {
  const shape = { dimensions: 2, metric: 'euclidean', m: 4, efConstruction: 8, efSearch: 8 } as const
  const index = new GraphIndex(native, shape)
  const entry = (at: number) => ({ id: `image-${at}`, vector: Float32Array.of(at, 1), tags: [] })
  for (let at = 0; at < SLOTS_A_CHUNK; at++) index.put(entry(at))
  const [one, other] = [entry(SLOTS_A_CHUNK), entry(SLOTS_A_CHUNK + 1)]
  class NoMemory {
    constructor() {
      throw new RangeError('Array buffer allocation failed')
    }
  }
  vi.stubGlobal('Float32Array', NoMemory)
  onTestFinished(() => void vi.unstubAllGlobals())
  expect(() => index.put(one)).toThrow('allocation failed')
  expect(() => index.put(other)).toThrow('allocation failed')
  vi.unstubAllGlobals()
  expect([index.table.count, index.table.end, index.graph.slots]).toEqual(Array(3).fill(SLOTS_A_CHUNK))
  for (const { id } of [one, other]) expect(index.table.slotOf(id)).toBeUndefined()
  for (const { vector } of [one, other]) expect(runSteps(index.search({ vector, limit: 3 }))).toHaveLength(3)
  for (const put of [one, other]) index.put(put)
  for (const { id, vector } of [one, other]) {
    const [first] = runSteps(index.search({ vector, limit: 1 }))
    expect([index.table.idOf(first!.slot), first!.distance]).toEqual([id, 0])
  }
})

it('refuses an image that its map of ids would not take, before anything has changed', () => {
  const shape = { dimensions: 2, metric: 'euclidean', m: 4, efConstruction: 8, efSearch: 8 } as const
  const index = new GraphIndex(native, shape)
  index.put({ id: 'there', vector: Float32Array.of(1, 2), tags: [] })
  const count = vi.spyOn(index.table, 'count', 'get').mockReturnValue(2 ** 24)
  expect(() => index.put({ id: 'new', vector: Float32Array.of(3, 4), tags: [] })).toThrow('at most 16777216 images')
  index.put({ id: 'there', vector: Float32Array.of(5, 6), tags: [] })
  count.mockRestore()
  expect([index.table.count, index.table.end, index.graph.slots]).toEqual([1, 1, 1])
})
