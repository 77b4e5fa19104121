import type { Lab } from '../../feature-extractor.ts'
import type { Pixels } from './decoded-image.ts'
import type { Corners, Detection, Mask } from './detection.ts'
import type { Size } from './framing.ts'
import { srgbToLab } from './lab.ts'

/** Samples along each side of the box: what the masks of Mask R-CNN resolve. */
const SAMPLES = 28

/**
 * The mean CIELAB colour of an object, from 28 × 28 points spread evenly over its box: those that the mask calls object.
 * Where there is no mask, or it is empty there, those of the central part, half as wide and high as the box.
 *
 * @param scaled the size of the image in which the detection has its place
 */
export function objectColor(pixels: Pixels, scaled: Size, { box, visible, mask }: Detection): Lab {
  return (
    (mask === null ? undefined : meanColor(pixels, scaled, box, (x, y) => isObject(mask, box, x, y))) ??
    meanColor(pixels, scaled, central(visible), () => true)!
  )
}

function meanColor(
  pixels: Pixels,
  scaled: Size,
  { left, top, right, bottom }: Corners,
  counts: (x: number, y: number) => boolean,
): Lab | undefined {
  const lab = new Float64Array(3)
  const sum: [number, number, number] = [0, 0, 0]
  let samples = 0
  for (let row = 0; row < SAMPLES; row++) {
    const y = top + ((row + 0.5) / SAMPLES) * (bottom - top)
    if (y < 0 || y >= scaled.height) continue
    const pixelRow = nearest(y, scaled.height, pixels.height)
    for (let column = 0; column < SAMPLES; column++) {
      const x = left + ((column + 0.5) / SAMPLES) * (right - left)
      if (x < 0 || x >= scaled.width || !counts(x, y)) continue
      const at = (pixelRow * pixels.width + nearest(x, scaled.width, pixels.width)) * 3
      srgbToLab(pixels.data[at]!, pixels.data[at + 1]!, pixels.data[at + 2]!, lab)
      sum[0] += lab[0]!
      sum[1] += lab[1]!
      sum[2] += lab[2]!
      samples++
    }
  }
  if (samples === 0) return undefined
  return [Math.fround(sum[0] / samples), Math.fround(sum[1] / samples), Math.fround(sum[2] / samples)]
}

/** The pixel of `to` in which a place in 0..`from` lies. */
function nearest(place: number, from: number, to: number): number {
  return Math.min(to - 1, Math.floor(place * (to / from)))
}

function isObject(mask: Mask, { left, top, right, bottom }: Corners, x: number, y: number): boolean {
  const inside = mask.over === 'input'
  const column = inside ? x : ((x - left) / (right - left)) * mask.width
  const row = inside ? y : ((y - top) / (bottom - top)) * mask.height
  return mask.values[Math.floor(row) * mask.width + Math.floor(column)]! >= 0.5
}

function central({ left, top, right, bottom }: Corners): Corners {
  const width = (right - left) / 4
  const height = (bottom - top) / 4
  return { left: left + width, top: top + height, right: right - width, bottom: bottom - height }
}
