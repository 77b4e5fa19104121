/**
 * Port: where the records of images are kept. The store is the truth; every index is a view of it.
 *
 * A conforming implementation passes `imageStoreContract` of `@image-recommender/core/testing`.
 */
import type { Extraction } from './feature-extractor.ts'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }
export type JsonObject = { readonly [key: string]: JsonValue }

/** A dense vector of a whole picture, from an extractor of its own. */
export interface Embedding {
  /** The feature space of the vector. */
  readonly spaceId: string
  readonly vector: Float32Array
}

/** All that is known of one image. The bytes themselves are not kept. */
export interface ImageRecord extends Extraction {
  /** Well-formed Unicode without NUL, 1..512 bytes of UTF-8. */
  readonly id: string
  /** The feature space in which the image was described. */
  readonly spaceId: string
  /** What it is compared by beside its objects; `null`: nothing. */
  readonly embedding: Embedding | null
  readonly tags: readonly string[]
  readonly metadata: JsonObject
  /** SHA-256 of the encoded bytes, hexadecimal: unchanged bytes are not described twice. `null`: unknown. */
  readonly contentHash: string | null
}

/** One image was written or deleted. What it is now, `get` says. */
export interface Change {
  readonly id: string
  /** Where in the feed this is: opaque, to be handed back as `after`. */
  readonly position: string
}

export interface ChangesOptions {
  /** Continue behind this position; from the very beginning where it is left out. */
  readonly after?: string | undefined
  /** Aborting ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Numbers of a record (scores, boxes, colours, vectors) come in float32 precision, and come back as they were given.
 * Everything that is written is durable, as far as the backend can, when the promise resolves.
 */
export interface ImageStore {
  /** Inserts or replaces, all or nothing per call. Where an id comes twice, the last one wins. */
  put(records: readonly ImageRecord[]): Promise<void>
  /** In the order of `ids`; `undefined` where there is none. */
  get(ids: readonly string[]): Promise<(ImageRecord | undefined)[]>
  /** Unknown ids are ignored. */
  delete(ids: readonly string[]): Promise<void>
  /** Every record that is there from beginning to end of the iteration, each exactly once, in the order of the ids' UTF-8 bytes, in constant memory. */
  scan(): AsyncIterable<ImageRecord>
  /** Up to `count` records at random, none twice. */
  sample(count: number): Promise<ImageRecord[]>
  count(): Promise<number>
  /**
   * The feed: which images changed, in an order that every reader sees alike. Only the last change of an image is
   * kept, deletions included, so that the feed from its beginning names every image once (a compacted log).
   * It comes in batches. An empty batch says: that was all for now; after it the iteration waits for more, and ends
   * when `signal` aborts or the store closes.
   */
  changes(options?: ChangesOptions): AsyncIterable<readonly Change[]>
  /**
   * Lets go of what the store itself opened, never of a client that was handed in; resolves when what was under way has ended.
   * From then on every call is refused with `CLOSED`. Closing twice is fine.
   */
  close(): Promise<void>
}
