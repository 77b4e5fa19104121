import type { FeatureSpace } from '../../feature-extractor.ts'
import type { ImageRecord } from '../../image-store.ts'
import type { SimilarityIndex } from '../../similarity-index.ts'
import { isInSpace } from '../in-space.ts'

/** The dense vector of an image, if it is of that space; `undefined` is no space at all. */
export function embeddingOf(
  { embedding }: Pick<ImageRecord, 'embedding'>,
  space: FeatureSpace | undefined,
): Float32Array | null {
  return embedding && space && isInSpace(embedding, space.id, space.axes.length) ? embedding.vector : null
}

/** The index of embeddings, and how much they count. */
export interface EmbeddingIndex {
  readonly space: FeatureSpace
  readonly index: SimilarityIndex
  readonly weight: number
}
