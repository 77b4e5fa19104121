import { distanceScore } from '../../ranking/distance-score.ts'
import type { Filter, SimilarityIndex } from '../../similarity-index.ts'
import type { AxisNames } from '../axis-names.ts'
import { decodeCursor, encodeCursor, placeSchema } from './cursor.ts'
import type { MatchedImages } from './matched-images.ts'
import type { PageRequest, Pages, RankedImage, RankedPage } from './pages.ts'
import { meanOf, type Query } from './query.ts'
import { sourcesByAxis } from './sources.ts'

/** Pages in the order of the index: the nearest first, without end. */
export class DistancePages<Axis extends string> implements Pages<Axis> {
  readonly #index: SimilarityIndex
  readonly #matched: MatchedImages
  readonly #names: AxisNames<Axis>

  constructor(index: SimilarityIndex, matched: MatchedImages, names: AxisNames<Axis>) {
    this.#index = index
    this.#matched = matched
    this.#names = names
  }

  async page(query: Query<Axis>, where: Filter, { limit, cursor, signal }: PageRequest): Promise<RankedPage<Axis>> {
    const sourcesOf = sourcesByAxis(query.like)
    const vector = meanOf(query.like, this.#index.dimensions)
    const asked = { vectors: [vector], rest: where }
    const after = cursor === undefined ? undefined : decodeCursor(asked, cursor, placeSchema)
    // One more than asked for tells whether there is another page.
    const found = await this.#matched.search({ vector, where, limit: limit + 1, after }, signal)
    const images = found.slice(0, limit).map(([{ distance, vector: other }, image]): RankedImage<Axis> => {
      const { score, summands } = distanceScore(this.#index.metric, vector, other, distance)
      const because = summands.map(({ axis, contribution }) => {
        return { kind: 'object', name: this.#names.nameOf(axis), contribution, from: sourcesOf(axis) } as const
      })
      return { record: image.record(), distance, score, because, missing: [], extra: [], nearDuplicates: [] }
    })
    if (found.length <= limit) return { images, nextCursor: undefined }
    const { distance, record } = images.at(-1)!
    return { images, nextCursor: encodeCursor(asked, { distance, id: record.id }) }
  }
}
