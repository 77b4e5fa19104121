import type { Box, EmbeddingOptions, FeatureExtractor, Lab, NewImage } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { behindTheEnd, picture, pictureExtractor } from './pictures.ts'

/**
 * Pictures that do not only have objects, but look like something: boxes, colours, a perceptual hash. All of it follows from the `look`
 * that they were made with, up to a `#`: what stands behind it makes another file of the same picture.
 */
export function sceneExtractor(): FeatureExtractor {
  const fake = pictureExtractor()
  return {
    ...fake,
    async extract(image, options) {
      const described = await fake.extract(image, options)
      const random = randomOf(image)
      const color = (): Lab => [100 * random(), 80 * random() - 40, 80 * random() - 40]
      const box = (): Box => [0.5 * random(), 0.5 * random(), 0.1 + 0.4 * random(), 0.1 + 0.4 * random()]
      const hash = Array.from({ length: 16 }, () => Math.floor(16 * random()).toString(16)).join('')
      return {
        ...described,
        objects: described.objects.map((object) => ({ ...object, box: box(), color: color() })),
        appearance: { palette: [{ color: color(), share: 0.8 }], hash },
      }
    },
  }
}

/** What the same pictures are like as a whole, to go with their objects. */
export function sceneEmbedding(): EmbeddingOptions {
  const fake = pictureExtractor()
  return {
    extractor: {
      space: { id: 'fake/dense', axes: ['x', 'y', 'z'], threshold: null },
      async extract(image, options) {
        await fake.extract(image, options)
        const random = randomOf(image)
        const vector = Float32Array.from({ length: 3 }, () => 2 * random() - 1)
        return { objects: [], vector, width: 640, height: 480, appearance: null }
      },
      async close() {},
    },
  }
}

const NAMES = ['dog', 'frisbee', 'person', 'car']

/** Sixty pictures; of many sets of objects there are several, and each tenth is there twice. */
export function scenes(): NewImage[] {
  const random = seededRandom(7)
  return Array.from({ length: 60 }, (_, at) => {
    const objects = Object.fromEntries(
      ['dog', ...NAMES.filter(() => random() < 0.4)].map((name) => [name, 0.71 + 0.28 * random()]),
    )
    const image = at % 10 === 9 ? picture({ dog: 0.9, car: 0.8 }, `twice-${at}`) : picture(objects, `look-${at}`)
    return { id: `image-${at}`, image, tags: random() < 0.3 ? ['beach', 'sea'] : ['town'], metadata: { at } }
  }).flatMap((scene, at) =>
    at % 10 === 9
      ? [scene, { ...scene, id: `${scene.id}-again`, image: picture({ dog: 0.9, car: 0.8 }, `twice-${at}#again`) }]
      : [scene],
  )
}

function randomOf(image: Uint8Array): () => number {
  const { look } = JSON.parse(new TextDecoder().decode(behindTheEnd(image).subarray('fake image '.length)))
  let seed = 0
  for (const sign of look.split('#')[0]) seed = (seed * 31 + sign.charCodeAt(0)) | 0
  return seededRandom(seed)
}
