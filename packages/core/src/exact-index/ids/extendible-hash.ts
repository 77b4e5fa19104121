import { headerOf, type NextPart, wordsOf } from '../snapshot/parts.ts'
import {
  COUNT,
  checkSegment,
  DEPTH,
  emptySegment,
  HOMES,
  halfOf,
  homeOf,
  homesFor,
  isFull,
  merged,
  onesOf,
  removeAt,
  resized,
  SHRINK_BELOW,
  seek,
  seekEntry,
  setValueAt,
  valueAt,
  withEntry,
} from './hash-segment.ts'

/** A segment that would need more homes is split in two. */
const MOST_HOMES = 4096
/** Two halves with together no more entries become one again: much less than the 3,400 at which it would be split. */
const MOST_MERGED = 1400
/** Segments use the low 16 bits of a hash, the directory the top 16. Beyond 65,536 segments, these grow instead. */
const MOST_DEPTH = 16
const MARK = 0x31_48_58_45

/**
 * A multimap from uint32 hashes to values of 0..2³² - 2, by extendible hashing (Fagin, Nievergelt, Pippenger and Strong,
 * 1979): a directory, indexed by the top bits of a hash, of segments of up to 4096 homes. Hashes are expected to be well
 * mixed in all bits. Bad ones, even all the same, make it slow, not wrong or large.
 *
 * No step takes longer than to rebuild one segment and to double the directory of at most 65,536 pointers, about half a
 * millisecond, however many entries there are (up to 200 million; beyond, segments grow slowly). An entry takes 9.5 to 12
 * bytes. Memory comes back as entries are removed.
 *
 * Entries may share hash and value; such duplicates are interchangeable.
 */
export class ExtendibleHash {
  /** 2 ** depth pointers: each segment stands in a row of all the places that begin with its bits. */
  #directory: Uint32Array[] = [emptySegment()]
  #depth = 0
  /** How many segments are as deep as the directory. When there are none, half of it suffices. */
  #deepest = 1
  #size = 0
  #bytes = this.#directory[0]!.byteLength

  #cursorSegment = this.#directory[0]!
  #cursorHash = 0
  #cursorAt = 0

  /** How many entries there are. */
  get size(): number {
    return this.#size
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#bytes + 8 * this.#directory.length
  }

  add(hash: number, value: number): void {
    let segment = this.#segmentOf(hash)
    if (isFull(segment)) {
      this.#makeRoom(segment, hash)
      segment = this.#segmentOf(hash)
    }
    const larger = withEntry(segment, hash, value)
    if (larger !== segment) this.#put(hash, segment, larger)
    this.#size++
  }

  /** Removes one entry with this hash and value. Tells whether there was one. */
  remove(hash: number, value: number): boolean {
    const segment = this.#segmentOf(hash)
    const at = seekEntry(segment, hash | 0, value)
    if (at < 0) return false
    removeAt(segment, at)
    this.#size--
    if (segment[COUNT]! < segment[SHRINK_BELOW]!) this.#shrink(segment, hash)
    return true
  }

  /** Gives one entry with this hash and value another value. Tells whether there was one. */
  replace(hash: number, oldValue: number, newValue: number): boolean {
    const segment = this.#segmentOf(hash)
    const at = seekEntry(segment, hash | 0, oldValue)
    if (at < 0) return false
    setValueAt(segment, at, newValue)
    return true
  }

  /**
   * The first value with this hash, or -1. The others follow by `next()`, until something else is asked for by `first` or
   * anything is added or removed. A cursor, since a closure for each lookup costs as much as the lookup.
   */
  first(hash: number): number {
    const segment = this.#segmentOf(hash)
    this.#cursorSegment = segment
    this.#cursorHash = hash | 0
    return this.#cursorTo(homeOf(hash, segment[HOMES]!))
  }

  /** The next value with the hash that was given to `first`, or -1. */
  next(): number {
    return this.#cursorTo(this.#cursorAt + 2)
  }

  /** The parts that `load` takes: a header, then views of the live segments, good until the next change. */
  *save(): Generator<Uint32Array> {
    yield Uint32Array.of(MARK, this.#depth, this.#size)
    for (let at = 0; at < this.#directory.length; at += this.#span(this.#directory[at]!)) yield this.#directory[at]!
  }

  /** Restores what was saved. Throws an Error where the parts make no sense. */
  static async load(next: NextPart): Promise<ExtendibleHash> {
    const header = headerOf(await next(), MARK, 3, 'an extendible hash')
    const hash = new ExtendibleHash()
    await hash.#load(next, header[1]!, header[2]!)
    return hash
  }

  async #load(next: NextPart, depth: number, size: number): Promise<void> {
    if (depth > MOST_DEPTH) throw new Error(`A snapshot has a directory of depth ${depth}`)
    const directory: Uint32Array[] = []
    let bytes = 0
    let count = 0
    while (directory.length < 2 ** depth) {
      const segment = wordsOf(await next())
      const own = segment[DEPTH]!
      const span = 2 ** (depth - own)
      if (!(own <= depth && directory.length % span === 0)) throw new Error(`A snapshot has a segment of depth ${own}`)
      checkSegment(segment, own, directory.length / span)
      for (let at = 0; at < span; at++) directory.push(segment)
      bytes += segment.byteLength
      count += segment[COUNT]!
    }
    if (count !== size) throw new Error(`A snapshot has ${count} entries, not ${size}`)
    this.#directory = directory
    this.#depth = depth
    this.#size = size
    this.#bytes = bytes
    this.#deepest = this.#countDeepest()
    if (this.#deepest === 0) throw new Error(`A snapshot has a directory of depth ${depth}, more than it needs`)
  }

  #cursorTo(at: number): number {
    const found = seek(this.#cursorSegment, at, this.#cursorHash)
    if (found >= 0) {
      this.#cursorAt = found
      return valueAt(this.#cursorSegment, found)
    }
    // Another call of `next` ends at the same slot.
    this.#cursorAt = ~found - 2
    return -1
  }

  /** The place of a hash in the directory. `hash >>> 32` would be `hash`, hence two steps. */
  #placeOf(hash: number): number {
    return (hash >>> 1) >>> (31 - this.#depth)
  }

  #segmentOf(hash: number): Uint32Array {
    return this.#directory[this.#placeOf(hash)]!
  }

  /** How many places a segment has. */
  #span(segment: Uint32Array): number {
    return 1 << (this.#depth - segment[DEPTH]!)
  }

  /** Puts a segment of the same depth in the place of another, which has this hash. */
  #put(hash: number, old: Uint32Array, fresh: Uint32Array): void {
    this.#bytes += fresh.byteLength - old.byteLength
    this.#fill(this.#placeOf(hash), fresh)
  }

  /** Fills all the places of a segment, of which this is one. */
  #fill(place: number, segment: Uint32Array): void {
    const span = this.#span(segment)
    const start = place & -span
    for (let at = start; at < start + span; at++) this.#directory[at] = segment
  }

  #makeRoom(segment: Uint32Array, hash: number): void {
    const count = segment[COUNT]!
    const grows = homesFor(count + 1) <= MOST_HOMES || segment[DEPTH] === MOST_DEPTH
    if (grows) this.#put(hash, segment, resized(segment, count + 1))
    else this.#split(segment, hash)
  }

  /**
   * Splits a segment by the next bit. Entries that share their hash, which no bit divides, stay together with more room;
   * they deepen the directory once per quarter that they grow by, and so not for nothing.
   */
  #split(segment: Uint32Array, hash: number): void {
    if (segment[DEPTH] === this.#depth) this.#doubleDirectory()
    const ones = onesOf(segment)
    const zero = halfOf(segment, false, segment[COUNT]! - ones)
    const one = halfOf(segment, true, ones)
    const start = this.#placeOf(hash) & -this.#span(segment)
    this.#fill(start, zero)
    this.#fill(start + this.#span(zero), one)
    this.#bytes += zero.byteLength + one.byteLength - segment.byteLength
    if (zero[DEPTH] === this.#depth) this.#deepest += 2
  }

  #doubleDirectory(): void {
    const half = this.#directory
    // Of its final length at once: to push 65,536 times takes five times as long.
    const directory = new Array<Uint32Array>(2 * half.length)
    for (let at = 0; at < directory.length; at++) directory[at] = half[at >>> 1]!
    this.#directory = directory
    this.#depth++
    this.#deepest = 0
  }

  /** Gives memory back: merges the segment with its other half as often as this can be, or else rebuilds it smaller. */
  #shrink(segment: Uint32Array, hash: number): void {
    let mergeable = this.#otherHalf(segment, hash)
    if (!mergeable) this.#put(hash, segment, resized(segment, segment[COUNT]!))
    while (mergeable) {
      if (segment[DEPTH] === this.#depth) this.#deepest -= 2
      const both = merged(segment, mergeable)
      this.#bytes += both.byteLength - segment.byteLength - mergeable.byteLength
      this.#fill(this.#placeOf(hash), both)
      segment = both
      mergeable = this.#otherHalf(segment, hash)
    }
    while (this.#deepest === 0) this.#halveDirectory()
  }

  /** The segment that this one was split from, if both are small enough now to become one. */
  #otherHalf(segment: Uint32Array, hash: number): Uint32Array | undefined {
    if (segment[DEPTH] === 0) return undefined
    const other = this.#directory[this.#placeOf(hash) ^ this.#span(segment)]!
    const fits = other[DEPTH] === segment[DEPTH] && segment[COUNT]! + other[COUNT]! <= MOST_MERGED
    return fits ? other : undefined
  }

  #halveDirectory(): void {
    const double = this.#directory
    const directory = new Array<Uint32Array>(double.length / 2)
    for (let at = 0; at < directory.length; at++) directory[at] = double[2 * at]!
    this.#directory = directory
    this.#depth--
    this.#deepest = this.#countDeepest()
  }

  #countDeepest(): number {
    let deepest = 0
    for (const segment of this.#directory) if (segment[DEPTH] === this.#depth) deepest++
    return deepest
  }
}
