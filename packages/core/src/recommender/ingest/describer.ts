import { RecommenderError } from '../../errors.ts'
import type { Extraction, FeatureExtractor, FeatureSpace } from '../../feature-extractor.ts'
import type { Embedding } from '../../image-store.ts'
import { throwIfAborted } from '../aborted.ts'

/** All that extractors say of an image. */
export interface Description extends Extraction {
  readonly embedding: Embedding | null
}

export interface DescriberParts {
  readonly space: FeatureSpace
  /** `undefined`: images cannot be described, only searched. */
  readonly extractor: FeatureExtractor | undefined
  readonly embedding: { readonly space: FeatureSpace; readonly extractor: FeatureExtractor | undefined } | undefined
}

/** Has images described: by their objects, and as a whole where there is an extractor for that. */
export class Describer {
  readonly #parts: DescriberParts

  constructor(parts: DescriberParts) {
    this.#parts = parts
  }

  async describe(image: Uint8Array, signal: AbortSignal | undefined): Promise<Description> {
    const { space, extractor, embedding } = this.#parts
    throwIfAborted(signal)
    const [extraction, dense] = await Promise.all([
      extractorOf(space, extractor).extract(image, { signal }),
      embedding && extractorOf(embedding.space, embedding.extractor).extract(image, { signal }),
    ])
    throwIfAborted(signal)
    return {
      ...extraction,
      embedding: embedding && dense ? { spaceId: embedding.space.id, vector: dense.vector } : null,
    }
  }
}

function extractorOf(space: FeatureSpace, extractor: FeatureExtractor | undefined): FeatureExtractor {
  if (extractor) return extractor
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `This recommender was created with a feature space ('${space.id}') and no extractor, so it cannot describe images; create it with an extractor.`,
  )
}
