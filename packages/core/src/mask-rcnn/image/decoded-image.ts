import type { Metadata, Sharp } from 'sharp'
import { RecommenderError } from '../../errors.ts'
import { beginning, IMAGE_FORMATS, imageFormat } from './image-format.ts'
import type { Size } from './input-size.ts'

/** Interleaved 8-bit sRGB, three bytes a pixel, row by row from the top left. */
export interface Pixels extends Size {
  readonly data: Uint8Array
}

export interface DecodedImage {
  /** Of the whole image, after EXIF orientation, before scaling. */
  readonly size: Size
  readonly pixels: Pixels
}

export type SharpFactory = typeof import('sharp').default

/**
 * Decodes, turns upright, scales with bilinear filtering, converts whatever colours to 8-bit sRGB and puts transparent
 * images on white. Of several pages or frames the first one counts.
 *
 * @param scaled the size wanted for an image of that size
 * @throws RecommenderError `IMAGE_UNREADABLE`; `IMAGE_TOO_LARGE`: before a single pixel is decoded
 */
export async function decodeImage(
  sharp: SharpFactory,
  image: Uint8Array,
  maxPixels: number,
  scaled: (image: Size) => Size,
): Promise<DecodedImage> {
  if (imageFormat(image) === undefined)
    throw unreadable(`it begins with ${beginning(image)}, which is none of ${IMAGE_FORMATS.join(', ')}`)

  const { width, height, ...metadata } = await header(sharp, image)
  if (width * height > maxPixels) {
    const message = `The image has ${width} × ${height} = ${width * height} pixels; at most ${maxPixels} are accepted.`
    throw new RecommenderError('IMAGE_TOO_LARGE', `${message} Scale it down or raise the option "maxPixels".`)
  }
  const size = { width: metadata.autoOrient.width, height: metadata.autoOrient.height }
  const target = scaled(size)

  const pipeline = sharp(image, { failOn: 'error', limitInputPixels: maxPixels, pages: 1 })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(target.width, target.height, { fit: 'fill', kernel: 'linear' })
  return { size, pixels: await rawPixels(pipeline) }
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

function firstLine(error: unknown): string {
  return (error as Error).message.trim().split('\n', 1)[0]!.replace(/\.$/, '')
}
