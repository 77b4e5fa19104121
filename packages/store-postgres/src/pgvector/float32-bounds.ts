import type { Shape } from './pgvector-tables.ts'

/** Half of the last bit of a float32, relative to its value. */
const UNIT = 2 ** -24
/** Operations other than the sums, generously. */
const OTHERS = 16
/** What squares that are too small for a float32 may add up to. */
const UNDERFLOW = 1e-18

/** By how much a distance that pgvector computes, with sums in float32, may be off from the true one that is given. */
export function toleranceOf({ dimensions, metric }: Shape, distance: number): number {
  const relative = (dimensions + OTHERS) * UNIT
  // A sum of squares is off by as much of itself. Cosine is one sum divided by the root of two others.
  return metric === 'euclidean' ? relative * distance + UNDERFLOW : 3 * relative
}

/**
 * The query as it is sent: by cosine made longer or shorter by a power of two, which keeps its direction to the last bit, so
 * that its squares are neither too small nor too large for float32. `undefined` where it has no direction.
 */
export function sendable(query: Float32Array, { metric }: Shape): Float32Array | undefined {
  if (metric === 'euclidean') return query
  const largest = query.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (largest === 0) return undefined
  // In two steps, as the power itself may be too large for a float64.
  const half = 2 ** Math.floor(-Math.log2(largest) / 2)
  return query.map((value) => value * half * half)
}

const GREATEST_HALF = 65504

/** Whether half precision has room for it. */
export function fitsHalf(vector: Float32Array): boolean {
  return vector.every((value) => Math.abs(value) <= GREATEST_HALF)
}
