import { seededRandom } from './seeded-random.ts'

export interface SeededVectorsOptions {
  readonly count: number
  readonly seed?: number
  /** Axes per vector; 81 by default. Axis 0, the background, is always 0. */
  readonly dimensions?: number
}

/**
 * Vectors like those of a detector on everyday photos: mostly zero, a few frequent axes and many rare ones, values from
 * 0.7 up and mostly near 1, many images with the very same objects. The shape follows what was measured on COCO val2017
 * (3.1 of 81 values not zero, one class in 57 % of the images), the numbers are made up.
 */
export function seededVectors({ count, seed = 1, dimensions = 81 }: SeededVectorsOptions): Float32Array[] {
  const random = seededRandom(seed)
  // Scenes: objects that come together. Zipf's law gives the frequent and the rare.
  const scenes = Array.from({ length: 60 }, () => {
    const size = 1 + Math.floor(random() * 5)
    return Array.from({ length: size }, () => rareAxis(random, dimensions))
  })
  return Array.from({ length: count }, () => {
    const vector = new Float32Array(dimensions)
    const scene = scenes[Math.floor(random() ** 2 * scenes.length)]!
    for (const axis of scene) if (random() < 0.75) vector[axis] = confidentScore(random)
    if (dimensions > 1 && random() < 0.5) vector[1] = confidentScore(random)
    if (random() < 0.15) vector[rareAxis(random, dimensions)] = confidentScore(random)
    return vector
  })
}

function rareAxis(random: () => number, dimensions: number): number {
  return dimensions === 1 ? 0 : 1 + Math.floor(random() ** 2 * (dimensions - 1))
}

function confidentScore(random: () => number): number {
  return 1 - 0.3 * random() ** 3
}
