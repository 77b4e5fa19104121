import { expect } from 'vitest'
import type { Match } from '../../../src/similarity-index.ts'

/** The same ids in the same order, distances equal to the last bit, equal vectors. It is quick where all is well. */
export function expectSame(found: readonly Match[], wanted: readonly Match[]): void {
  const at = wanted.findIndex((match, place) => !isSame(found[place], match))
  if (at >= 0) expect(found[at], `match ${at} of ${wanted.length}`).toEqual(wanted[at])
  expect(found.length).toBe(wanted.length)
}

function isSame(found: Match | undefined, { id, distance, vector }: Match): boolean {
  return found?.id === id && found.distance === distance && isSameVector(found.vector, vector)
}

/** -0 may come back as 0. */
export function isSameVector(a: Float32Array, b: Float32Array): boolean {
  return a instanceof Float32Array && a.length === b.length && a.every((value, axis) => value === b[axis])
}
