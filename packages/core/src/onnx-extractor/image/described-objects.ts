import type { Box, Extraction, FeatureSpace } from '../../feature-extractor.ts'
import { objectVector } from '../../object-vector.ts'
import type { DecodedImage } from './decoded-image.ts'
import type { Corners, Detection } from './detection.ts'
import type { Size } from './framing.ts'
import { objectColor } from './object-color.ts'

/** From pixels and what the model found in them, best first, to objects and vector. All numbers are float32. */
export function describedObjects(
  { size, scaled, pixels }: DecodedImage,
  detections: readonly Detection[],
  space: Pick<FeatureSpace, 'axes' | 'threshold'>,
): Omit<Extraction, 'appearance'> {
  const objects = detections.map((detection) => ({
    axis: detection.axis,
    score: Math.fround(detection.score),
    box: shares(detection.visible, scaled),
    color: objectColor(pixels, scaled, detection),
  }))
  return { objects, vector: objectVector(objects, space), width: size.width, height: size.height }
}

function shares({ left, top, right, bottom }: Corners, { width, height }: Size): Box {
  const x = Math.fround(left / width)
  const y = Math.fround(top / height)
  // Measured from the rounded corner, so that the box does not reach beyond the image by a rounding error.
  return [x, y, Math.fround(right / width - x), Math.fround(bottom / height - y)]
}
