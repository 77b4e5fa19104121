// @ts-check
import { RecommenderError } from '@image-recommender/core'
import sharp from 'sharp'

/** Which colours are told apart. Each is an axis: its name is what results say, and what one asks for. */
const COLORS = {
  black: [0, 0, 0],
  gray: [128, 128, 128],
  white: [255, 255, 255],
  red: [210, 40, 40],
  orange: [240, 150, 50],
  brown: [130, 85, 50],
  yellow: [245, 220, 90],
  green: [80, 160, 70],
  turquoise: [70, 190, 180],
  sky: [150, 205, 240],
  blue: [50, 90, 190],
  purple: [130, 70, 160],
  pink: [240, 160, 190],
}
const axes = /** @type {(keyof typeof COLORS)[]} */ (Object.keys(COLORS))
const SIDE = 64
const MAX_PIXELS = 100_000_000

/**
 * Describes a picture by how much of it has which colour.
 *
 * @returns {import('@image-recommender/core').FeatureExtractor<keyof typeof COLORS>}
 */
export function createColorHistogramExtractor() {
  let closed = false
  return {
    // Vectors are only ever compared within one space, so its id says all that they depend on: change it with COLORS or SIDE.
    // They are not made of objects, so there is no score from which an object counts.
    space: { id: `color-histogram/${axes.length}-colors-1/${SIDE}`, axes, threshold: null },

    async extract(image, { signal } = {}) {
      const assertWanted = () => {
        if (closed) throw new RecommenderError('CLOSED', 'This extractor has been closed.')
        if (signal?.aborted) throw new RecommenderError('ABORTED', 'The call was aborted.', { cause: signal.reason })
      }
      assertWanted()
      const { width, height, pixels } = await decode(image)
      assertWanted()
      return { objects: [], vector: histogram(pixels), width, height, appearance: null }
    },

    async close() {
      closed = true
    },
  }
}

/**
 * Upright, on white, small: as 8-bit RGB. It is done in sharp's threads, not in the application's.
 *
 * @param {Uint8Array} image
 */
async function decode(image) {
  try {
    const upright = sharp(image, { limitInputPixels: false }).autoOrient()
    const { width, height } = (await upright.metadata()).autoOrient
    if (width * height > MAX_PIXELS)
      throw new RecommenderError('IMAGE_TOO_LARGE', `The image has ${width} × ${height} pixels; scale it down.`)
    const small = upright.flatten({ background: '#ffffff' }).resize(SIDE, SIDE, { fit: 'fill' }).toColourspace('srgb')
    return { width, height, pixels: await small.raw({ depth: 'uchar' }).toBuffer() }
  } catch (cause) {
    if (RecommenderError.is(cause)) throw cause
    throw new RecommenderError('IMAGE_UNREADABLE', `The image cannot be read: ${String(cause)}`, { cause })
  }
}

/**
 * The root of each colour's share. So vectors have a length of 1, and the cosine of two is the sum of √(share · share): the
 * Bhattacharyya coefficient, by which histograms are compared. 1: the same shares, 0: no colour in common.
 *
 * @param {Uint8Array} pixels
 */
function histogram(pixels) {
  const counts = new Map(axes.map((name) => [name, 0]))
  for (let at = 0; at < pixels.length; at += 3) {
    const name = nearestColor([...pixels.subarray(at, at + 3)])
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Float32Array.from(counts.values(), (count) => Math.sqrt(count / SIDE ** 2))
}

/** @param {readonly number[]} pixel */
function nearestColor(pixel) {
  const distance = (/** @type {keyof typeof COLORS} */ name) =>
    COLORS[name].reduce((sum, value, at) => sum + (value - (pixel[at] ?? 0)) ** 2, 0)
  return axes.reduce((nearest, name) => (distance(name) < distance(nearest) ? name : nearest))
}
