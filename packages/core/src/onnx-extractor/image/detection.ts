import { FACT_THRESHOLD } from '../../object-vector.ts'
import type { Size } from './framing.ts'

/** One detection, in pixels of the scaled image. */
export interface Detection {
  readonly axis: number
  readonly score: number
  /** As the model gave it: may reach beyond the image. The mask lies over this box. */
  readonly box: Corners
  /** Clipped to the image; never empty. */
  readonly visible: Corners
  /** `null`: the model gives no masks. */
  readonly mask: Mask | null
}

export interface Corners {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Probabilities, row by row: over the detection's box, or over the whole input. */
export interface Mask extends Size {
  readonly values: ArrayLike<number>
  readonly over: 'box' | 'input'
}

/**
 * A detection where it is worth keeping: with a score of at least `FACT_THRESHOLD`, on an axis that is not the background, with
 * a box that is finite and has an area within the image. The rest is dropped, as Matterport's Mask R-CNN does with empty boxes.
 */
export function detectionOf(
  axis: number,
  score: number,
  box: Corners,
  image: Size,
  mask: Mask | null = null,
): Detection | undefined {
  const visible = clipped(box, image)
  // Written so that NaN is refused everywhere.
  return axis > 0 && score >= FACT_THRESHOLD && hasArea(visible) ? { axis, score, box, visible, mask } : undefined
}

/** Thinner boxes would have no side left as float32 shares. */
const LEAST_SIDE = 0.01

function hasArea({ left, top, right, bottom }: Corners): boolean {
  return right - left > LEAST_SIDE && bottom - top > LEAST_SIDE
}

function clipped(box: Corners, { width, height }: Size): Corners {
  if (!Object.values(box).every(Number.isFinite)) return { left: 0, top: 0, right: 0, bottom: 0 }
  const within = (value: number, end: number) => Math.min(end, Math.max(0, value))
  return {
    left: within(box.left, width),
    top: within(box.top, height),
    right: within(box.right, width),
    bottom: within(box.bottom, height),
  }
}
