import { Looks } from '../../src/ranking/looks.ts'
import type { Picture, Wishes } from '../../src/ranking/ranking.ts'

const nothing: Wishes = {
  like: [],
  unlike: [],
  tags: { like: [], unlike: [] },
  looks: new Looks([], { arrangement: 1, colors: 1 }),
  embeddings: [],
  embeddingWeight: 0,
}

export const wishesOf = (some: Partial<Wishes>): Wishes => ({ ...nothing, ...some })

export const pictureOf = (some: Partial<Picture>): Picture => ({
  vector: new Float32Array(0),
  tags: [],
  objects: [],
  appearance: null,
  embedding: null,
  ...some,
})
