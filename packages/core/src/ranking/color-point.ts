import type { Lab } from '../feature-extractor.ts'
import { UNKNOWN_COLOR } from '../unknown-facts.ts'

/** How far apart two colours are that are alike to e^-½ = 0.61: Euclidean in CIELAB, where 2 is just noticeable. */
const NEAR = 15

/** A colour in units in which `squaredColorDistance` is what `nearness` takes; NaN where it is unknown. */
export function colorPointOf(color: Lab | null): Lab {
  const [lightness, a, b] = color ?? UNKNOWN_COLOR
  return [lightness / NEAR, a / NEAR, b / NEAR]
}

/** Between the colours that stand at these places of two lists; NaN where one is unknown. */
export function squaredColorDistance(
  one: readonly number[],
  at: number,
  other: readonly number[],
  there: number,
): number {
  const lightness = one[at]! - other[there]!
  const a = one[at + 1]! - other[there + 1]!
  const b = one[at + 2]! - other[there + 2]!
  return lightness * lightness + a * a + b * b
}
