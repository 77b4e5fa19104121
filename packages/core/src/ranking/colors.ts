import type { Appearance, DetectedObject } from '../feature-extractor.ts'
import { UNKNOWN_COLOR } from '../unknown-facts.ts'
import { DISTANCE_OF_UNKNOWN, MOST_OBJECTS, nearness, UNKNOWN } from './nearness.ts'

/** What of an object says how it is coloured. */
export type ColoredObject = Pick<DetectedObject, 'axis' | 'color'>
/** What of an appearance says how a picture is coloured. */
export type ColoredPicture = Pick<Appearance, 'palette'>

/** How an image is coloured, as it is compared. */
export interface Coloring {
  /** Of each colour, the one with the largest share first: its share of all, and the colour. */
  readonly palette: readonly number[]
  /** Of each object, best first: its axis, and its colour, NaN where that is unknown. */
  readonly objects: readonly number[]
}

/** What a colour stands behind, and the colour in units of `NEAR`. */
const PER_COLOR = 4
const LIGHTNESS = 1
const A = 2
const B = 3

/** How far apart two colours are that are alike to e^-½ = 0.61: Euclidean in CIELAB, where 2 is just noticeable. */
const NEAR = 15
/** How much the palettes count; the objects' own colours are the rest. */
const PALETTE_SHARE = 0.6
/** So many colours of a palette are looked at. They come with the largest share first. */
const MOST_COLORS = 8

/**
 * How alike images are to one image in their colours: 0.6 · palettes + 0.4 · objects. Two colours are alike by
 * exp(-½ (ΔE / 15)²), where ΔE is their distance in CIELAB (CIE 1976): it falls off
 * where colours get other names, and how far apart different ones are no longer matters.
 *
 * **Palettes**: the earth mover's distance (Rubner, Tomasi and Guibas 2000), found greedily. The shares of one palette, scaled
 * to add up to 1, are carried over to the other, the nearest colours first; each part counts as much as the two colours are alike.
 *
 * **Objects**: each object of either image looks for the object of its class in the other whose colour is nearest; the mean of
 * how alike they are. Only classes that both images have are compared: a red bus and a green one, never a bus and a tree.
 *
 * Symmetric, 0..1; 1 for equal colours. Where something is unknown (no appearance, an empty palette, an object without a
 * colour), two unknowns count as equal, and one beside something known as 0.5. So do objects where no class is in both
 * images, unless neither has any. Of an image the first 32 objects and 8 colours count, which bounds the cost.
 */
export class Colors {
  readonly #palettes: PaletteLikeness
  readonly #objects: ObjectColorLikeness

  constructor({ palette, objects }: Coloring) {
    this.#palettes = new PaletteLikeness(palette)
    this.#objects = new ObjectColorLikeness(objects)
  }

  /** How alike another image is. Takes about one microsecond, 15 for a crowd, and keeps nothing. */
  likeness({ palette, objects }: Coloring): number {
    return PALETTE_SHARE * this.#palettes.of(palette) + (1 - PALETTE_SHARE) * this.#objects.of(objects)
  }
}

/** @param objects those that count as present, best first */
export function coloringOf(objects: readonly ColoredObject[], appearance: ColoredPicture | null): Coloring {
  return { palette: paletteOf(appearance?.palette ?? []), objects: objectColorsOf(objects) }
}

function paletteOf(palette: ColoredPicture['palette']): readonly number[] {
  const colors = palette.filter(({ share }) => share > 0).slice(0, MOST_COLORS)
  const whole = colors.reduce((sum, { share }) => sum + share, 0)
  const numbers: number[] = []
  for (const { color, share } of colors) {
    numbers.push(share / whole, color[0] / NEAR, color[1] / NEAR, color[2] / NEAR)
  }
  return numbers
}

function objectColorsOf(objects: readonly ColoredObject[]): readonly number[] {
  const numbers: number[] = []
  for (const { axis, color } of objects.slice(0, MOST_OBJECTS)) {
    const [lightness, a, b] = color ?? UNKNOWN_COLOR
    numbers.push(axis, lightness / NEAR, a / NEAR, b / NEAR)
  }
  return numbers
}

/** The square of the distance between one colour of each list; NaN where one is unknown. */
function distance(one: readonly number[], at: number, other: readonly number[], there: number): number {
  const lightness = one[at + LIGHTNESS]! - other[there + LIGHTNESS]!
  const a = one[at + A]! - other[there + A]!
  const b = one[at + B]! - other[there + B]!
  return lightness * lightness + a * a + b * b
}

class PaletteLikeness {
  readonly #palette: readonly number[]
  /** What of each share has not been carried over yet. */
  readonly #left = new Float64Array(MOST_COLORS)
  readonly #otherLeft = new Float64Array(MOST_COLORS)
  /** Squared, from each colour to each of the other palette, row by row. */
  readonly #distances = new Float64Array(MOST_COLORS * MOST_COLORS)

  constructor(palette: readonly number[]) {
    this.#palette = palette
  }

  of(other: readonly number[]): number {
    const palette = this.#palette
    if (palette.length === 0 || other.length === 0) return palette.length === other.length ? 1 : UNKNOWN
    const [count, otherCount] = [palette.length / PER_COLOR, other.length / PER_COLOR]
    for (let there = 0; there < otherCount; there++) this.#otherLeft[there] = other[PER_COLOR * there]!
    for (let one = 0; one < count; one++) {
      this.#left[one] = palette[PER_COLOR * one]!
      for (let there = 0; there < otherCount; there++)
        this.#distances[one * MOST_COLORS + there] = distance(palette, PER_COLOR * one, other, PER_COLOR * there)
    }
    let sum = 0
    // Each step uses up a colour of one of the two.
    for (let step = count + otherCount; step > 0; step--) sum += this.#carryNearest(count, otherCount)
    return Math.min(1, sum)
  }

  /**
   * Of colours equally near, the first come first. That leaves symmetry as it is: where two moves share a colour, either
   * order of the loops has the same one first, and where they share none, their order does not matter.
   */
  #carryNearest(count: number, otherCount: number): number {
    const distances = this.#distances
    const left = this.#left
    const otherLeft = this.#otherLeft
    let least = Number.POSITIVE_INFINITY
    let from = 0
    let to = 0
    for (let one = 0; one < count; one++) {
      if (left[one] === 0) continue
      for (let there = 0; there < otherCount; there++) {
        const apart = distances[one * MOST_COLORS + there]!
        if (apart < least && otherLeft[there] !== 0) {
          least = apart
          from = one
          to = there
        }
      }
    }
    if (least === Number.POSITIVE_INFINITY) return 0
    const share = Math.min(left[from]!, otherLeft[to]!)
    left[from]! -= share
    otherLeft[to]! -= share
    return share * nearness(least)
  }
}

class ObjectColorLikeness {
  readonly #objects: readonly number[]
  /** The square of the distance to the nearest colour in the same class of the other image. */
  readonly #nearest = new Float64Array(MOST_OBJECTS)
  readonly #otherNearest = new Float64Array(MOST_OBJECTS)

  constructor(objects: readonly number[]) {
    this.#objects = objects
  }

  of(other: readonly number[]): number {
    const objects = this.#objects
    if (objects.length === 0 && other.length === 0) return 1
    const [count, otherCount] = [objects.length / PER_COLOR, other.length / PER_COLOR]
    this.#nearest.fill(Number.POSITIVE_INFINITY, 0, count)
    this.#otherNearest.fill(Number.POSITIVE_INFINITY, 0, otherCount)
    for (let one = 0; one < count; one++) {
      for (let there = 0; there < otherCount; there++) {
        if (objects[PER_COLOR * one] !== other[PER_COLOR * there]) continue
        const apart = distanceOfObjects(objects, PER_COLOR * one, other, PER_COLOR * there)
        if (apart < this.#nearest[one]!) this.#nearest[one] = apart
        if (apart < this.#otherNearest[there]!) this.#otherNearest[there] = apart
      }
    }
    const compared = comparedIn(this.#nearest, count) + comparedIn(this.#otherNearest, otherCount)
    if (compared === 0) return UNKNOWN
    return (nearnessIn(this.#nearest, count) + nearnessIn(this.#otherNearest, otherCount)) / compared
  }
}

function distanceOfObjects(one: readonly number[], at: number, other: readonly number[], there: number): number {
  const apart = distance(one, at, other, there)
  if (!Number.isNaN(apart)) return apart
  const areBothUnknown = Number.isNaN(one[at + LIGHTNESS]!) && Number.isNaN(other[there + LIGHTNESS]!)
  return areBothUnknown ? 0 : DISTANCE_OF_UNKNOWN
}

function comparedIn(nearest: Float64Array, count: number): number {
  let compared = 0
  for (let at = 0; at < count; at++) if (nearest[at] !== Number.POSITIVE_INFINITY) compared++
  return compared
}

function nearnessIn(nearest: Float64Array, count: number): number {
  let sum = 0
  for (let at = 0; at < count; at++) if (nearest[at] !== Number.POSITIVE_INFINITY) sum += nearness(nearest[at]!)
  return sum
}
