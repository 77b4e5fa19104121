import type { AxisNames } from '../axis-names.ts'
import type { Collection } from '../collection/collection.ts'
import type { ImageReader } from '../collection/stored-image.ts'
import type { ObjectIndex } from '../object-index.ts'
import type { Page, SearchOptions, Where } from '../recommender.ts'
import { DistancePages } from './distance-pages.ts'
import type { EmbeddingIndex } from './embedding-index.ts'
import { MatchedImages } from './matched-images.ts'
import type { Pages } from './pages.ts'
import type { Query } from './query.ts'
import { RankedPages, type RankedPagesOptions } from './ranked-pages.ts'

export interface SearchParts<Axis extends string> {
  readonly names: AxisNames<Axis>
  readonly images: ImageReader
  readonly objects: ObjectIndex
  readonly collection: Collection
  /** `undefined`: in the order of distance. */
  readonly ranking: RankedPagesOptions | undefined
  readonly embedding: EmbeddingIndex | undefined
}

/** Search options that have been checked, defaults filled in. */
export type PageOptions<Axis extends string> = SearchOptions<Axis> & { limit: number; where: Where<Axis> }

/** From a query to a page: vector → match → recommendation. */
export class Search<Axis extends string> {
  readonly #names: AxisNames<Axis>
  readonly #pages: Pages<Axis>

  constructor({ names, images, objects, collection, ranking, embedding }: SearchParts<Axis>) {
    this.#names = names
    const matched = new MatchedImages(images, objects.index, collection)
    this.#pages = ranking
      ? new RankedPages({ objects, matched, names, options: ranking, embedding })
      : new DistancePages(objects.index, matched, names)
  }

  async page(query: Query<Axis>, { where, ...request }: PageOptions<Axis>): Promise<Page<Axis>> {
    const { objects } = query
    if (query.like.length + query.tags.like.length + query.embeddings.length === 0)
      return { items: [], nextCursor: undefined, objects, nothingRecognised: true }

    const filter = this.#names.filterOf(where)
    const exclude = [...(filter.exclude ?? []), ...query.exclude]
    const asked = exclude.length > 0 ? { ...filter, exclude } : filter
    const { images, nextCursor } = await this.#pages.page(query, asked, request)
    const items = images.map((image) => {
      const { id, objects, width, height, tags, metadata } = this.#names.described(image.record)
      const { distance, score, because, missing, extra, nearDuplicates } = image
      // Written out: to spread the two costs more than to describe them.
      return {
        id,
        objects,
        width,
        height,
        tags,
        metadata,
        distance,
        score,
        because,
        missing,
        extra,
        nearDuplicates,
      }
    })
    return { items, nextCursor, objects, nothingRecognised: false }
  }
}
