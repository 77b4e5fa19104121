import type { Box } from '../feature-extractor.ts'
import { UNKNOWN_BOX } from '../unknown-facts.ts'

/** How far apart two centres are that are alike to e^-½ = 0.61, as a share of the image's sides. */
const NEAR = 0.15
/** The same for widths and for heights: the logarithm of their ratio, so a little more than twice as wide. */
const AS_LARGE = 0.7
/** Thinner sides count as this, so that their logarithm is a number. A share of the image's side. */
const LEAST_SIDE = 1e-4

/** Where an object is: the centre, and logarithms of the sides, in units in which the squared distance is a plain sum. */
type Place = readonly [x: number, y: number, width: number, height: number]

/** The `x` of the right edge of an image. */
export const RIGHT_EDGE = 1 / NEAR

/** The place of an object with such a box; NaN where that is unknown. */
export function placeOf(box: Box | null): Place {
  const [x, y, width, height] = box ?? UNKNOWN_BOX
  return [
    (x + width / 2) / NEAR,
    (y + height / 2) / NEAR,
    Math.log(Math.max(width, LEAST_SIDE)) / AS_LARGE,
    Math.log(Math.max(height, LEAST_SIDE)) / AS_LARGE,
  ]
}
