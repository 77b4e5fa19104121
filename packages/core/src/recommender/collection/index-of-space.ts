import { RecommenderError } from '../../errors.ts'
import type { FeedStep, SimilarityIndex } from '../../similarity-index.ts'
import { assertSpace } from '../in-space.ts'

/**
 * An index whose positions name the feature space beside the place in the store's feed. It is the one thing that every index
 * keeps, in a file or on a server, and moves in one step with what is written. So an index that was filled in another space
 * is known for what it is wherever it comes from, though its vectors may have as many values.
 */
export class IndexOfSpace {
  readonly dimensions: number
  readonly shared: boolean
  readonly #index: SimilarityIndex
  readonly #spaceId: string

  constructor(index: SimilarityIndex, spaceId: string) {
    this.dimensions = index.dimensions
    this.shared = index.shared
    this.#index = index
    this.#spaceId = spaceId
  }

  /**
   * Where in the store's feed the index is; `undefined`: at its beginning. One that was in no space yet is in this one from now
   * on: of two recommenders that come to it at once, one is refused.
   *
   * @throws RecommenderError `SPACE_MISMATCH`
   */
  async position(): Promise<string | undefined> {
    for (;;) {
      const kept = await this.#index.position()
      if (kept !== undefined) return this.#placeIn(kept)
      if (await this.#index.write({}, { from: undefined, to: this.#positionAt(undefined) })) return undefined
    }
  }

  write(changes: Parameters<SimilarityIndex['write']>[0], step: FeedStep | undefined): Promise<boolean> {
    if (!step) return this.#index.write(changes)
    return this.#index.write(changes, { from: this.#positionAt(step.from), to: this.#positionAt(step.to) })
  }

  #positionAt(place: string | undefined): string {
    return JSON.stringify([this.#spaceId, place ?? null])
  }

  #placeIn(kept: string): string | undefined {
    const position = named(kept)
    const remedy = 'begin with an empty index (another file, table or prefix), which is filled from the store'
    if (!position) {
      throw new RecommenderError(
        'SPACE_MISMATCH',
        `The index is at the position ${JSON.stringify(kept)}, which names no space, and this recommender works in '${this.#spaceId}'; ${remedy}.`,
      )
    }
    const [spaceId, place] = position
    assertSpace(this.#spaceId, spaceId, 'The index was filled', remedy)
    return place ?? undefined
  }
}

/** Space and place in the feed. `undefined` where somebody else has written it. */
function named(position: string): readonly [spaceId: string, place: string | null] | undefined {
  try {
    const said: unknown = JSON.parse(position)
    if (!Array.isArray(said) || said.length !== 2) return undefined
    const [spaceId, place] = said
    return typeof spaceId === 'string' && (place === null || typeof place === 'string') ? [spaceId, place] : undefined
  } catch {
    return undefined
  }
}
