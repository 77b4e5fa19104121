import type { ImageRecord } from '../../image-store.ts'
import type { Filter } from '../../similarity-index.ts'
import type { DescribedImage, Recommendation, SearchOptions } from '../recommender.ts'
import type { Query } from './query.ts'

/** What of a page is asked for. */
export interface PageRequest extends Omit<SearchOptions, 'limit' | 'where'> {
  readonly limit: number
}

export interface RankedImage<Axis extends string> extends Omit<Recommendation<Axis>, keyof DescribedImage> {
  readonly record: ImageRecord
}

export interface RankedPage<Axis extends string> {
  readonly images: readonly RankedImage<Axis>[]
  readonly nextCursor: string | undefined
}

/** An order of images, page by page. */
export interface Pages<Axis extends string> {
  page(query: Query<Axis>, where: Filter, request: PageRequest): Promise<RankedPage<Axis>>
}
