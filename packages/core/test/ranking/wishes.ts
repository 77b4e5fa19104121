import { evidenceIn } from '../../src/ranking/evidence.ts'
import { lookOf } from '../../src/ranking/look.ts'
import { Looks } from '../../src/ranking/looks.ts'
import type { Picture } from '../../src/ranking/picture.ts'
import type { Wishes } from '../../src/ranking/ranking.ts'

const nothing: Wishes = {
  like: [],
  unlike: [],
  tags: { like: [], unlike: [] },
  looks: new Looks([], { arrangement: 1, colors: 1 }),
  embeddings: [],
  embeddingWeight: 0,
}

export const wishesOf = (some: Partial<Wishes>): Wishes => ({ ...nothing, ...some })

type SeenObjects = Parameters<typeof lookOf>[0]
type SeenAppearance = Parameters<typeof lookOf>[1]

interface Seen extends Pick<Picture, 'tags' | 'embedding'> {
  readonly vector: Float32Array
  readonly objects: SeenObjects
  readonly appearance: SeenAppearance
}

export function pictureOf({
  vector = new Float32Array(0),
  objects = [],
  appearance = null,
  tags = [],
  embedding = null,
}: Partial<Seen>): Picture {
  return { evidence: evidenceIn(vector), look: lookOf(objects, appearance), tags, embedding }
}
