import type { Metric } from '@image-recommender/core'

/**
 * A vector as the graph compares it, in `point`: as it is, or at length 1 by cosine. hnswlib would scale it itself, in
 * float32, where lengths beyond 1e19 and below 1e-23 leave the range.
 */
export function nativePoint(vector: Float32Array, metric: Metric, point: number[]): number[] {
  const length = metric === 'cosine' ? lengthOf(vector) : 1
  const scale = length === 0 ? 1 : length
  for (let axis = 0; axis < vector.length; axis++) point[axis] = vector[axis]! / scale
  return point
}

/** Whether the graph can lead towards a query: by cosine, all vectors are equally far from one that is all zero. */
export function hasDirection(query: Float32Array, metric: Metric): boolean {
  return metric === 'euclidean' || query.some((value) => value !== 0)
}

function lengthOf(vector: Float32Array): number {
  let sum = 0
  for (let axis = 0; axis < vector.length; axis++) sum += vector[axis]! * vector[axis]!
  return Math.sqrt(sum)
}
