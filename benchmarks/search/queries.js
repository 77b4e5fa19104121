import { cocoLike, dimensions, largestSet } from './coco-like.js'
import { Random } from './vectors/random.js'

/** What the index is filled with, and what it is asked: streams that have nothing in common. */
export const seeds = { images: 1, queries: 2, writes: 3 }

const kinds = {
  /** Further images like those in the index. An image without objects is not searched for. */
  fresh(count) {
    const stream = cocoLike(seeds.queries)
    return Array.from({ length: count }, () => {
      for (;;) {
        const vector = stream.next()
        if (vector.some((score) => score > 0)) return vector
      }
    })
  },
  /** Six classes drawn blindly: as good as never are they together on an image. */
  unheard: (count) => blindly(6, count),
  /** More objects than any image in the index has. */
  twelve: (count) => blindly(largestSet + 1, count),
  /** No object at all. */
  zero: (count) => Array.from({ length: count }, () => new Float32Array(dimensions)),
}

export const kindNames = Object.keys(kinds)

/** The first `count` queries of a kind; always the same ones. */
export const queriesOf = (kind, count) => kinds[kind](count)

/** How many queries of a kind are asked at most. */
export const countOf = (kind, queries) => (kind === 'fresh' ? queries : Math.min(queries, 100))

/** The queries whose true neighbours are known: the first of each kind. */
export function checkedQueries(size) {
  const fresh = Math.round(Math.min(100, Math.max(10, 1e8 / size)))
  return { fresh, unheard: 5, twelve: 5, zero: 1 }
}

function blindly(size, count) {
  const random = new Random(seeds.queries)
  return Array.from({ length: count }, () => {
    const vector = new Float32Array(dimensions)
    for (let objects = 0; objects < size; ) {
      const axis = 1 + random.below(dimensions - 1)
      if (vector[axis] > 0) continue
      vector[axis] = 0.7 + 0.3 * random.fraction()
      objects++
    }
    return vector
  })
}
