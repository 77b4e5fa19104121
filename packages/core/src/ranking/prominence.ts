/**
 * Objects that many photographs show, whatever they are of, so that they say little of which photographs are alike: in more than a third,
 * and in more than a twentieth, of the 5,000 of COCO val2017 as a Mask R-CNN sees them.
 */
const IN_A_THIRD: ReadonlySet<string> = new Set(['person'])
const IN_A_TWENTIETH: ReadonlySet<string> = new Set([
  'dining table',
  'chair',
  'car',
  'cup',
  'bottle',
  'bowl',
  'potted plant',
  'book',
  'bench',
])

/** Powers of two: to multiply by them rounds nothing. */
const [EVERYWHERE, COMMON, RARE] = [1, 2, 4]

/**
 * By what each axis is multiplied where candidates are looked for, so that the nearest are those which the ranking has first, to which what
 * is rare counts for more. How rare an object is in a collection at the moment is left to the ranking, as an index cannot be filled anew
 * for each image that comes.
 *
 * `undefined` where no axis is known to be common, so that all count the same.
 */
export function prominenceOf(axes: readonly string[]): readonly number[] | undefined {
  const prominence = axes.map((name) => {
    if (IN_A_THIRD.has(name)) return EVERYWHERE
    return IN_A_TWENTIETH.has(name) ? COMMON : RARE
  })
  return prominence.every((factor) => factor === RARE) ? undefined : prominence
}
