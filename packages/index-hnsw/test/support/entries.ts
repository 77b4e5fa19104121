import type { IndexEntry } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'

/** Dense vectors in clusters, as embeddings are; every second has the tag `even`, every hundredth `rare`. */
export function denseEntries(count: number, dimensions: number, seed: number): IndexEntry[] {
  const random = seededRandom(seed)
  const vector = (spread: number) => Float32Array.from({ length: dimensions }, () => spread * (2 * random() - 1))
  const centres = Array.from({ length: 20 }, () => vector(1))
  return Array.from({ length: count }, (_, at) => {
    const noise = vector(0.5)
    const centre = centres[Math.floor(random() * centres.length)]!
    return {
      id: `image-${at}`,
      vector: noise.map((value, axis) => value + centre[axis]!),
      tags: [...(at % 2 === 0 ? ['even'] : []), ...(at % 100 === 0 ? ['rare'] : [])],
    }
  })
}
