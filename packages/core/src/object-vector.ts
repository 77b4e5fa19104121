import type { DetectedObject, FeatureSpace } from './feature-extractor.ts'

/** Below this score a detection is noise, and not even kept as a fact. */
export const FACT_THRESHOLD = 0.3

/**
 * The vector of an image: on every axis the best score among its objects that is not under the space's threshold, else 0.
 *
 * @returns `space.axes.length` values, each 0 or in [threshold, 1]
 */
export function objectVector(
  objects: readonly DetectedObject[],
  space: Pick<FeatureSpace, 'axes' | 'threshold'>,
): Float32Array {
  const vector = new Float32Array(space.axes.length)
  for (const { axis, score } of objects) {
    if (isPresent(score, space) && score > vector[axis]!) vector[axis] = score
  }
  return vector
}

/** Whether an object of that score counts as present; compared in float32, in which 0.7 is a little less than it is in float64. */
function isPresent(score: number, { threshold }: Pick<FeatureSpace, 'threshold'>): boolean {
  return Math.fround(score) >= Math.fround(threshold ?? 0)
}

/** The objects that count as present, in their order. */
export function presentObjects(
  objects: readonly DetectedObject[],
  space: Pick<FeatureSpace, 'threshold'>,
): DetectedObject[] {
  return objects.filter(({ score }) => isPresent(score, space))
}
