import { dimensions } from './class-sets.js'
import { sum } from './measure.js'

/** Counts of pairs as shares; what was never seen gets as much as what was seen once, in proportion to both classes (Good and Turing). */
export function withUnseen(counts, classes) {
  const chance = counts.map((count, pair) => {
    const [one, other] = [Math.floor(pair / dimensions), pair % dimensions]
    return one < other && count === 0 ? classes[one] * classes[other] : 0
  })
  const seen = sum(counts)
  const unseen = counts.filter((count) => count === 1).length / seen
  const possible = sum(chance)
  return counts.map((count, pair) => (count / seen) * (1 - unseen) + (chance[pair] / possible) * unseen)
}
