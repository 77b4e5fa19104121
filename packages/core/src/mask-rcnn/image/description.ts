import type { Box, DetectedObject, Extraction } from '../../feature-extractor.ts'
import { objectVector } from '../../object-vector.ts'
import type { ModelContract } from '../model/model-contract.ts'
import type { ModelSession } from '../model/model-session.ts'
import { type DecodedImage, decodeImage, type SharpFactory } from './decoded-image.ts'
import { type Corners, detections } from './detections.ts'
import { type Size, scaledSize } from './input-size.ts'
import { inputTensor } from './input-tensor.ts'
import { objectColor } from './object-color.ts'
import { palette } from './palette.ts'
import { perceptualHash } from './perceptual-hash.ts'

export interface DescriptionSettings {
  readonly contract: ModelContract
  readonly threshold: number
  readonly maxPixels: number
}

/** The whole way from encoded bytes to objects, vector and appearance. All numbers are float32. */
export async function describeImage(
  image: Uint8Array,
  sharp: SharpFactory,
  session: ModelSession,
  { contract, threshold, maxPixels }: DescriptionSettings,
): Promise<Extraction> {
  const decoded = await decodeImage(sharp, image, maxPixels, (size) => scaledSize(size, contract.input))
  const { values, width, height } = inputTensor(decoded.pixels, contract.input)
  const result = await session.run(values, width, height)
  const objects = objectsOf(decoded, detections(result, contract, decoded.pixels, { width, height }))
  return {
    objects,
    vector: objectVector(objects, { axes: contract.axes, threshold }),
    width: decoded.size.width,
    height: decoded.size.height,
    appearance: { palette: palette(decoded.pixels), hash: perceptualHash(decoded.pixels) },
  }
}

function objectsOf({ pixels }: DecodedImage, found: ReturnType<typeof detections>): DetectedObject[] {
  return found.map((detection) => ({
    axis: detection.axis,
    score: Math.fround(detection.score),
    box: shares(detection.visible, pixels),
    color: objectColor(pixels, detection),
  }))
}

function shares({ left, top, right, bottom }: Corners, { width, height }: Size): Box {
  const x = Math.fround(left / width)
  const y = Math.fround(top / height)
  // Measured from the rounded corner, so that the box does not reach beyond the image by a rounding error.
  return [x, y, Math.fround(right / width - x), Math.fround(bottom / height - y)]
}
