import { type Distance, distanceOf } from '../distance.ts'
import type { FeatureSpace } from '../feature-extractor.ts'
import { prominenceOf } from '../ranking/prominence.ts'
import type { SimilarityIndex } from '../similarity-index.ts'
import { Hash32 } from './hash32.ts'
import { mostProminent, prominentDistance, prominentIndex } from './prominent-index.ts'

/** How many of the nearest are ranked where many images are liked, or all axes count the same, and nobody says otherwise. */
export const CANDIDATES = 300

/** The index of the vectors that are made of objects. */
export interface ObjectIndex {
  readonly index: SimilarityIndex
  /** Between two vectors, as the index has it. */
  readonly distance: Distance
  /** What it is filled with: vectors of which space, and by what they are multiplied. An index that was filled otherwise is not gone on with. */
  readonly content: string
  /**
   * What is looked for in the place of a mean of many, which has a little of everything: nothing is near it. Of 500 images, among a million,
   * to look for what it has most of takes a thirtieth of the time. `most`: for so many axes.
   */
  readonly essence: (mean: Float32Array, most: number) => Float32Array
  /** How many of the nearest are ranked where one image is liked, or a few objects, and nobody says otherwise. */
  readonly candidatesOfOne: number
}

/** In which all axes count the same: the best of a ranking are near, and seldom the nearest. */
export function plainIndex(index: SimilarityIndex, { id }: FeatureSpace): ObjectIndex {
  return {
    index,
    distance: distanceOf(index.metric),
    content: id,
    essence: (mean) => mean,
    candidatesOfOne: CANDIDATES,
  }
}

/** In which what is rare counts for more, as it does in a ranking by objects: more of its best are among the nearest. */
export function candidateIndex(index: SimilarityIndex, space: FeatureSpace): ObjectIndex {
  const prominence = prominenceOf(space.axes)
  if (!prominence) return plainIndex(index, space)
  return {
    index: prominentIndex(index, prominence),
    distance: prominentDistance(index.metric, prominence),
    content: `${space.id} × ${new Hash32().text(prominence.join('')).value.toString(36)}`,
    essence: (mean, most) => mostProminent(mean, prominence, most),
    candidatesOfOne: 100,
  }
}
