import type { Appearance, DetectedObject } from '../feature-extractor.ts'
import { colorPointOf } from './color-point.ts'
import { MOST_OBJECTS } from './nearness.ts'
import { placeOf } from './place.ts'

/** What of an object says where it is, and how it is coloured. */
export type SeenObject = Pick<DetectedObject, 'axis' | 'box' | 'color'>
/** What of an appearance says how a picture is coloured. */
export type ColoredPicture = Pick<Appearance, 'palette'>

/** What of a picture says how it looks, whatever is in it: in numbers, so that comparing it is nothing but arithmetic on two lists. */
export interface Look {
  /** Of each object, best first: its axis, its place, its colour; NaN where the box or the colour is unknown. */
  readonly objects: readonly number[]
  /** Of each colour, the one with the largest share first: its share of all, and the colour. */
  readonly palette: readonly number[]
}

/** In `objects`: what stands behind the axis, and how many numbers an object has. */
export const X = 1
export const Y = 2
export const WIDTH = 3
export const HEIGHT = 4
export const OBJECT_COLOR = 5
export const PER_OBJECT = 8

/** In `palette`: what stands behind the share, and how many numbers a colour has. */
export const PALETTE_COLOR = 1
export const PER_COLOR = 4

/** So many colours of a palette are looked at. They come with the largest share first. */
export const MOST_COLORS = 8

/** @param objects those that count as present, best first */
export function lookOf(objects: readonly SeenObject[], appearance: ColoredPicture | null): Look {
  return { objects: numbersOf(objects.slice(0, MOST_OBJECTS)), palette: paletteOf(appearance?.palette ?? []) }
}

function numbersOf(objects: readonly SeenObject[]): number[] {
  const numbers: number[] = []
  for (const { axis, box, color } of objects) numbers.push(axis, ...placeOf(box), ...colorPointOf(color))
  return tight(numbers)
}

function paletteOf(palette: ColoredPicture['palette']): number[] {
  const colors = palette.filter(({ share }) => share > 0).slice(0, MOST_COLORS)
  const whole = colors.reduce((sum, { share }) => sum + share, 0)
  const numbers: number[] = []
  for (const { color, share } of colors) numbers.push(share / whole, ...colorPointOf(color))
  return tight(numbers)
}

/** Many are kept, and what was pushed to holds memory for more to come. */
function tight(numbers: readonly number[]): number[] {
  return numbers.slice()
}
