import { crc32 } from 'node:zlib'
import { hashTag } from '../prefix.ts'
import { slotOf } from './slot.ts'

/** How many hashes the places of all images are spread over: so few in each that Redis packs them. */
const PLACE_HASHES = 16_384
const SLOTS = 16_384

/**
 * The names of an index's keys. What is in braces is the hash tag: keys with the same one are on the same master of a Cluster. An
 * image is in one bucket with all that there is of it, so that one script puts it, moves it or deletes it in one step.
 */
export interface IndexKeys {
  readonly directory: IndexDirectoryKeys
  readonly buckets: readonly IndexBucketKeys[]
}

export interface IndexDirectoryKeys {
  /** Hash: shape, `generation`, `position`, and who may move it. */
  readonly meta: string
  /** Hash: class set to its bounds. */
  readonly sets: string
  /** List: the class sets as they came and were widened. Its length is their version. */
  readonly log: string
}

export interface IndexBucketKeys {
  /** Hash: `generation`, `sets` (the newest version of the class sets that a writer knew), `clock`, `fence`. */
  readonly state: string
  /** Hash: in how many images each axis is above 0, and `total`. */
  readonly counts: string
  /** Sorted set, all scores 0: images that are in no class set. */
  readonly dense: string
  /** With what the names begin of sorted sets, one for each class set: its members by their codes. */
  readonly members: string
  /** With what the names begin of hashes, by `placeHashOf`: id to where its member is. */
  readonly places: string
}

export function indexDirectoryKeysOf(prefix: string): IndexDirectoryKeys {
  const tag = hashTag(prefix)
  return { meta: `${tag}:index`, sets: `${tag}:index:sets`, log: `${tag}:index:log` }
}

/** One bucket is where the directory is; several are spread evenly over the slots, and so over the masters. */
export function indexKeysOf(prefix: string, buckets: number): IndexKeys {
  return {
    directory: indexDirectoryKeysOf(prefix),
    buckets: Array.from({ length: buckets }, (_, bucket) => {
      const tag = buckets === 1 ? hashTag(prefix) : tagWithin(prefix, bucket, buckets)
      return {
        state: `${tag}:index:state`,
        counts: `${tag}:index:counts`,
        dense: `${tag}:index:dense`,
        members: `${tag}:index:set:`,
        places: `${tag}:index:places:`,
      }
    }),
  }
}

export function indexBucketOf(id: string, buckets: number): number {
  return crc32(id) % buckets
}

export function placeHashesOf(buckets: number): number {
  return Math.ceil(PLACE_HASHES / buckets)
}

/** In which hash of its bucket the place of an image is. */
export function placeHashOf(id: string, buckets: number): number {
  return Math.floor(crc32(id) / buckets) % placeHashesOf(buckets)
}

/** The first tag whose slot lies well within the bucket's share of all slots. */
function tagWithin(prefix: string, bucket: number, buckets: number): string {
  const share = SLOTS / buckets
  for (let attempt = 0; ; attempt++) {
    const name = `index-${bucket}.${attempt}`
    const place = slotOf(`${prefix}/${name}`) / share - bucket
    if (place > 0.25 && place < 0.75) return hashTag(prefix, name)
  }
}
