import type { InputSize } from './input-size.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** How an image is brought into the size of the input; `pad` adds zeros at the bottom and on the right, to a multiple. */
export type Framing =
  | InputSize
  | { readonly fit: 'pad'; readonly shortSide: number; readonly longSide: number; readonly multipleOf: number }

/** What of the scaled image is in the input: it begins at `left`, `top`, and what is beyond the image is zero. */
export interface Window extends Size {
  readonly left: number
  readonly top: number
}

/** To which size an image is scaled before the model sees it: nearest whole pixels, at least 1, at most the long side. */
export function scaledSize(image: Size, framing: Framing): Size {
  if (framing.fit === 'stretch') return { width: framing.width, height: framing.height }
  const longSide = framing.fit === 'crop' ? Number.POSITIVE_INFINITY : framing.longSide
  const scale = Math.min(
    framing.shortSide / Math.min(image.width, image.height),
    longSide / Math.max(image.width, image.height),
  )
  const scaled = (side: number) => Math.min(longSide, Math.max(1, Math.round(side * scale)))
  return { width: scaled(image.width), height: scaled(image.height) }
}

/** Which part of the scaled image is the input, or how far the input reaches beyond it. */
export function windowOn(scaled: Size, framing: Framing): Window {
  if (framing.fit === 'crop') {
    const { width, height } = framing
    const before = (side: number, kept: number) => Math.floor((side - kept) / 2)
    return { left: before(scaled.width, width), top: before(scaled.height, height), width, height }
  }
  if (framing.fit !== 'pad') return { left: 0, top: 0, ...scaled }
  const padded = (side: number) => Math.ceil(side / framing.multipleOf) * framing.multipleOf
  return { left: 0, top: 0, width: padded(scaled.width), height: padded(scaled.height) }
}
