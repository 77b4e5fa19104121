import { crc32 } from 'node:zlib'
import { hashTag } from '../prefix.ts'

/**
 * How many buckets the records are spread over. A Cluster keeps each bucket whole, on the master of its hash tag. It is written
 * into every store by where its records are, and can never change.
 */
export const BUCKETS = 64

/** Every bucket of the store, by number. */
export const everyBucket: readonly number[] = Array.from({ length: BUCKETS }, (_, bucket) => bucket)

/**
 * The names of a store's keys. What is in braces is the hash tag: keys with the same one are on the same master of a Cluster,
 * and one command or script may use them together.
 */
export interface StoreKeys {
  readonly directory: DirectoryKeys
  readonly buckets: readonly BucketKeys[]
}

/** All that must change in one step: which images there are, the feed, and which writes are under way. */
export interface DirectoryKeys {
  /** Hash: `format`, `epoch`, `clock` (the last number of the feed), `servers`, `swept`, `mended`. */
  readonly meta: string
  /** Sorted set, all scores 0: the ids in the order of their bytes. */
  readonly ids: string
  /** Sorted set: every id that was ever written, its score the number of its last change. */
  readonly feed: string
  /** Hash: writes that have begun, and when. */
  readonly open: string
  /** Hash: writes that are decided and not yet in all buckets: their numbers in the feed, when, which buckets. */
  readonly commits: string
  /** List: the ids of a write that has begun. */
  staged(write: string): string
}

export interface BucketKeys {
  /** Hash: id to packed record. No id contains U+0000: field "\0" names the writes that have staged something here. */
  readonly records: string
  /** List: what a write will put or delete here. */
  staged(write: string): string
}

export function keysOf(prefix: string): StoreKeys {
  const tag = hashTag(prefix)
  return {
    directory: {
      meta: `${tag}:meta`,
      ids: `${tag}:ids`,
      feed: `${tag}:feed`,
      open: `${tag}:open`,
      commits: `${tag}:commits`,
      staged: (write) => `${tag}:write:${write}`,
    },
    buckets: everyBucket.map((bucket) => {
      const bucketTag = hashTag(prefix, bucket)
      return { records: `${bucketTag}:records`, staged: (write) => `${bucketTag}:write:${write}` }
    }),
  }
}

/** In which bucket the record of this id is. */
export function bucketOf(id: string): number {
  return crc32(id) % BUCKETS
}

/** What belongs to the same bucket, together. */
export function byBucket<Item>(items: Iterable<Item>, idOf: (item: Item) => string): Map<number, Item[]> {
  const grouped = new Map<number, Item[]>()
  for (const item of items) {
    const bucket = bucketOf(idOf(item))
    const group = grouped.get(bucket)
    if (group) group.push(item)
    else grouped.set(bucket, [item])
  }
  return grouped
}
