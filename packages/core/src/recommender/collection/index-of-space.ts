import { RecommenderError } from '../../errors.ts'
import type { FeedStep, SimilarityIndex } from '../../similarity-index.ts'

/**
 * An index whose positions name what it is filled with, as `ObjectIndex` has it, beside the place in the store's feed. It is the one thing
 * that every index keeps, in a file or on a server, and moves in one step with what is written. So an index that was filled in another
 * space is known for what it is wherever it comes from, though its vectors may have as many values.
 */
export class IndexOfSpace {
  readonly dimensions: number
  readonly shared: boolean
  readonly #index: SimilarityIndex
  readonly #content: string

  constructor(index: SimilarityIndex, content: string) {
    this.dimensions = index.dimensions
    this.shared = index.shared
    this.#index = index
    this.#content = content
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
    return JSON.stringify([this.#content, place ?? null])
  }

  #placeIn(kept: string): string | undefined {
    const position = named(kept)
    const remedy = 'begin with an empty index (another file, table or prefix), which is filled from the store'
    if (!position) {
      throw new RecommenderError(
        'SPACE_MISMATCH',
        `The index is at the position ${JSON.stringify(kept)}, which names no space, and this recommender works in '${this.#content}'; ${remedy}.`,
      )
    }
    const [content, place] = position
    if (content === this.#content) return place ?? undefined
    throw new RecommenderError(
      'SPACE_MISMATCH',
      `The index was filled with vectors of '${content}', this recommender compares those of '${this.#content}' (behind a × stands by what they are multiplied), and vectors of two spaces cannot be compared; ${remedy}.`,
    )
  }
}

/** Content and place in the feed. `undefined` where somebody else has written it. */
function named(position: string): readonly [content: string, place: string | null] | undefined {
  try {
    const said: unknown = JSON.parse(position)
    if (!Array.isArray(said) || said.length !== 2) return undefined
    const [content, place] = said
    return typeof content === 'string' && (place === null || typeof place === 'string') ? [content, place] : undefined
  } catch {
    return undefined
  }
}
