import type { Metric } from '../similarity-index.ts'

export interface Score {
  /** 1: identical. */
  readonly score: number
  /** What each axis adds to the score, the largest first; axes that add nothing are left out. */
  readonly summands: readonly { readonly axis: number; readonly contribution: number }[]
}

/**
 * The score of a match that is ranked by distance alone, as a sum over the axes.
 *
 * Cosine: 1 - distance, which is the dot product of the two vectors at unit length. Euclidean: 1 - distance² / (|q|² + |x|²),
 * which is 2·q·x / (|q|² + |x|²), the overlap named after Dice (1945) in its form for weighted sets. Either is 1 for
 * identical vectors and 0 for those with nothing in common.
 */
export function distanceScore(metric: Metric, query: Float32Array, vector: Float32Array, distance: number): Score {
  let squaresOfQuery = 0
  let squaresOfVector = 0
  for (let axis = 0; axis < query.length; axis++) {
    squaresOfQuery += query[axis]! ** 2
    squaresOfVector += vector[axis]! ** 2
  }
  const euclidean = metric === 'euclidean'
  const total = euclidean ? (squaresOfQuery + squaresOfVector) / 2 : Math.sqrt(squaresOfQuery * squaresOfVector)
  if (total === 0) return { score: 0, summands: [] }

  const summands: { axis: number; contribution: number }[] = []
  for (let axis = 0; axis < query.length; axis++) {
    const contribution = (query[axis]! * vector[axis]!) / total
    if (contribution !== 0) summands.push({ axis, contribution })
  }
  summands.sort((a, b) => b.contribution - a.contribution || a.axis - b.axis)
  return { score: euclidean ? 1 - distance ** 2 / (2 * total) : 1 - distance, summands }
}
