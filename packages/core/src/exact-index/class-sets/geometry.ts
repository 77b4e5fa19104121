import type { Metric } from '../../similarity-index.ts'

/**
 * The space in which class sets and blocks are bounded: one where the metric's order is that of straight lines.
 *
 * For the Euclidean metric these are the scores themselves. For cosine they are the scores of the vector scaled to length 1:
 * on the unit sphere the squared straight line between two vectors is 2 · (1 - cosine of their angle).
 */
export interface Geometry {
  /** Writes the coordinates of `size` scores, from `scores[from]` on, into `coordinates`. */
  locate(scores: Float32Array, from: number, size: number, coordinates: Float64Array): void
  /** Whether members with that many classes all lie at one point (or two: values below 0), if they have the same. */
  isPoint(size: number): boolean
  /** The squared straight line that belongs to a distance of the metric. */
  squaredLine(distance: number): number
}

export function geometryOf(metric: Metric): Geometry {
  return metric === 'euclidean' ? plane : sphere
}

const plane: Geometry = {
  locate(scores, from, size, coordinates) {
    for (let column = 0; column < size; column++) coordinates[column] = scores[from + column]!
  },
  isPoint: (size) => size === 0,
  squaredLine: (distance) => distance * distance,
}

const sphere: Geometry = {
  locate(scores, from, size, coordinates) {
    let squares = 0
    for (let column = 0; column < size; column++) squares += scores[from + column]! * scores[from + column]!
    const scale = 1 / Math.sqrt(squares)
    for (let column = 0; column < size; column++) coordinates[column] = scores[from + column]! * scale
  },
  isPoint: (size) => size <= 1,
  squaredLine: (distance) => 2 * distance,
}
