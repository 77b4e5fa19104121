import type { Metadata, Sharp } from 'sharp'
import { RecommenderError } from '../../errors.ts'
import { firstLine } from '../../first-line.ts'
import type { Size } from './framing.ts'
import { beginning, IMAGE_FORMATS, imageFormat } from './image-format.ts'

/** Interleaved 8-bit sRGB, three bytes a pixel, row by row from the top left. */
export interface Pixels extends Size {
  readonly data: Uint8Array
}

export interface DecodedImage {
  /** Of the whole image, after EXIF orientation, before scaling. */
  readonly size: Size
  /** As the model is to see it. */
  readonly scaled: Size
  /** Already scaled where that makes it smaller; never larger than either size. */
  readonly pixels: Pixels
}

/** An image whose header was read and accepted, and which is being decoded in the decoder's own threads. */
export interface DecodingImage extends Omit<DecodedImage, 'pixels'> {
  /** Rejects with `IMAGE_UNREADABLE` where the image is damaged behind its header. */
  readonly pixels: Promise<Pixels>
}

export type SharpFactory = typeof import('sharp').default

/**
 * Decodes, turns upright, scales down with bilinear filtering, converts whatever colours to 8-bit sRGB and puts transparent
 * images on white. Of several pages or frames the first one counts. Enlarging is left to who needs it: sharp's own is half
 * a pixel off, and slower.
 *
 * @param maxPixels an image with more is refused
 * @param scaledSize from the size of the image, upright, to the one in which the model is to see it
 * @returns as soon as the header is read: from then on nothing has to be done on this thread until there are pixels
 * @throws RecommenderError `IMAGE_UNREADABLE`; `IMAGE_TOO_LARGE`: before a single pixel is decoded
 */
export async function beginDecoding(
  sharp: SharpFactory,
  image: Uint8Array,
  maxPixels: number,
  scaledSize: (image: Size) => Size,
): Promise<DecodingImage> {
  assertFormat(image)
  const metadata = await header(sharp, image)
  const count = metadata.width * metadata.height
  if (count > maxPixels) {
    const message = `The image has ${metadata.width} × ${metadata.height} = ${count} pixels; at most ${maxPixels} are accepted.`
    throw new RecommenderError('IMAGE_TOO_LARGE', `${message} Scale it down or raise the option "maxPixels".`)
  }
  const size = { width: metadata.autoOrient.width, height: metadata.autoOrient.height }
  const scaled = scaledSize(size)
  const width = Math.min(size.width, scaled.width)
  const height = Math.min(size.height, scaled.height)

  const pipeline = sharp(image, { failOn: 'error', limitInputPixels: maxPixels, pages: 1 })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
  const pixels = rawPixels(pipeline)
  // Whoever awaits it sees the error; it may come before anybody does.
  pixels.catch(() => {})
  return { size, scaled, pixels }
}

/** Looks at the first bytes alone. @throws RecommenderError `IMAGE_UNREADABLE` */
export function assertFormat(image: Uint8Array): void {
  if (imageFormat(image) === undefined)
    throw unreadable(`it begins with ${beginning(image)}, which is none of ${IMAGE_FORMATS.join(', ')}`)
}

async function header(sharp: SharpFactory, image: Uint8Array): Promise<Metadata> {
  try {
    // No limit here: it is ours to say how large the image is, and only the header is read.
    return await sharp(image, { failOn: 'error', limitInputPixels: false, pages: 1 }).metadata()
  } catch (cause) {
    throw unreadable(firstLine(cause), cause)
  }
}

async function rawPixels(pipeline: Sharp): Promise<Pixels> {
  try {
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    if (info.channels !== 3) throw new RangeError(`it decodes to ${info.channels} channels instead of 3`)
    return { data, width: info.width, height: info.height }
  } catch (cause) {
    throw unreadable(firstLine(cause), cause)
  }
}

function unreadable(reason: string, cause?: unknown): RecommenderError {
  return new RecommenderError('IMAGE_UNREADABLE', `The image cannot be read: ${reason}. Give a whole, valid file.`, {
    cause,
  })
}
