import type { IndexEntry } from '../../../../src/similarity-index.ts'
import { seededRandom } from '../../../../src/testing/seeded-random.ts'
import { type VectorRecipe, vectorsOf } from '../../support/vector-recipes.ts'
import { World } from '../../support/world.ts'

const KINDS: readonly VectorRecipe['kind'][] = [
  ...(['detected', 'detected', 'unsure', 'round', 'many', 'negative', 'tiny', 'huge', 'zero', 'dense'] as const),
  ...(['between', 'twin', 'sibling', 'sibling', 'smaller', 'longer', 'opposite', 'nearly'] as const),
]
const TAGS = ['red', 'round', 'größer als 1', '"quoted", twice', '😀', '']

/** Entries with vectors of every kind, ids of every kind and tags of every kind. */
export function mixedEntries(count: number, dimensions: number, seed: number): IndexEntry[] {
  const random = seededRandom(seed)
  const recipes = Array.from({ length: count }, (_, at) => ({
    kind: KINDS[at % KINDS.length]!,
    seed: seed + at,
    like: Math.floor(random() * count),
  }))
  const world = new World(dimensions, vectorsOf(recipes, dimensions))
  return Array.from({ length: count }, (_, at) => ({
    id: at % 2 === 0 || at < 40 ? world.id(at) : `image-${seed}-${at}`,
    vector: world.vector(at),
    tags: tagsOf(random, at),
  }))
}

/** None, a few that many have, or one of its own. */
function tagsOf(random: () => number, at: number): string[] {
  if (random() < 0.4) return []
  if (random() < 0.1) return [`only of ${at}`]
  return TAGS.filter(() => random() < 0.3)
}
