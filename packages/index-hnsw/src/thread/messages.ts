import type { FeedStep, Filter, IndexEntry, Match, SearchRequest } from '@image-recommender/core'
import { RecommenderError } from '@image-recommender/core'
import { type PostedError, postedError } from '@image-recommender/core/parts'
import type { Counts } from '../graph-index.ts'
import type { IndexShape } from '../options.ts'

/** What a thread is started with. */
export interface ThreadSetup {
  readonly shape: IndexShape
  /** Of the `NativeGate`. */
  readonly gate: SharedArrayBuffer
  /** The snapshot to open; otherwise the index begins empty. */
  readonly path: string | undefined
}

/** Entries, their vectors one behind the other. */
export interface PackedEntries {
  readonly ids: readonly string[]
  readonly tags: readonly (readonly string[])[]
  readonly vectors: Float32Array<ArrayBuffer>
}

/** What is written at once: images that go, then entries that come. */
export interface PackedChanges {
  readonly gone: readonly string[]
  readonly entries: PackedEntries
}

/** Matches, their vectors one behind the other. */
export interface PackedMatches {
  readonly ids: readonly string[]
  readonly distances: Float64Array<ArrayBuffer>
  readonly vectors: Float32Array<ArrayBuffer>
}

/** What the thread can be asked for: what is given, what comes back. */
export interface Calls {
  write(given: { readonly changes: PackedChanges; readonly step: FeedStep | undefined }): boolean
  position(given: undefined): string | undefined
  search(given: SearchRequest): PackedMatches
  counts(given: Filter): Counts
  recall(given: RecallRequest): number
  save(given: { readonly path: string }): undefined
}

export interface RecallRequest {
  /** So many of the index's own vectors, or these. */
  readonly sample: number | readonly Float32Array[]
  readonly limit: number
}

export type Request = Call | { readonly kind: 'end' }

/** One of `Calls`. */
export interface Call<Name extends keyof Calls = keyof Calls> {
  readonly kind: 'call'
  readonly id: number
  readonly name: Name
  readonly given: Parameters<Calls[Name]>[0]
}

/** From the thread: first `ready` or `failed`, then an answer to each call, in any order. */
export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: PostedError }
  | { readonly kind: 'done'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly error: PostedError }

export function pack(entries: readonly IndexEntry[], dimensions: number): PackedEntries {
  const vectors = new Float32Array(entries.length * dimensions)
  for (const [at, { vector }] of entries.entries()) vectors.set(vector, at * dimensions)
  return { ids: entries.map(({ id }) => id), tags: entries.map(({ tags }) => tags), vectors }
}

export function nthEntry({ ids, tags, vectors }: PackedEntries, at: number, dimensions: number): IndexEntry {
  return { id: ids[at]!, tags: tags[at]!, vector: vectors.subarray(at * dimensions, (at + 1) * dimensions) }
}

export function unpacked({ ids, distances, vectors }: PackedMatches, dimensions: number): Match[] {
  return ids.map((id, at) => {
    const vector = new Float32Array(vectors.buffer, 4 * at * dimensions, dimensions)
    return { id, distance: distances[at]!, vector }
  })
}

export function posted(error: unknown): PostedError {
  return postedError(error, (cause) => {
    return new RecommenderError('INDEX_FAILED', cause instanceof Error ? cause.message : String(cause), { cause })
  })
}
