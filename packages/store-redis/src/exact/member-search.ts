import { compareUtf8, type Filter, type IndexEntry, type Match, type SearchRequest } from '@image-recommender/core'
import {
  type CodeRange,
  type Fetched,
  filterOf,
  type Near,
  type PointPage,
  searchBySets,
} from '@image-recommender/core/parts'
import type { KnownSets } from './known-sets.ts'
import type { BucketState, FetchedFrames, Members } from './members.ts'
import { nearFramesOf } from './near-frames.ts'

/** A range that has more members than this may be larger than it was thought to be. */
const MANY = 1000
const NO_LIMIT = -1
/** Ranges are meant to have some 32 members. With more than this, the set is larger than it was thought to be. */
const UNEXPECTED = 128
/** How many members in no set are fetched at once. */
const DENSE_PAGE = 500
const COUNTED_AT_ONCE = 4096
/** An image that moves during a search that is not strict may be met twice. */
const MOST_MET_TWICE = 32

/** Ends a search that found the index changed since it began. What has changed is learnt, and the search begins again. */
export class Outdated extends Error {
  constructor(
    readonly reason: 'sets' | 'generation' | 'sizes' | 'members',
    readonly version = 0,
  ) {
    super(reason)
  }
}

export interface MemberSearchParts {
  readonly members: Members
  readonly sets: KnownSets
  /** How many entries of the log these sets are. */
  readonly version: number
  readonly generation: string
  /** Whether the search ends when members change in between. Otherwise it goes on, and takes each image as it met it first. */
  readonly isStrict: boolean
}

/** One search, or one count, over all buckets. Each answer of a bucket is of one moment, and says of which. */
export class MemberSearch {
  readonly #members: Members
  readonly #sets: KnownSets
  readonly #version: number
  readonly #generation: string
  readonly #isStrict: boolean
  readonly #states: (BucketState | undefined)[] = []

  constructor({ members, sets, version, generation, isStrict }: MemberSearchParts) {
    this.#members = members
    this.#sets = sets
    this.#version = version
    this.#generation = generation
    this.#isStrict = isStrict
  }

  async nearest(request: SearchRequest): Promise<Match[]> {
    const { directory } = this.#sets
    const { limit } = request
    const found = await searchBySets(
      {
        directory,
        metric: directory.metric,
        passes: filterOf(request.where ?? {}),
        fetch: (near) => this.#fetch(near),
        fetchDense: () => this.#fetchDense(),
      },
      this.#isStrict ? request : { ...request, limit: limit + MOST_MET_TWICE },
    )
    return this.#isStrict ? found : [...firstOfEach(found)].slice(0, limit)
  }

  /** All that pass the filter, in any order. */
  async *passing(where: Filter): AsyncGenerator<IndexEntry> {
    const passes = filterOf(where)
    const met = new Set<string>()
    for await (const entries of this.#all(where)) {
      for (const entry of entries) {
        if (!passes(entry) || met.has(entry.id)) continue
        if (!this.#isStrict) met.add(entry.id)
        yield entry
      }
    }
  }

  /** All members but those whose class sets do not pass. */
  async *#all(where: Filter): AsyncGenerator<readonly IndexEntry[]> {
    const { directory } = this.#sets
    const { inclusions } = directory
    const search = directory.search({ vector: new Float32Array(directory.dimensions), limit: 1, where })
    for (;;) {
      if (directory.inclusions !== inclusions) throw new Outdated('sizes')
      const { ranges, points } = search.next(Number.POSITIVE_INFINITY, COUNTED_AT_ONCE)
      let pages: PointPage[] = points.map(({ set, code }) => ({ set, code, after: '', most: COUNTED_AT_ONCE }))
      const fetched = await this.#fetch({ ranges, points: pages })
      yield fetched.ranged
      for (let found = fetched.points; found.length > 0; ) {
        yield* found
        pages = pages.flatMap((page, at) =>
          found[at]!.length < page.most ? [] : [{ ...page, after: found[at]!.at(-1)!.id }],
        )
        found = pages.length === 0 ? [] : (await this.#fetch({ ranges: [], points: pages })).points
      }
      if (ranges.length + points.length === 0) break
    }
    yield* this.#fetchDense()
  }

  async #fetch(near: Near): Promise<Fetched> {
    const { ranges, points } = near
    const frames = nearFramesOf(near, this.#sets)
    const fetched = await this.#fromEach((bucket) => this.#members.near(bucket, MANY, frames))
    const cut = await this.#cutRanges(ranges, fetched)
    const ranged: IndexEntry[] = []
    const atPoints: IndexEntry[][] = points.map(() => [])
    for (const each of fetched) {
      for (const { at, entry } of this.#members.decode(each, (at) =>
        this.#sets.axesOf((ranges[at] ?? points[at - ranges.length])!.set),
      )) {
        if (at >= ranges.length) atPoints[at - ranges.length]!.push(entry)
        else if (!cut.has(at)) ranged.push(entry)
      }
    }
    // Rare: members that are alike by the thousand, which no range can part.
    for (const range of cut) for (const entry of await this.#fetchAll(ranges[range]!)) ranged.push(entry)
    return {
      ranged,
      points: fetched.length === 1 ? atPoints : atPoints.map((entries, at) => firstById(entries, points[at]!.most)),
    }
  }

  /** All of a range, however many. */
  async #fetchAll(range: CodeRange): Promise<IndexEntry[]> {
    const frames = nearFramesOf({ ranges: [range], points: [] }, this.#sets)
    const fetched = await this.#fromEach((bucket) => this.#members.near(bucket, NO_LIMIT, frames))
    const axes = this.#sets.axesOf(range.set)
    return fetched.flatMap((each) =>
      Array.from(
        this.#members.decode(each, () => axes),
        ({ entry }) => entry,
      ),
    )
  }

  /** Which ranges have more members than were sent, although the sizes of their sets are known. */
  async #cutRanges(ranges: readonly CodeRange[], fetched: readonly FetchedFrames[]): Promise<Set<number>> {
    const cut = new Set<number>()
    const larger = new Set<number>()
    for (const [at, { set }] of ranges.entries()) {
      const sizes = fetched.map(({ sizes }) => sizes[at]!)
      if (sizes.includes(MANY)) cut.add(at)
      if (sizes.reduce((sum, size) => sum + size) > UNEXPECTED) larger.add(set)
    }
    const isNews = larger.size > 0 && (await learnSizes(this.#sets, this.#members, [...larger]))
    if (isNews && cut.size > 0) throw new Outdated('sizes')
    return cut
  }

  async *#fetchDense(): AsyncGenerator<IndexEntry[]> {
    for (const [bucket, state] of this.#states.entries()) {
      if (state!.dense === 0) continue
      for (let last = ''; ; ) {
        const fetched = await this.#members.dense(bucket, last, DENSE_PAGE)
        this.#check(bucket, fetched.state)
        const entries = Array.from(
          this.#members.decode(fetched, () => this.#members.everyAxis),
          ({ entry }) => entry,
        )
        yield entries
        if (entries.length < DENSE_PAGE) break
        last = entries.at(-1)!.id
      }
    }
  }

  async #fromEach(fetch: (bucket: number) => Promise<FetchedFrames>): Promise<FetchedFrames[]> {
    const fetched = await Promise.all(Array.from({ length: this.#members.count }, (_, bucket) => fetch(bucket)))
    for (const [bucket, { state }] of fetched.entries()) this.#check(bucket, state)
    return fetched
  }

  #check(bucket: number, state: BucketState): void {
    if (state.generation !== '' && state.generation !== this.#generation) throw new Outdated('generation')
    if (state.sets > this.#version) throw new Outdated('sets', state.sets)
    const before = this.#states[bucket]
    if (this.#isStrict && before && before.clock !== state.clock) throw new Outdated('members')
    this.#states[bucket] = before ?? state
  }
}

/** Learns how many members these sets have, and where; from one bucket, which has about as many of each as the others. True: that was news. */
export async function learnSizes(sets: KnownSets, members: Members, some: readonly number[]): Promise<boolean> {
  const encoded = some.map((set) => sets.encodedAxesOf(set))
  const sizes = await members.sizesOf(0, encoded)
  let isNews = false
  for (const [at, set] of some.entries()) {
    const { size, codes } = sizes[at]!
    isNews = sets.learnSize(set, size * members.count, codes) || isNews
  }
  return isNews
}

function firstById(entries: IndexEntry[], most: number): IndexEntry[] {
  return entries.sort((a, b) => compareUtf8(a.id, b.id)).slice(0, most)
}

function* firstOfEach<Item extends { readonly id: string }>(items: Iterable<Item>): Generator<Item> {
  const met = new Set<string>()
  for (const item of items) {
    if (!met.has(item.id)) yield item
    met.add(item.id)
  }
}
