import fc from 'fast-check'
import { seededRandom } from '../../../src/testing/seeded-random.ts'

/** A vector that is made when its dimensions and the vectors before it are known. */
export interface VectorRecipe {
  readonly kind: keyof typeof kinds
  readonly seed: number
  /** Which of the vectors before it it is like, where the kind says so. */
  readonly like: number
}

type Make = (random: () => number, dimensions: number, like: Float32Array) => Float32Array

const kinds = {
  detected: (random, dimensions) => sparse(random, dimensions, 8, () => sure(random)),
  unsure: (random, dimensions) => sparse(random, dimensions, 8, () => 0.01 + 0.69 * random()),
  // Few values make many equal distances.
  round: (random, dimensions) => sparse(random, dimensions, 4, () => oneOf([0.75, 1], random)),
  many: (random, dimensions) => sparse(random, dimensions, 12, () => sure(random)),
  negative: (random, dimensions) => sparse(random, dimensions, 8, () => 2 * random() - 1),
  tiny: (random, dimensions) =>
    sparse(random, dimensions, 4, () => sure(random) * oneOf([1e-30, 1e-40, 1e-45], random)),
  huge: (random, dimensions) => sparse(random, dimensions, 4, () => sure(random) * 1e15),
  mixed: (random, dimensions) => sparse(random, dimensions, 6, () => oneOf([1e-45, 1e-30, 1e-3, 1, -1, 1e15], random)),
  zero: (_, dimensions) => new Float32Array(dimensions),
  dense: (random, dimensions) => Float32Array.from({ length: dimensions }, () => 2 * random() - 1),
  // About as many classes as tell sparse vectors from dense ones.
  between: (random, dimensions) =>
    Float32Array.from({ length: dimensions }, (_, at) => (at < 28 + 6 * random() ? 1 : 0)),
  twin: (_random, _dimensions, like) => like.slice(),
  sibling: (random, _, like) => like.map((value) => (value === 0 ? 0 : sure(random))),
  smaller: (random, _, like) => like.map((value) => (random() < 0.3 ? 0 : value)),
  longer: (random, _, like) => like.map((value) => value * oneOf([2, 3, 0.1], random)),
  opposite: (_random, _dimensions, like) => like.map((value) => -value),
  nearly: (random, _, like) => withOneBitChanged(like, random),
} satisfies Record<string, Make>

const fresh = ['detected', 'detected', 'detected', 'unsure', 'round', 'round', 'many', 'negative'] as const
const odd = ['tiny', 'huge', 'mixed', 'zero', 'dense', 'dense', 'between'] as const
const alike = ['twin', 'sibling', 'sibling', 'sibling', 'smaller', 'longer', 'opposite', 'nearly', 'nearly'] as const

export const vectorRecipe: fc.Arbitrary<VectorRecipe> = fc.record({
  kind: fc.constantFrom(...fresh, ...odd, ...alike),
  seed: fc.nat(),
  like: fc.nat(),
})

export function vectorsOf(recipes: readonly VectorRecipe[], dimensions: number): Float32Array[] {
  const vectors: Float32Array[] = []
  for (const { kind, seed, like } of recipes) {
    const other = vectors[like % vectors.length] ?? new Float32Array(dimensions).fill(1, 0, 1)
    vectors.push(kinds[kind](seededRandom(seed), dimensions, other))
  }
  return vectors
}

/** Vectors with the same classes as another. */
export function siblingsOf(like: Float32Array, count: number, seed: number): Float32Array[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => kinds.sibling(random, like.length, like))
}

/** 1 to `most` classes, low axes more often, so that sets meet again. */
function sparse(random: () => number, dimensions: number, most: number, value: () => number): Float32Array {
  const vector = new Float32Array(dimensions)
  const classes = 1 + Math.floor(random() * most)
  for (let n = 0; n < classes; n++) vector[Math.floor(random() ** 3 * dimensions)] = value()
  return vector
}

function sure(random: () => number): number {
  return 1 - 0.3 * random() ** 3
}

function oneOf(values: readonly number[], random: () => number): number {
  return values[Math.floor(random() * values.length)]!
}

function withOneBitChanged(vector: Float32Array, random: () => number): Float32Array {
  const changed = vector.slice()
  const classes = [...vector.keys()].filter((axis) => vector[axis] !== 0)
  if (classes.length > 0) new Int32Array(changed.buffer)[oneOf(classes, random)]! += random() < 0.5 ? 1 : -1
  return changed
}
