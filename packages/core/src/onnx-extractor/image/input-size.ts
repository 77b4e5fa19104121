import { z } from 'zod'

/** In which size a model sees an image, in pixels. Scaling is bilinear, and area by area where it makes smaller. */
export type InputSize = StretchedSize | ScaledSize | CroppedSize

/** Always the same size: the image is stretched into it, whatever its proportions. */
export interface StretchedSize {
  readonly fit: 'stretch'
  readonly width: number
  readonly height: number
}

/** The image keeps its proportions: it is scaled, up or down, by min(shortSide / its short side, longSide / its long side). */
export interface ScaledSize {
  readonly fit: 'scale'
  readonly shortSide: number
  readonly longSide: number
}

/** Scaled until its short side is `shortSide`, then the middle of it is cut out. */
export interface CroppedSize {
  readonly fit: 'crop'
  readonly shortSide: number
  /** Neither may be more than `shortSide`. */
  readonly width: number
  readonly height: number
}

export const side = z.int().min(32).max(8192)

export const stretchedSizeSchema = z.strictObject({ fit: z.literal('stretch'), width: side, height: side })

export const scaledSizeSchema = z
  .strictObject({ fit: z.literal('scale'), shortSide: side, longSide: side })
  .refine(({ shortSide, longSide }) => longSide >= shortSide, {
    path: ['longSide'],
    error: 'must not be less than shortSide',
  })

export const croppedSizeSchema = z
  .strictObject({ fit: z.literal('crop'), shortSide: side, width: side, height: side })
  .refine(({ shortSide, width, height }) => Math.max(width, height) <= shortSide, {
    path: ['shortSide'],
    error: 'must not be less than width or height',
  })

/** The size as a space's id names it: `640`, or `640x480` where the sides differ; else the short side. */
export function sizeName(size: InputSize): string {
  if (size.fit === 'scale') return `${size.shortSide}`
  return size.width === size.height ? `${size.width}` : `${size.width}x${size.height}`
}
