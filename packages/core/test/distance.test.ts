import { describe, expect, it } from 'vitest'
import { distanceOf } from '../src/index.ts'
import { seededVectors } from '../src/testing/index.ts'

describe('distanceOf', () => {
  const euclidean = distanceOf('euclidean')
  const cosine = distanceOf('cosine')

  it('is what the textbook says', () => {
    expect(euclidean(Float32Array.of(0, 3), Float32Array.of(4, 0))).toBe(5)
    expect(cosine(Float32Array.of(1, 0), Float32Array.of(0, 2))).toBe(1)
    expect(cosine(Float32Array.of(1, 1), Float32Array.of(-2, -2))).toBe(2)
    expect(cosine(Float32Array.of(1, 0), Float32Array.of(1, 1))).toBeCloseTo(1 - Math.SQRT1_2, 15)
  })

  it('is exactly 0 for identical vectors, never negative, and symmetric', () => {
    const vectors = seededVectors({ count: 200, seed: 9 }).filter((vector) => vector.some((value) => value > 0))
    for (const distance of [euclidean, cosine]) {
      for (const a of vectors) {
        expect(distance(a, a.slice())).toBe(0)
        const b = vectors[7]!
        expect(distance(a, b)).toBeGreaterThanOrEqual(0)
        expect(distance(a, b)).toBe(distance(b, a))
      }
    }
  })

  it('neither overflows nor loses the smallest values', () => {
    const huge = Float32Array.of(3e38, 3e38)
    expect(euclidean(huge, new Float32Array(2))).toBeCloseTo(3e38 * Math.SQRT2, -33)
    expect(cosine(huge, huge)).toBe(0)
    const tiny = Float32Array.of(1e-45, 0)
    expect(euclidean(tiny, new Float32Array(2))).toBeGreaterThan(0)
    expect(cosine(tiny, tiny)).toBe(0)
  })

  it('is 1 by cosine where a vector has no direction', () => {
    expect(cosine(new Float32Array(2), Float32Array.of(1, 0))).toBe(1)
    expect(cosine(new Float32Array(2), new Float32Array(2))).toBe(1)
  })
})
