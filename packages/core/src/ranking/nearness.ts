/** How alike something known and something unknown are taken to be: neither alike nor different. */
export const UNKNOWN = 0.5

/** The squared distance at which nearness is `UNKNOWN`. */
export const DISTANCE_OF_UNKNOWN = -2 * Math.log(UNKNOWN)

/** So many objects of an image are looked at. They come best first, so these are the surest. */
export const MOST_OBJECTS = 32

/** How alike things are by the square of their distance, in units in which 1 is alike to e^-½ = 0.61: a bell curve, 1 where they are the same. */
export function nearness(squaredDistance: number): number {
  return Math.exp(-squaredDistance / 2)
}
