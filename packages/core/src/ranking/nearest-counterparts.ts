import { MOST_OBJECTS, nearness } from './nearness.ts'

/** What stands for the distance of an object that has met none. */
const ALONE = Number.POSITIVE_INFINITY

/**
 * Of each object of one image, then of each of another, the square of the distance to its nearest counterpart: of those met in the other
 * image. Memory to work in, for one comparison at a time.
 */
export type Counterparts = Float64Array

export function createCounterparts(): Counterparts {
  return new Float64Array(2 * MOST_OBJECTS)
}

/** @param all how many objects both images have */
export function meetNone(counterparts: Counterparts, all: number): void {
  // There are so few that to call `fill` would take longer.
  for (let at = 0; at < all; at++) counterparts[at] = ALONE
}

/** Two objects that can be compared, where they stand in `counterparts`, and the square of their distance. */
export function meet(counterparts: Counterparts, one: number, other: number, distance: number): void {
  if (distance < counterparts[one]!) counterparts[one] = distance
  if (distance < counterparts[other]!) counterparts[other] = distance
}

/**
 * How near they are: the mean over all objects of both images.
 *
 * @param weightAlone how much an object counts, as 0, that has met none, beside 1 for one that has
 * @param otherwise the mean where nothing counts
 */
export function meanNearness(counterparts: Counterparts, all: number, weightAlone: number, otherwise: number): number {
  let sum = 0
  let weight = 0
  for (let at = 0; at < all; at++) {
    const distance = counterparts[at]!
    if (distance === ALONE) weight += weightAlone
    else {
      sum += nearness(distance)
      weight++
    }
  }
  return weight === 0 ? otherwise : sum / weight
}
