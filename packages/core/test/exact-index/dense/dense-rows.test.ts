import { afterEach, describe, expect, it, vi } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { DenseRows } from '../../../src/exact-index/dense/dense-rows.ts'
import { webAssembly } from '../../../src/exact-index/dense/web-assembly.ts'
import { trueDistance } from '../../../src/testing/brute-force.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { gaussianVectors } from './vectors.ts'

const DIMENSIONS = 7

afterEach(() => {
  vi.restoreAllMocks()
})

it.each(['euclidean', 'cosine'] as const)('rows by %s distance follow any sequence of changes', (metric) => {
  const random = seededRandom(11)
  const some = (below: number) => Math.floor(random() * below)
  const vectors = gaussianVectors(500, DIMENSIONS, 12)
  const rows = new DenseRows({ metric, dimensions: DIMENSIONS, rowsPerMemory: 16 })
  // As a caller keeps book: what each reference stands for, and in which row it is.
  const model = new Map<number, { vector: Float32Array; tags: number }>()
  const rowOf = new Map<number, number>()
  let largest = 0

  for (let step = 0; step < (inFull ? 6000 : 2000); step++) {
    // Grows, and shrinks again to nothing.
    const growing = step % 2000 < 900
    const references = [...model.keys()]
    const reference = references[some(references.length)]
    const what = random()
    if (reference === undefined || what < (growing ? 0.8 : 0.2)) {
      const added = 2 ** 32 - 1 - step
      const entry = { vector: vectors[some(500)]!, tags: some(2 ** 32) }
      model.set(added, entry)
      rowOf.set(added, rows.add(entry.vector, added, entry.tags))
    } else {
      const row = rowOf.get(reference)!
      const moved = rows.remove(row)
      model.delete(reference)
      rowOf.delete(reference)
      if (moved !== -1) rowOf.set(moved, row)
    }
    largest = Math.max(largest, model.size)
    if (step % 50 === 0) agree()
  }
  expect(largest).toBeGreaterThan(16 * 16)

  function agree() {
    expect(rows.count).toBe(model.size)
    expect([...rowOf.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: rows.count }, (_, row) => row))
    for (const [reference, { vector, tags }] of model) {
      const row = rowOf.get(reference)!
      expect([rows.referenceOf(row), rows.tagsOf(row)]).toEqual([reference, tags])
      expect(rows.vectorOf(row)).toEqual(vector)
    }
    const query = rows.prepare(vectors[0]!)
    const radius = metric === 'euclidean' ? 3 : 0.8
    const found = [...rows.candidates(query, 0, rows.count, radius)].map((row) => rows.referenceOf(row))
    const near = [...model].filter(([, { vector }]) => trueDistance(metric, vectors[0]!, vector) <= radius)
    expect(found.sort((a, b) => a - b)).toEqual(near.map(([reference]) => reference).sort((a, b) => a - b))
  }
})

describe('memory', () => {
  it('is not taken before the first row', () => {
    const memories = vi.spyOn(webAssembly, 'Memory')
    const modules = vi.spyOn(webAssembly, 'Module')
    const rows = new DenseRows({ metric: 'cosine', dimensions: 768 })
    rows.prepare(new Float32Array(768))
    expect(rows.bytes).toBe(0)
    expect(memories).not.toHaveBeenCalled()
    expect(modules).not.toHaveBeenCalled()
    vi.restoreAllMocks()
    rows.add(new Float32Array(768), 0, 0)
    expect(rows.bytes).toBeGreaterThan(768 * 4)
  })

  it('grows with the rows, to twice of what they need at most, and is given back memory by memory', () => {
    const rows = new DenseRows({ metric: 'euclidean', dimensions: 1024, rowsPerMemory: 256 })
    const vector = new Float32Array(1024).fill(1)
    const held: number[] = []
    for (let row = 0; row < 1000; row++) {
      rows.add(vector, row, 0)
      held.push(rows.bytes)
      expect(rows.bytes).toBeLessThan(2 * 4096 * rows.count + 200_000)
      expect(rows.bytes).toBeGreaterThan(4096 * rows.count)
    }
    while (rows.count > 512) rows.remove(0)
    expect(rows.bytes).toBe(held[511])
    while (rows.count > 0) rows.remove(0)
    expect(rows.bytes).toBe(0)
    rows.add(vector, 3, 4)
    expect([rows.vectorOf(0), rows.referenceOf(0), rows.tagsOf(0)]).toEqual([vector, 3, 4])
    expect(rows.bytes).toBe(held[0])
  })

  it('is not shared with the vectors that go in and come out', () => {
    const rows = new DenseRows({ metric: 'euclidean', dimensions: 2 })
    const vector = Float32Array.of(1, 2)
    rows.add(vector, 0, 0)
    vector[0] = 9
    rows.vectorOf(0)[1] = 9
    expect(rows.vectorOf(0)).toEqual(Float32Array.of(1, 2))
  })
})
