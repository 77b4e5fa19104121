import type { Box, FeatureExtractor, FeatureSpace, Lab } from '../feature-extractor.ts'
import type { ImageRecord, ImageStore, JsonObject } from '../image-store.ts'
import type { Conditions, SimilarityIndex } from '../similarity-index.ts'

export interface RecommenderOptions<Axis extends string = string> {
  /** What describes images. A bare `FeatureSpace` where images are only searched and records only imported. */
  readonly extractor: FeatureExtractor<Axis> | FeatureSpace<Axis>
  /** Where the records are kept; `createMemoryStore()` by default. */
  readonly store?: ImageStore | undefined
  /** What finds the nearest; the exact index with cosine distance by default. */
  readonly index?: SimilarityIndex | undefined
  /** Told of what the recommender survives but somebody should know. Nothing is logged otherwise. */
  readonly onWarning?: ((warning: Error) => void) | undefined
}

export interface Abortable {
  /** Aborting rejects with `ABORTED`. What was stored until then stays. */
  readonly signal?: AbortSignal | undefined
}

/** An image as it comes in. */
export interface NewImage {
  /** Well-formed Unicode without NUL, 1..512 bytes of UTF-8. */
  readonly id: string
  /** The encoded bytes (JPEG, PNG, WebP, …). */
  readonly image: Uint8Array
  readonly tags?: readonly string[] | undefined
  readonly metadata?: JsonObject | undefined
}

/** An image of `addAll`; the bytes may be brought when it is their turn. */
export interface NewImageSource extends Omit<NewImage, 'image'> {
  readonly image: Uint8Array | (() => Uint8Array | Promise<Uint8Array>)
}

export interface AddResult<Axis extends string = string> {
  readonly image: DescribedImage<Axis>
  /** Whether the very same bytes were stored under this id before, so that they were not described again. */
  readonly unchanged: boolean
}

export interface AddAllOptions extends Abortable {
  /** How many images are under way at a time, 1..64; 4 by default. */
  readonly concurrency?: number | undefined
  /** Called after each image. What it throws is a warning, and stops nothing. */
  readonly onProgress?: ((progress: AddAllProgress) => void) | undefined
}

export interface AddAllProgress {
  readonly id: string
  /** How many images are finished, failed ones included. */
  readonly done: number
  /** How many there are in all, where the images came as an array. */
  readonly total: number | undefined
}

export interface AddAllReport {
  /** Described and stored. */
  readonly added: number
  /** Stored already, with the very same bytes. */
  readonly unchanged: number
  /** Images that could not be added, each with its error, in the order of their failing. The others are stored. */
  readonly failed: readonly { readonly id: string; readonly error: Error }[]
  /** Ids that came more than once; the last one has won. */
  readonly repeated: readonly string[]
}

/** A detected object under its name. */
export interface NamedObject<Axis extends string = string> {
  readonly object: Axis
  /** 0..1 */
  readonly score: number
  /** Shares of the image's width and height; `null`: unknown. */
  readonly box: Box | null
  /** Mean colour in CIELAB; `null`: unknown. */
  readonly color: Lab | null
}

/** What is known of an image, in names. */
export interface DescribedImage<Axis extends string = string> {
  readonly id: string
  /**
   * The objects that count as present: those not under the space's threshold, best first. None where the image was
   * described in another space.
   */
  readonly objects: readonly NamedObject<Axis>[]
  readonly width: number
  readonly height: number
  readonly tags: readonly string[]
  readonly metadata: JsonObject
}

/** One summand of a score. */
export interface Contribution<Axis extends string = string> {
  readonly object: Axis
  readonly contribution: number
}

export interface Recommendation<Axis extends string = string> extends DescribedImage<Axis> {
  /** 1: identical, 0: nothing in common. */
  readonly score: number
  /** In the index's metric; 0: identical. */
  readonly distance: number
  /** Why: what the score is made of, the largest first. The contributions add up to `score`. */
  readonly because: readonly Contribution<Axis>[]
}

export interface Page<Axis extends string = string> {
  /** The best first. */
  readonly items: readonly Recommendation<Axis>[]
  /** Give it back as `cursor` for the next page; `undefined`: this was the last one. */
  readonly nextCursor: string | undefined
  /** What was found in the query, best first. */
  readonly objects: readonly NamedObject<Axis>[]
  /** True where nothing was recognised in the query: there is nothing to go by, and `items` is empty. */
  readonly nothingRecognised: boolean
}

export type ObjectCondition<Axis extends string = string> =
  | Axis
  | { readonly object: Axis /** The least score; any by default. */; readonly atLeast?: number | undefined }

/** All that is given must hold. */
export interface Where<Axis extends string = string> {
  readonly objects?: Conditions<ObjectCondition<Axis>> | undefined
  readonly tags?: Conditions<string> | undefined
  /** Ids that are left out. */
  readonly exclude?: readonly string[] | undefined
}

export interface SearchOptions<Axis extends string = string> extends Abortable {
  /** Items per page, 1..1000; 30 by default. */
  readonly limit?: number | undefined
  /** `nextCursor` of the page before; query and filter must be the same. */
  readonly cursor?: string | undefined
  readonly where?: Where<Axis> | undefined
}

/** Something to recommend by. */
export type Example<Axis extends string = string> =
  /** A stored image; it is not recommended itself. */
  | { readonly id: string }
  /** An image that need not be stored. */
  | { readonly image: Uint8Array }
  /** Objects with their weights, 0..1; needs no image. */
  | { readonly objects: { readonly [A in Axis]?: number } }

export interface RecommendOptions<Axis extends string = string> extends SearchOptions<Axis> {
  /** Exactly one example in this version. */
  readonly like: readonly [Example<Axis>]
}

export interface ObjectCounts<Axis extends string = string> {
  /** How many images pass the filter. Images in which nothing was recognised are not among them. */
  readonly total: number
  /** In how many of them each object is present; objects that are in none are left out. The most frequent first. */
  readonly objects: { readonly [A in Axis]?: number }
}

export interface ReindexReport {
  /** How many records were read. */
  readonly records: number
  /** How many of their vectors were derived anew, because the space's threshold is another one now. */
  readonly rederived: number
}

/** Recommends images by what is in them. Made by `createRecommender`. After `close` every method rejects with `CLOSED`. */
export interface Recommender<Axis extends string = string> extends AsyncDisposable {
  readonly space: FeatureSpace<Axis>

  /**
   * Describes an image and stores it, replacing what was stored under its id. Where the stored record was made in the
   * same space from the very same bytes, only tags and metadata are replaced.
   *
   * @throws RecommenderError `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, `EXTRACTOR_FAILED`, `INVALID_ARGUMENT`, …
   */
  add(image: NewImage, options?: Abortable): Promise<AddResult<Axis>>
  /**
   * Adds many images. One that fails is reported and stops nothing; a failing store does. Running it again costs little:
   * unchanged images are not described twice.
   */
  addAll(
    images: Iterable<NewImageSource> | AsyncIterable<NewImageSource>,
    options?: AddAllOptions,
  ): Promise<AddAllReport>
  /** Imports records as `records()` gave them, without a network. @throws RecommenderError `SPACE_MISMATCH` */
  put(records: Iterable<ImageRecord> | AsyncIterable<ImageRecord>, options?: Abortable): Promise<void>
  /** Exports all records, in the order of their ids. */
  records(options?: Abortable): AsyncIterable<ImageRecord>
  get(id: string): Promise<DescribedImage<Axis> | undefined>
  /** Deletes images; unknown ids are ignored. */
  remove(ids: string | readonly string[]): Promise<void>

  /** Images like a stored one. @throws RecommenderError `IMAGE_NOT_FOUND`, `SPACE_MISMATCH`, `INVALID_ARGUMENT` */
  similarTo(id: string, options?: SearchOptions<Axis>): Promise<Page<Axis>>
  /** Images like one that need not be stored. */
  similarToImage(image: Uint8Array, options?: SearchOptions<Axis>): Promise<Page<Axis>>
  recommend(options: RecommendOptions<Axis>): Promise<Page<Axis>>

  /** Up to `count` images at random, none twice; 1..1000. */
  random(count: number): Promise<DescribedImage<Axis>[]>
  /** How many images are stored, those without any object included. */
  count(): Promise<number>
  objectCounts(where?: Where<Axis>): Promise<ObjectCounts<Axis>>
  /** Puts all records into the index again, their vectors derived anew where the threshold has changed. Searches go on. */
  reindex(options?: Abortable): Promise<ReindexReport>
  /** Finishes what is under way, then closes extractor, index and store. Closing twice is fine. */
  close(): Promise<void>
}
