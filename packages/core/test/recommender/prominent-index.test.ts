import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import { mostProminent, prominentDistance, prominentIndex } from '../../src/recommender/prominent-index.ts'
import type { AxisCondition } from '../../src/similarity-index.ts'
import { similarityIndexContract } from '../../src/testing/index.ts'

describe('an index in which all axes are as prominent', () => {
  similarityIndexContract({
    describe,
    it,
    // By cosine nothing changes where all are multiplied by the same.
    create: async ({ dimensions, metric }) =>
      prominentIndex(createExactIndex({ dimensions, metric }), Array(dimensions).fill(metric === 'cosine' ? 4 : 1)),
  })
})

const prominence = [1, 2, 4, 4, 2]
const score = fc.oneof(fc.constant(0), fc.float({ min: Math.fround(0.1), max: 1, noNaN: true }))
const vector = fc.array(score, { minLength: 5, maxLength: 5 }).map((scores) => Float32Array.from(scores))

describe.each(['euclidean', 'cosine'] as const)(
  'an index by %s distance in which some axes are more prominent',
  (metric) => {
    it('has the distances of products, vectors as they were written, and filters by their values', async () => {
      const distance = prominentDistance(metric, prominence)
      const condition = fc.record({ axis: fc.nat(4), atLeast: fc.option(score, { nil: undefined }) })
      await fc.assert(
        fc.asyncProperty(fc.array(vector, { minLength: 1 }), vector, condition, async (vectors, query, condition) => {
          const index = prominentIndex(createExactIndex({ dimensions: 5, metric }), prominence)
          const entries = vectors.map((vector, at) => ({ id: `${at}`, vector, tags: [] }))
          await index.write({ put: entries })
          const where = { axes: { all: [condition] } }
          const found = await index.search({ vector: query, limit: 1000, where })
          const expected = entries
            .filter(({ vector }) => holds(condition, vector))
            .map(({ id, vector }) => ({ id, distance: distance(query, vector), vector }))
            .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
          expect(found.map(({ id, distance, vector }) => ({ id, distance, vector }))).toEqual(expected)
          expect((await index.counts(where)).total).toBe(expected.length)
        }),
        { seed: 1, numRuns: 200 },
      )
    })
  },
)

it('keeps of a vector what counts most, and of what counts as much the first', () => {
  const vector = Float32Array.of(0.5, 0.75, 0.25, 0.25, 0)
  expect(mostProminent(vector, [1, 1, 4, 4, 4], 2)).toEqual(Float32Array.of(0, 0, 0.25, 0.25, 0))
  expect(mostProminent(vector, [1, 1, 1, 1, 1], 3)).toEqual(Float32Array.of(0.5, 0.75, 0.25, 0, 0))
  expect(mostProminent(vector, [1, 1, 1, 1, 1], 9)).toEqual(vector)
})

it('multiplies before it measures', () => {
  const [both, one] = [Float32Array.of(1, 1), Float32Array.of(1, 0)]
  expect(prominentDistance('cosine', [1, 4])(both, one)).toBeCloseTo(1 - 1 / Math.sqrt(17), 12)
  expect(prominentDistance('euclidean', [1, 4])(both, one)).toBe(4)
})

function holds({ axis, atLeast = 0 }: AxisCondition, vector: Float32Array): boolean {
  return vector[axis]! > 0 && vector[axis]! >= atLeast
}
