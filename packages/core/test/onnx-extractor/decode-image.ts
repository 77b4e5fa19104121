import { beginDecoding, type DecodedImage } from '../../src/onnx-extractor/image/decoded-image.ts'

/** Decodes an image to its end. */
export async function decodeImage(...input: Parameters<typeof beginDecoding>): Promise<DecodedImage> {
  const { pixels, ...sizes } = await beginDecoding(...input)
  return { ...sizes, pixels: await pixels }
}
