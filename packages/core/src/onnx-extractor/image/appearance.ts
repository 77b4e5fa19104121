import type { Appearance } from '../../feature-extractor.ts'
import type { Pixels } from './decoded-image.ts'
import { palette } from './palette.ts'
import { perceptualHash } from './perceptual-hash.ts'

/** What a picture looks like as a whole, for which no model is needed. All numbers are float32. */
export function appearance(pixels: Pixels): Appearance {
  return { palette: palette(pixels), hash: perceptualHash(pixels) }
}
