import type { Match, SearchRequest, SimilarityIndex } from '../../similarity-index.ts'
import { throwIfAborted } from '../aborted.ts'
import type { Collection } from '../collection/collection.ts'
import type { ImageReader, StoredImage } from '../collection/stored-image.ts'

export type MatchedImage = readonly [match: Match, image: StoredImage]

/** Brings matches and what is stored together. */
export class MatchedImages {
  readonly #images: ImageReader
  readonly #index: SimilarityIndex
  readonly #collection: Collection

  constructor(images: ImageReader, index: SimilarityIndex, collection: Collection) {
    this.#images = images
    this.#index = index
    this.#collection = collection
  }

  /** One that is at hand. */
  known(id: string): StoredImage | undefined {
    const image = this.#images.known(id)
    return image?.belongs ? image : undefined
  }

  /** Matches with their images; those that are gone, or of another space by now, are left out, here and in the index. */
  async of<M extends Pick<Match, 'id'>>(matches: readonly M[]): Promise<(readonly [M, StoredImage])[]> {
    const images = await this.#images.get(matches.map(({ id }) => id))
    const found: (readonly [M, StoredImage])[] = []
    const stale: string[] = []
    for (const [at, match] of matches.entries()) {
      const image = images[at]
      if (image?.belongs) found.push([match, image])
      else stale.push(match.id)
    }
    if (stale.length > 0) await this.#collection.refresh(stale)
    return found
  }

  /** What a search finds. What is left out is replaced by what comes next. */
  async search(request: SearchRequest, signal: AbortSignal | undefined): Promise<MatchedImage[]> {
    const found: MatchedImage[] = []
    let after = request.after
    for (;;) {
      throwIfAborted(signal)
      const missing = request.limit - found.length
      const matches = await this.#index.search({ ...request, limit: missing, after })
      found.push(...(await this.of(matches)))
      if (found.length === request.limit || matches.length < missing) break
      after = matches.at(-1)
    }
    throwIfAborted(signal)
    return found
  }
}
