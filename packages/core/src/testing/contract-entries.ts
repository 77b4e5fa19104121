import type { IndexEntry } from '../similarity-index.ts'
import { seededVectors } from './seeded-vectors.ts'

/** Entries of which every second has the tag `even`, every third `third`. */
export function seededEntries(count: number, dimensions: number, seed: number): IndexEntry[] {
  return seededVectors({ count, seed, dimensions }).map((vector, at) => ({
    id: `image-${at}`,
    vector,
    tags: [...(at % 2 === 0 ? ['even'] : []), ...(at % 3 === 0 ? ['third'] : [])],
  }))
}

export function vectorOf(dimensions: number, values: Record<number, number>): Float32Array {
  const vector = new Float32Array(dimensions)
  for (const [axis, value] of Object.entries(values)) vector[Number(axis)] = value
  return vector
}
