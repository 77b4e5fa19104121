import { cocoLike } from '../search/coco-like.js'
import { Random } from '../search/vectors/random.js'

/** The kinds of vectors: `stream(seed)` gives a function that draws the next one; equal seeds, equal vectors. */
export const kinds = {
  objects: {
    name: 'object vectors',
    dimensions: 81,
    stream(seed) {
      const images = cocoLike(seed)
      return function next() {
        const vector = images.next()
        return vector.some((score) => score > 0) ? vector : next()
      }
    },
  },
  'dense-128': clustered(128),
  'dense-512': clustered(512),
}

/** Around 500 centres, of which a hundred thousand vectors have two hundred each. */
function clustered(dimensions) {
  const random = new Random(7)
  const centres = Array.from({ length: 500 }, () => Float32Array.from({ length: dimensions }, () => normal(random)))
  return {
    name: 'dense vectors in clusters',
    dimensions,
    stream(seed) {
      const random = new Random(seed)
      return () => {
        const centre = centres[random.below(centres.length)]
        return centre.map((value) => value + 0.6 * normal(random))
      }
    },
  }
}

/** After Box and Muller. */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction())
}
