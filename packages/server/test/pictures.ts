import type { FeatureExtractor } from '@image-recommender/core'
import { createFakeExtractor, fakeImage } from '@image-recommender/core/testing'

/** Two grey pixels, as a whole PNG. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAD0lEQVQI12OoqKhoamoCAAobAu+18w4/AAAAAElFTkSuQmCC',
  'base64',
)

/** A PNG that can be decoded, and in which the test's extractor finds these objects; `look` makes others of the same objects. */
export function picture(objects: Readonly<Record<string, number | readonly number[]>>, look = ''): Buffer {
  return withObjects(PNG, objects, look)
}

/** An image of any kind in which the test's extractor finds these objects: they stand behind its end, where no decoder looks. */
export function withObjects(
  image: Uint8Array,
  objects: Readonly<Record<string, number | readonly number[]>>,
  look = '',
): Buffer {
  return Buffer.concat([image, fakeImage(objects, look)])
}

/** Finds in a `picture` what was put into it, and nothing readable in anything else. */
export function pictureExtractor(): FeatureExtractor {
  const fake = createFakeExtractor()
  return { ...fake, extract: (image, options) => fake.extract(behindTheEnd(image), options) }
}

/** What was put behind the end of a picture. */
export function behindTheEnd(image: Uint8Array): Uint8Array {
  const start = Buffer.from(image.buffer, image.byteOffset, image.byteLength).lastIndexOf('fake image ')
  return start === -1 ? image : image.subarray(start)
}
