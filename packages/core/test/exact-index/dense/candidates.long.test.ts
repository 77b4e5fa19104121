import { describe, expect, it } from 'vitest'
import { DenseRows } from '../../../src/exact-index/dense/dense-rows.ts'
import type { Metric } from '../../../src/similarity-index.ts'
import { trueDistance } from '../../../src/testing/brute-force.ts'
import { gaussianVectors, hardVectors } from './vectors.ts'

const everyDimensions = [...Array.from({ length: 70 }, (_, at) => at + 1), 128, 300, 768, 1024, 4096]

describe.each<Metric>(['euclidean', 'cosine'])('candidates by %s distance', (metric) => {
  it.each(everyDimensions)('lose no row, whatever the values, on %i axes', (dimensions) => {
    const vectors = [...hardVectors(dimensions, dimensions), ...gaussianVectors(12, dimensions, 1000 + dimensions)]
    const rows = rowsOf(metric, vectors)
    const queries = dimensions > 70 ? vectors.filter((_, at) => at % 5 === 0) : vectors
    for (const vector of queries) {
      const query = rows.prepare(vector)
      const distances = vectors.map((other) => trueDistance(metric, vector, other))
      expect(vectors.map((_, row) => rows.exactDistance(query, row))).toEqual(distances)
      // Each radius is some row's very distance: the least that must find it.
      for (const radius of distances) {
        const found = [...rows.candidates(query, 0, rows.count, radius)]
        const lost = distances.flatMap((distance, row) => (distance <= radius && !found.includes(row) ? [row] : []))
        if (lost.length > 0) expect.fail(`radius ${radius} of query ${vector.slice(0, 4)}… loses rows ${lost}`)
        if (found.some((row, at) => at > 0 && row <= found[at - 1]!)) expect.fail(`rows out of order: ${found}`)
      }
    }
  })

  it.each([8, 30, 128, 768, 4096])('are hardly more than what is asked for, on %i axes', (dimensions) => {
    const vectors = gaussianVectors(dimensions > 1000 ? 400 : 2500, dimensions, 7)
    const rows = rowsOf(metric, vectors)
    for (const vector of gaussianVectors(5, dimensions, 8)) {
      const distances = vectors.map((other) => trueDistance(metric, vector, other)).sort((a, b) => a - b)
      const found = rows.candidates(rows.prepare(vector), 0, rows.count, distances[29]!)
      expect(found.length).toBeGreaterThanOrEqual(30)
      expect(found.length).toBeLessThanOrEqual(32)
    }
  })

  it('are found in any range, over calls of the kernel and memories, while queries take turns', () => {
    const vectors = gaussianVectors(5000, 6, 3)
    const rows = rowsOf(metric, vectors, 2100)
    const queries = gaussianVectors(2, 6, 4).map((vector) => rows.prepare(vector))
    for (const [from, to] of [
      [0, 5000],
      [1023, 1025],
      [2099, 2101],
      [17, 4999],
      [4199, 4201],
      [60, 60],
    ] as const) {
      for (const query of queries) {
        const distances = vectors.map((vector) => trueDistance(metric, query.vector, vector))
        const radius = [...distances].sort((a, b) => a - b)[3500]!
        const expected = distances.flatMap((distance, row) =>
          distance <= radius && row >= from && row < to ? [row] : [],
        )
        const found = [...rows.candidates(query, from, to, radius)]
        expect(found.filter((row) => distances[row]! <= radius)).toEqual(expected)
        expect(found.length).toBeLessThanOrEqual(expected.length + 2)
      }
    }
  })

  it('are all rows where the radius is infinite, and the same array again', () => {
    const rows = rowsOf(metric, hardVectors(5, 1), 7)
    const query = rows.prepare(new Float32Array(5))
    const found = rows.candidates(query, 2, rows.count, Number.POSITIVE_INFINITY)
    expect([...found]).toEqual(Array.from({ length: rows.count - 2 }, (_, at) => at + 2))
    expect(rows.candidates(query, 0, 1, 1).buffer).toBe(found.buffer)
  })

  it('are those of the query as it was prepared', () => {
    const [vector, other] = gaussianVectors(2, 9, 5) as [Float32Array, Float32Array]
    const rows = rowsOf(metric, [vector, other])
    const mine = vector.slice()
    const query = rows.prepare(mine)
    mine.set(other)
    expect([...rows.candidates(query, 0, 2, 0)]).toEqual([0])
    expect(rows.exactDistance(query, 0)).toBe(0)
  })
})

describe('the margin for errors', () => {
  // 16 values that begin the sums of the kernel's 16 lanes, each followed by 255 that are all rounded the same way.
  const rounded = (first: number, next: number) =>
    Float32Array.from({ length: 4096 }, (_, axis) => (axis < 16 ? first : next))

  it('is enough where every addition of squares is rounded up', () => {
    const row = rounded(1, Math.sqrt(2 ** -24 * 1.001))
    const origin = new Float32Array(4096)
    const rows = rowsOf('euclidean', [row])
    expect([...rows.candidates(rows.prepare(origin), 0, 1, trueDistance('euclidean', origin, row))]).toEqual([0])
  })

  it('is enough where every addition of products is rounded down', () => {
    const row = rounded(1.01, Math.sqrt(2 ** -26 * 0.99 * 4.04))
    const rows = rowsOf('cosine', [row])
    expect([...rows.candidates(rows.prepare(row), 0, 1, 0)]).toEqual([0])
  })

  it('rules out zeros by cosine below 1, and by no radius from 1 up', () => {
    const rows = rowsOf('cosine', [new Float32Array(3), Float32Array.of(1, 0, 0)])
    const [zeros, some] = [rows.prepare(new Float32Array(3)), rows.prepare(Float32Array.of(2, 0, 0))]
    expect([...rows.candidates(some, 0, 2, 0.99)]).toEqual([1])
    expect([...rows.candidates(some, 0, 2, 1)]).toEqual([0, 1])
    expect([...rows.candidates(zeros, 0, 2, 0.99)]).toEqual([])
    expect([...rows.candidates(zeros, 0, 2, 1)]).toEqual([0, 1])
  })
})

function rowsOf(metric: Metric, vectors: readonly Float32Array[], rowsPerMemory?: number): DenseRows {
  const rows = new DenseRows({ metric, dimensions: vectors[0]!.length, rowsPerMemory })
  for (const [row, vector] of vectors.entries()) rows.add(vector, row, 0)
  return rows
}
