/**
 * Port: what finds the nearest vectors. A view of the store, brought up to date from its feed.
 *
 * A conforming implementation passes `similarityIndexContract` of `@image-recommender/core/testing`.
 */

/** `euclidean`: straight-line distance, 0 and up. `cosine`: 1 - cosine of the angle, 0..2; 1 where a vector is all zero. */
export type Metric = 'euclidean' | 'cosine'

export interface IndexEntry {
  readonly id: string
  readonly vector: Float32Array
  readonly tags: readonly string[]
}

export interface AxisCondition {
  readonly axis: number
  /** The least value; where it is left out, any value above 0. */
  readonly atLeast?: number | undefined
}

/** Within `all` every condition must hold, within `any` at least one (an empty `any` holds), within `none` not one. */
export interface Conditions<Condition> {
  readonly all?: readonly Condition[] | undefined
  readonly any?: readonly Condition[] | undefined
  readonly none?: readonly Condition[] | undefined
}

/** All that is given must hold. */
export interface Filter {
  readonly axes?: Conditions<AxisCondition> | undefined
  readonly tags?: Conditions<string> | undefined
  /** Ids that are left out. */
  readonly exclude?: readonly string[] | undefined
}

export interface SearchRequest {
  readonly vector: Float32Array
  /** At least 1. */
  readonly limit: number
  readonly where?: Filter | undefined
  /** Continue behind this match: only what comes later in the order of distance, then id. */
  readonly after?: { readonly distance: number; readonly id: string } | undefined
}

export interface Match {
  readonly id: string
  /** 0 means identical. */
  readonly distance: number
  readonly vector: Float32Array
}

/** What is written at once. An id that is in both is put. */
export interface IndexChanges {
  /** Inserted, or put in place of what was there; the last one of an id wins. */
  readonly put?: readonly IndexEntry[] | undefined
  /** Unknown ids are ignored. */
  readonly delete?: readonly string[] | undefined
}

/**
 * A condition and a move, made with a write in one step: only if the index is at `from` in the store's feed is anything written,
 * and then it is at `to`. `undefined` is the feed's beginning; a step whose ends are the same stays where it is.
 *
 * It is what lets several processes write to one index. Whoever reads the position, after that the store, and writes what
 * was read on the condition that the index is still there, leaves nothing stale behind: what changed in the store later
 * is behind that position in the feed, and comes to whoever follows it.
 */
export interface FeedStep {
  readonly from: string | undefined
  readonly to: string | undefined
}

export interface SimilarityIndex {
  readonly dimensions: number
  readonly metric: Metric
  /** Whether `search` finds every true neighbour. */
  readonly exact: boolean
  /** Whether it lives in a server where several processes write to it, rather than in one process alone. */
  readonly shared: boolean
  /**
   * Without a step it writes whatever the position is, and leaves that alone. With one, `false` says that the index is not at
   * `from` and that nothing was written; of any number of writers that are at the same place, one moves on. Where it
   * rejects, the position is what it was.
   */
  write(changes: IndexChanges, step?: FeedStep): Promise<boolean>
  /** How far in the store's feed this index is; `undefined`: at its beginning. */
  position(): Promise<string | undefined>
  /**
   * The nearest first; equal distances in the order of the ids' UTF-8 bytes. Distances are those of `distanceOf(metric)`:
   * float64 sums over float32 values, axes ascending. Fewer than `limit` come back only where there are no more.
   */
  search(request: SearchRequest): Promise<Match[]>
  /** How many images pass the filter, and in how many of them each axis is above 0. */
  counts(where?: Filter): Promise<{ total: number; perAxis: Uint32Array }>
  close(): Promise<void>
}
