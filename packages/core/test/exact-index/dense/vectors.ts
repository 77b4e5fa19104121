import { seededRandom } from '../../../src/testing/seeded-random.ts'

/** Normally distributed values, mean 0 and variance 1. */
export function gaussianVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  const random = seededRandom(seed)
  // Box and Muller's transform; 1 - random() is never 0.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Array.from({ length: count }, () => Float32Array.from({ length: dimensions }, normal))
}

/** A few vectors of every kind that is hard on float32 sums: nothing, next to nothing, too much, all at once, twins. */
export function hardVectors(dimensions: number, seed: number): Float32Array[] {
  const [a, b, c, d, e] = gaussianVectors(5, dimensions, seed) as [Float32Array, Float32Array, ...Float32Array[]]
  const scales = [2 ** -149, 1e-44, 2 ** -130, 1e-30, 1e-20, 1e-15, 1e15, 1e18, 1e19, 1e30, 3e37]
  const almost = a.map((value, axis) => (axis === 0 ? value * (1 + 2 ** -23) : value))
  const mixed = e!.map((value, axis) => value * 10 ** (((axis * 7) % 75) - 38))
  const alone = new Float32Array(dimensions)
  alone[dimensions - 1] = -1
  return [
    ...[a, b, c!, d!, a, almost, mixed, alone, new Float32Array(dimensions)],
    ...[a.map((value) => -value), a.map((value) => value * 3), a.map(Math.abs), a.map((value) => Math.max(0, value))],
    ...scales.flatMap((scale) => [b.map((value) => value * scale), c!.map((value) => value * scale)]),
  ]
}
