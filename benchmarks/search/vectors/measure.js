import { dimensions } from './class-sets.js'

/** Where the distribution of scores is kept: close together at both ends. */
export const levels = [0, 0.01, ...Array.from({ length: 19 }, (_, at) => (at + 1) / 20), 0.99, 1]

/** Counts over vectors that lie one behind the other: what the generator is made from and held against. */
export function measure(vectors) {
  const count = vectors.length / dimensions
  const sizes = Array(12).fill(0)
  const classes = Array(dimensions).fill(0)
  const pairs = new Float64Array(dimensions ** 2)
  const sets = new Map()
  const scores = []
  for (let at = 0; at < count; at++) {
    const vector = vectors.subarray(at * dimensions, (at + 1) * dimensions)
    const set = []
    for (let axis = 0; axis < dimensions; axis++) if (vector[axis] > 0) set.push(axis)
    sizes[set.length]++
    sets.set(set.join(), (sets.get(set.join()) ?? 0) + 1)
    forPairs(set, (pair) => pairs[pair]++)
    for (const axis of set) {
      classes[axis]++
      scores.push({ size: set.length, axis, score: vector[axis] })
    }
  }
  return { count, sizes, classes, pairs, sets, scores }
}

/** Calls with the place of each pair of the set in a square table, the smaller class naming the row. */
export function forPairs(set, call, size = set.length) {
  for (let one = 0; one < size; one++) {
    for (let other = one + 1; other < size; other++) call(set[one] * dimensions + set[other])
  }
}

/** `ascending` must be so. */
export function quantile(ascending, level) {
  const place = level * (ascending.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, ascending.length - 1)
  return ascending[below] + (place - below) * (ascending[above] - ascending[below])
}

export function sum(values) {
  let total = 0
  for (const value of values) total += value
  return total
}
