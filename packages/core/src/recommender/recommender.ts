import type { Box, FeatureExtractor, FeatureSpace, Lab } from '../feature-extractor.ts'
import type { ImageRecord, ImageStore, JsonObject } from '../image-store.ts'
import type { Facet } from '../ranking/facet.ts'
import type { Conditions, SimilarityIndex } from '../similarity-index.ts'

export interface RecommenderOptions<Axis extends string = string> {
  /** What describes images. A bare `FeatureSpace` where images are only searched and records only imported. */
  readonly extractor: FeatureExtractor<Axis> | FeatureSpace<Axis>
  /** Where the records are kept; `createMemoryStore()` by default. */
  readonly store?: ImageStore | undefined
  /** What finds the nearest; the exact index with cosine distance by default. */
  readonly index?: SimilarityIndex | undefined
  /** What images are compared by as a whole, beside their objects, or where none are recognised. */
  readonly embedding?: EmbeddingOptions | undefined
  /** What orders what was found. */
  readonly ranking?: RankingOptions | undefined
  /**
   * How many images are kept in memory once a search has read them, at least; up to twice as many at times; 0 by default. A search reads
   * some 300, and of what is kept it need not ask the store, nor make anew what it compares. Each takes about two kilobytes. What others write
   * is heard of as the index hears of it, so it goes with an index in this process only.
   */
  readonly cachedRecords?: number | undefined
  /** Told of what the recommender survives but somebody should know. Nothing is logged otherwise. */
  readonly onWarning?: ((warning: Error) => void) | undefined
}

export interface EmbeddingOptions {
  /**
   * What gives images a dense vector, such as `createEmbeddingExtractor` of `core/embedding` makes: one whose space has the threshold
   * `null`. A bare `FeatureSpace` where images are only searched.
   */
  readonly extractor: FeatureExtractor | FeatureSpace
  /** What finds the nearest of them; the exact index with cosine distance by default. */
  readonly index?: SimilarityIndex | undefined
  /** How much being alike as a whole counts beside the objects, which count 1; from 0, 1 by default. */
  readonly weight?: number | undefined
}

export interface RankingOptions {
  /**
   * `objects`: by what images show of what is wished for, see docs/ranking.md; the default where vectors are made of objects. `distance`:
   * by the index's distance alone, as far as there are images.
   */
  readonly by?: 'objects' | 'distance' | undefined
  /** How many of the nearest are ranked by their objects, 1..10000; 300 by default. Behind them the others come by distance. */
  readonly candidates?: number | undefined
  /**
   * What would score no more than this if it looked the same is not shown, 0..1; 0.05 by default. Where there is not one image that is
   * liked, but several, a taste, named objects or tags, it is such a share of the best score.
   */
  readonly cutOff?: number | undefined
  /** How much facets count where a query does not say it; 1 each by default where one image is liked alone, else 0. */
  readonly weights?: { readonly [F in Facet]?: number | undefined } | undefined
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
  /**
   * How many images are under way at a time, 1..64; 16 by default. Three for each worker of the extractor keep all of them
   * busy; a few more read and store meanwhile.
   */
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
  /** Images per second, over the last 64 of them; `undefined` at the beginning. */
  readonly rate: number | undefined
  /** Seconds to the end at this rate; `undefined` where rate or total is. */
  readonly remaining: number | undefined
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

/** An object, a tag, or a facet by which images are compared, under its name. */
export type Cause<Axis extends string = string> =
  | { readonly kind: 'object'; readonly name: Axis }
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'facet'; readonly name: Facet }

/** One summand of a score. */
export type Contribution<Axis extends string = string> = Cause<Axis> & {
  /** Below 0 where it is disliked, missing or extra. */
  readonly contribution: number
}

/** A summand that is part of the score. */
export type Reason<Axis extends string = string> = Contribution<Axis> & {
  /**
   * The stored images because of which it is liked, or disliked, or that a facet was compared with: three at most, those that count
   * most first. None where it was asked for by name.
   */
  readonly from: readonly string[]
}

export interface Recommendation<Axis extends string = string> extends DescribedImage<Axis> {
  /** 1: all that is wished for and nothing else, as an image has that is identical; 0: nothing in common; less where it is disliked. */
  readonly score: number
  /** In the index's metric; 0: identical. Where several are liked, it is that from their mean. */
  readonly distance: number
  /** Why: what the score is made of, objects before tags before facets, what is disliked last; of each the largest first. The contributions add up to `score`. */
  readonly because: readonly Reason<Axis>[]
  /**
   * What is wished for and not there, facets in which it looks otherwise included, and which objects are there and not wished for, with
   * what that costs. With the contributions of what is found they add up to 1: found - missing - extra. Empty where distance alone ranks.
   */
  readonly missing: readonly Contribution<Axis>[]
  readonly extra: readonly Extract<Contribution<Axis>, { readonly kind: 'object' }>[]
  /** Those that were left out for it, near-duplicates of it, in their order. Empty where they are not collapsed. */
  readonly nearDuplicates: readonly string[]
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
  /**
   * How much facets count beside the objects, which count 1: `arrangement`, how many objects there are, how large and where, and
   * `colors`, theirs and the whole picture's; each from 0. They compare with the images that are liked, eight at most, those that weigh most;
   * where none is liked they count nothing. By default 1 where one image is liked alone, else 0. `embedding`: being alike as a whole, all
   * liked images together, where the recommender has embeddings; what it was created with by default.
   */
  readonly weights?: { readonly [F in Facet]?: number | undefined } | undefined
  /**
   * 0..1; 0 by default: the best first. Above 0 each next image is the one with the most of `(1 - diversity) · score - diversity · likeness to
   * the most alike of those before it`. What is made various comes from the candidates alone, and ends with them.
   */
  readonly diversity?: number | undefined
  /** At most so many images that show the very same objects, from 1; the others are left out. Results end with the candidates. */
  readonly mostPerObjectSet?: number | undefined
  /** Of near-duplicates only the best is shown, and the others are named in its `nearDuplicates`. Results end with the candidates. */
  readonly collapseNearDuplicates?: boolean | undefined
}

/** Something to recommend by. */
export type Example<Axis extends string = string> = (
  | {
      /** A stored image; it is not recommended itself. */
      readonly id: string
    }
  | {
      /** An image that need not be stored. */
      readonly image: Uint8Array
    }
  | {
      /** Objects with how much they are wished for, 0..1, relative to the largest; needs no image. */
      readonly objects: { readonly [A in Axis]?: number }
    }
  | {
      /** Tags, each as much as any. What has them becomes a candidate, whatever is in it. */
      readonly tags: readonly string[]
    }
) & {
  /** How much it counts beside others, above 0; 1 by default. */
  readonly weight?: number | undefined
}

export interface RecommendOptions<Axis extends string = string> extends SearchOptions<Axis> {
  /** What is liked. One example at least, or a taste. */
  readonly like?: readonly Example<Axis>[] | undefined
  /** What is disliked: what it has that nothing liked has counts against an image that shows it, and tags against one that has them. */
  readonly unlike?: readonly Example<Axis>[] | undefined
  /** What a person likes, from `taste`. It counts as one example beside others; what was seen is left out. */
  readonly taste?: Taste<Axis> | undefined
}

/** A stored image that somebody liked or disliked. */
export interface Opinion {
  readonly id: string
  /** How much it counts, above 0; 1 by default. */
  readonly weight?: number | undefined
  /** How long ago that was, in whatever unit `halfLife` has; 0 by default. */
  readonly age?: number | undefined
}

export interface History {
  readonly like: readonly Opinion[]
  readonly unlike?: readonly Opinion[] | undefined
  /** After how long an opinion counts half; without it they do not fade. */
  readonly halfLife?: number | undefined
}

/** What somebody likes, in names: plain JSON, to be read, edited, stored and given back. */
export interface Taste<Axis extends string = string> {
  readonly spaceId: string
  /**
   * In which share of what was liked each object is, less that of what was disliked: -1..1, by weight and age. `dog: 0.8`: in eight of ten
   * there is a dog.
   */
  readonly objects: { readonly [A in Axis]?: number }
  /** Which of the images have it, three at most for each object, those that count most first. */
  readonly from: { readonly [A in Axis]?: readonly string[] }
  /** All images that there were an opinion on. They are not recommended. */
  readonly seen: readonly string[]
}

export interface ObjectCounts<Axis extends string = string> {
  /** How many images pass the filter. Images in which nothing was recognised are not among them. */
  readonly total: number
  /** In how many of them each object is present; objects that are in none are left out. The most frequent first. */
  readonly objects: { readonly [A in Axis]?: number }
}

export interface DuplicatesOptions extends Abortable {
  /** In how many of the 64 bits of their perceptual hashes images may differ, 0..7; 6 by default. */
  readonly bits?: number | undefined
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
   * @throws RecommenderError `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, `EXTRACTOR_FAILED`, `OVERLOADED`, `INVALID_ARGUMENT`, …
   */
  add(image: NewImage, options?: Abortable): Promise<AddResult<Axis>>
  /**
   * Adds many images. One that fails is reported and stops nothing; a failing store does. Running it again costs little:
   * unchanged images are not described twice, so one that was stopped goes on where it was. Where the extractor is
   * overloaded, by this call or by others, it waits. Of what it has done it keeps the ids, and the errors of those that failed.
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
  /**
   * Images by any mix of what is liked and disliked.
   *
   * @throws RecommenderError `INVALID_ARGUMENT` (nothing liked; names that are no objects, with the nearest that are; several examples where
   * distance alone ranks), `IMAGE_NOT_FOUND`, `SPACE_MISMATCH`
   */
  recommend(options: RecommendOptions<Axis>): Promise<Page<Axis>>
  /**
   * What somebody likes, from a history. Images that are no longer stored, or of another space, are left out, but count as seen.
   *
   * @throws RecommenderError `INVALID_ARGUMENT` (where vectors are not made of objects)
   */
  taste(history: History, options?: Abortable): Promise<Taste<Axis>>

  /** Up to `count` images at random, none twice; 1..1000. */
  random(count: number): Promise<DescribedImage<Axis>[]>
  /** How many images are stored, those without any object included. */
  count(): Promise<number>
  objectCounts(where?: Where<Axis>): Promise<ObjectCounts<Axis>>
  /**
   * Groups of images that are near-duplicates: the same picture in another size, format or quality. Each image of a group is one of some
   * other of it. The largest group first. It reads the whole store, and holds the ids and the hashes meanwhile.
   */
  duplicates(options?: DuplicatesOptions): Promise<readonly (readonly string[])[]>
  /** Puts all records into the index again, their vectors derived anew where the threshold has changed. Searches go on. */
  reindex(options?: Abortable): Promise<ReindexReport>
  /** Finishes what is under way, then closes extractor, index and store. Closing twice is fine. */
  close(): Promise<void>
}
