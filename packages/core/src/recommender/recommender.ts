import type { Box, FeatureExtractor, FeatureSpace, Lab } from '../feature-extractor.ts'
import type { ImageRecord, ImageStore, JsonObject } from '../image-store.ts'
import type { Facet } from '../ranking/facet.ts'
import type { Conditions, SimilarityIndex } from '../similarity-index.ts'

export interface RecommenderOptions<Axis extends string = string> {
  /** What describes images. A bare `FeatureSpace` where images are only searched and records only imported. */
  readonly extractor: FeatureExtractor<Axis> | FeatureSpace<Axis>
  /** Where the records are kept; `createMemoryStore()` by default. */
  readonly store?: ImageStore | undefined
  /**
   * What finds the nearest; the exact index with cosine distance by default. It is filled here, for a ranking by objects with vectors in which
   * objects that are rare in photographs count for more (docs/ranking.md); one that was filled otherwise is refused.
   */
  readonly index?: SimilarityIndex | undefined
  /** What images are compared by as a whole, beside their objects, or where none are recognised. */
  readonly embedding?: EmbeddingOptions | undefined
  /** What orders what was found. */
  readonly ranking?: RankingOptions | undefined
  /**
   * At least how many of the images that searches have read stay in memory, 0..10000000, and at times up to twice as many; 0 by default.
   * A search reads some 300 images. Those that are kept it neither reads from the store again nor prepares for comparison again. Each
   * takes about two kilobytes. It goes only with an index in this process: what other processes write is heard of as the index hears of it.
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
   * by the index's distance alone, page after page down to the last image.
   */
  readonly by?: 'objects' | 'distance' | undefined
  /**
   * How many of the nearest images are ranked by their objects, 1..10000; the others follow by distance. By default 100 where one image is
   * liked, or up to six objects, and 300 where more are. Always 300 where the space has none of the objects that are known to be common
   * (`person`, `car`, …).
   */
  readonly candidates?: number | undefined
  /**
   * What an image must be worth to be shown, 0..1; 0.05 by default. It is left out if its score would be no more than this even if it
   * looked just like what is liked. Where anything but a single image is liked (several, a taste, named objects, tags), this is a share
   * of the best score instead.
   */
  readonly cutOff?: number | undefined
  /** How much facets count where a search does not say so; the defaults are those of `SearchOptions.weights`. */
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
   * Ids of the stored images behind it: because of them it is liked, or disliked, or a facet was compared with them. Three at most,
   * those that count most first; none where it was asked for by name.
   */
  readonly from: readonly string[]
}

export interface Recommendation<Axis extends string = string> extends DescribedImage<Axis> {
  /** 1: it shows all that is wished for and nothing else, as an identical image does. 0: nothing of it. Below 0 where dislikes outweigh the rest. */
  readonly score: number
  /**
   * From the query, in the index's metric; 0: identical. Where objects rank, those that are rare in photographs count for more in it, and
   * where several images are liked, it is how far the six objects are that their mean has most of, see docs/ranking.md.
   */
  readonly distance: number
  /** Why: the summands of the score, which add up to it. Objects, then tags, then facets, then what is disliked; of each the largest first. */
  readonly because: readonly Reason<Axis>[]
  /**
   * What is wished for and is not there, and facets in which the image looks otherwise, each with what that costs. The contributions of
   * what is found, less those of `missing` and of `extra`, add up to 1. Empty where distance alone ranks.
   */
  readonly missing: readonly Contribution<Axis>[]
  /** Objects that are there and are not wished for, each with what that costs. Empty where distance alone ranks. */
  readonly extra: readonly Extract<Contribution<Axis>, { readonly kind: 'object' }>[]
  /** Ids of its near-duplicates that were left out in favour of it, the best first. Empty without `collapseNearDuplicates`. */
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
   * How much facets count beside the objects, which count 1; each from 0.
   *
   * `arrangement`: how many objects there are, how large and where. `colors`: those of the objects and of the whole picture. Both compare
   * with the liked images, of many with the eight that weigh most, and count nothing where no image is liked. By default 1 where a single
   * image is liked, else 0.
   *
   * `embedding`: how alike an image is as a whole to all liked ones together, where the recommender has embeddings. By default what
   * `EmbeddingOptions.weight` says.
   */
  readonly weights?: { readonly [F in Facet]?: number | undefined } | undefined
  /**
   * How much variety counts, 0..1; 0 by default: the best first. Above 0, each next image is the one with the greatest
   * `(1 - diversity) · score - diversity · likeness to the most alike image before it`. Results end with the candidates.
   */
  readonly diversity?: number | undefined
  /** How many images may show the very same objects, 1..1000; the others are left out. Any number by default. Results end with the candidates. */
  readonly mostPerObjectSet?: number | undefined
  /** Whether only the best of near-duplicates is shown, and names the others in its `nearDuplicates`. Results end with the candidates. */
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
      /** Named objects, each with how much it is wished for, 0..1, relative to the largest. No image is needed. */
      readonly objects: { readonly [A in Axis]?: number }
    }
  | {
      /** 1 to 10 tags, which all count the same. An image with one of them becomes a candidate, whatever it shows. */
      readonly tags: readonly string[]
    }
) & {
  /** How much it counts beside others, above 0; 1 by default. */
  readonly weight?: number | undefined
}

export interface RecommendOptions<Axis extends string = string> extends SearchOptions<Axis> {
  /** What is liked: one example at least, unless there is a taste. */
  readonly like?: readonly Example<Axis>[] | undefined
  /** What is disliked. An image scores less by what it shows of it, and by each of its tags; what is also liked does not count. */
  readonly unlike?: readonly Example<Axis>[] | undefined
  /** What a person likes, from `Recommender.taste`. It counts as one example; the images it has `seen` are left out. */
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
   * In which share of the liked images each object is, less its share of the disliked ones, by weight and age: -1..1. `dog: 0.8`: there
   * is a dog in eight of ten liked images, and in no disliked one.
   */
  readonly objects: { readonly [A in Axis]?: number }
  /** Ids of the images behind each object: three at most, those that count most first. */
  readonly from: { readonly [A in Axis]?: readonly string[] }
  /** Ids of all images that there was an opinion on. They are not recommended. */
  readonly seen: readonly string[]
}

export interface ObjectCounts<Axis extends string = string> {
  /** How many images pass the filter. Images in which nothing was recognised are not among them. */
  readonly total: number
  /** In how many of them each object is present; objects that are in none are left out. The most frequent first. */
  readonly objects: { readonly [A in Axis]?: number }
}

export interface DuplicatesOptions extends Abortable {
  /** In how many of the 64 bits of their perceptual hashes near-duplicates may differ, 0..7; 6 by default. */
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
   * Adds many images. An image that fails is reported and stops nothing; a store or an index that fails ends the call. Running it
   * again costs little, as unchanged images are not described twice: a call that was stopped goes on where it was. While the extractor
   * is overloaded, by this call or by others, it waits. In memory it holds the ids of all images, and the errors of those that failed.
   */
  addAll(
    images: Iterable<NewImageSource> | AsyncIterable<NewImageSource>,
    options?: AddAllOptions,
  ): Promise<AddAllReport>
  /** Imports records as `records()` gave them, without a network. @throws RecommenderError `SPACE_MISMATCH` */
  put(records: Iterable<ImageRecord> | AsyncIterable<ImageRecord>, options?: Abortable): Promise<void>
  /** Exports all records, in the order of their ids. */
  records(options?: Abortable): AsyncIterable<ImageRecord>
  /** What is known of a stored image; `undefined`: none has this id. */
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
  /** In how many of the images that pass the filter each object is present. */
  objectCounts(where?: Where<Axis>): Promise<ObjectCounts<Axis>>
  /**
   * Groups of images that are near-duplicates: the same picture in another size, format or quality. Each image of a group is a
   * near-duplicate of at least one other in it. The largest group first. It reads the whole store, and holds all ids and hashes meanwhile.
   */
  duplicates(options?: DuplicatesOptions): Promise<readonly (readonly string[])[]>
  /** Puts all records into the index again, with their vectors derived anew where the threshold has changed. Searches go on meanwhile. */
  reindex(options?: Abortable): Promise<ReindexReport>
  /** Finishes what is under way, then closes extractors, indexes and store, which are this recommender's own. Closing twice is fine. */
  close(): Promise<void>
}
