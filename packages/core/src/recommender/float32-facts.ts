import type { Box, Extraction, Lab } from '../feature-extractor.ts'

/**
 * A copy whose numbers all have float32 precision, objects sorted by their scores. Stores may pack facts as float32, and
 * whoever reads them back from one gets what everybody else gets.
 */
export function inFloat32({ objects, vector, width, height, appearance }: Extraction): Extraction {
  return {
    objects: objects
      .map(({ axis, score, box, color }) => ({
        axis,
        score: Math.fround(score),
        box: box && (box.map(Math.fround) as unknown as Box),
        color: color && (color.map(Math.fround) as unknown as Lab),
      }))
      .sort((a, b) => b.score - a.score),
    vector: Float32Array.from(vector),
    width,
    height,
    appearance: appearance && {
      palette: appearance.palette.map(({ color, share }) => ({
        color: color.map(Math.fround) as unknown as Lab,
        share: Math.fround(share),
      })),
      hash: appearance.hash,
    },
  }
}
