import type { IndexEntry } from '@image-recommender/core'
import type { Script } from '../client/script.ts'
import { type IndexCommands, listOf, type Reply, textOf } from './index-commands.ts'
import { type IndexBucketKeys, placeHashesOf } from './index-keys.ts'
import { MemberReader } from './member-codec.ts'
import type { NearFrames } from './near-frames.ts'
import { clear, countsOf, fetchDense, fetchNear, sizesOf } from './scripts/member-scripts.ts'

/** How many hashes of places are emptied at once. */
const CLEARED_AT_ONCE = 64
/** Of so many members, the code of one is asked for, of so many in a set at most. */
const MEMBERS_A_CODE = 8
const MOST_CODES = 256
const NOTHING = Buffer.alloc(0)

/** What a bucket says of itself with whatever is fetched from it, as of one moment. */
export interface BucketState {
  /** '' where nothing was ever written. */
  readonly generation: string
  /** A version of the class sets that has those of all members. */
  readonly sets: number
  /** How often something has changed. */
  readonly clock: number
  /** How many members are in no set. */
  readonly dense: number
}

export interface FetchedFrames {
  readonly state: BucketState
  /** By the ranges and points that were asked for, how many there are of each. */
  readonly sizes: readonly number[]
  readonly members: Buffer
}

/** The members of an index, in their buckets. Each call concerns one bucket, and so one master of a Cluster. */
export class Members {
  readonly #commands: IndexCommands
  readonly #buckets: readonly IndexBucketKeys[]
  readonly #dimensions: number
  readonly #everyAxis: Uint16Array

  constructor(commands: IndexCommands, buckets: readonly IndexBucketKeys[], dimensions: number) {
    this.#commands = commands
    this.#buckets = buckets
    this.#dimensions = dimensions
    this.#everyAxis = Uint16Array.from({ length: dimensions }, (_, axis) => axis)
  }

  get count(): number {
    return this.#buckets.length
  }

  get everyAxis(): Uint16Array {
    return this.#everyAxis
  }

  /** Of which index its members are; '' where nothing was ever written. */
  async generationOf(bucket: number): Promise<string> {
    const { state } = await this.near(bucket, 0, { ranges: NOTHING, points: NOTHING })
    return state.generation
  }

  /** Members in ranges, of each range at most `many`, and at points. */
  async near(bucket: number, many: number, { ranges, points }: NearFrames): Promise<FetchedFrames> {
    return fetchedFrom(await this.#run(bucket, fetchNear, [many, ranges, points]))
  }

  /** Up to `most` members that are in no set, behind `after`. */
  async dense(bucket: number, after: string, most: number): Promise<FetchedFrames> {
    return fetchedFrom(await this.#run(bucket, fetchDense, [after, most]))
  }

  /** Members as they were fetched, and of the how manieth range or point each is. `axesOf`: the axes of one. */
  *decode(
    { sizes, members }: FetchedFrames,
    axesOf: (at: number) => ArrayLike<number>,
  ): Generator<{ readonly at: number; readonly entry: IndexEntry }> {
    const reader = new MemberReader(members, this.#dimensions)
    for (const [at, size] of sizes.entries()) {
      if (size === 0) continue
      const axes = axesOf(at)
      for (let left = size; left > 0; left--) yield { at, entry: reader.next(axes) }
    }
  }

  /** How many members sets have in a bucket, and the codes of some of them, evenly drawn. */
  async sizesOf(bucket: number, encodedAxes: readonly Buffer[]): Promise<{ size: number; codes: number[] }[]> {
    const args = [MEMBERS_A_CODE, MOST_CODES, ...encodedAxes]
    const reply = listOf(await this.#run(bucket, sizesOf, args)).map(textOf)
    return encodedAxes.map((_, at) => ({
      size: Number(reply[2 * at]),
      codes: reply[2 * at + 1]!.split(' ').filter(Boolean).map(Number),
    }))
  }

  /** In how many images each axis is above 0, and `total`. */
  async countsOf(bucket: number): Promise<Map<string, number>> {
    const reply = listOf(await this.#run(bucket, countsOf, []))
    const counts = new Map<string, number>()
    for (let at = 0; at < reply.length; at += 2) counts.set(textOf(reply[at])!, Number(reply[at + 1]))
    return counts
  }

  async write(
    bucket: number,
    script: Script,
    moreKeys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<string[]> {
    return listOf(await this.#run(bucket, script, args, moreKeys)).map(String)
  }

  /** Empties a bucket that has members of another generation of the index. */
  async clear(bucket: number, generation: string): Promise<void> {
    const hashes = placeHashesOf(this.count)
    for (let first = 0; first < hashes; first += CLEARED_AT_ONCE) {
      const last = Math.min(hashes, first + CLEARED_AT_ONCE) - 1
      await this.#run(bucket, clear, [generation, first, last, last === hashes - 1 ? 1 : 0])
    }
  }

  #run(
    bucket: number,
    script: Script,
    args: readonly (string | number | Buffer)[],
    moreKeys: readonly string[] = [],
  ): Promise<Reply> {
    const { state, counts, dense, members, places } = this.#buckets[bucket]!
    return this.#commands.run(script, [state, counts, dense, members, places, ...moreKeys], args)
  }
}

function fetchedFrom(reply: Reply): FetchedFrames {
  const [generation, sets, clock, dense, sizes, members] = listOf(reply)
  return {
    state: { generation: textOf(generation)!, sets: Number(sets), clock: Number(clock), dense: Number(dense) },
    sizes: textOf(sizes)!.split(' ').filter(Boolean).map(Number),
    members: members as Buffer,
  }
}
