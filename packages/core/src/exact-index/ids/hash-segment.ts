/**
 * A segment of an `ExtendibleHash`: a hash table in one Uint32Array, by linear probing in sorted order (Amble and Knuth,
 * "Ordered hash tables", 1974). Its first words are a header, then come slots of two words, a hash and a value + 1, so
 * that 0 marks an empty slot.
 *
 * The low 16 bits of a hash are its key. An entry's home follows from its key, and greater keys have homes no smaller, so
 * that the entries lie in the order of their keys, whatever the number of homes: to rebuild a segment is one pass from
 * left to right, and a search ends at the first greater key. There is no wrapping round: behind the last home lie spare
 * slots, of which the last stays empty, so that no search runs off the end.
 */
export const HOMES = 0
export const COUNT = 1
/** How many of the top bits all hashes of the segment share. */
export const DEPTH = 2
/** With fewer entries than this, half of those it was built with, a segment wants to be built anew. */
export const SHRINK_BELOW = 3
const SLOTS = 4

const KEY = 0xffff
const LEAST_HOMES = 16
/** As many as there are keys. Beyond that many, entries go to spare slots. */
const MOST_HOMES = 2 ** 16
const MOST_SPARE = 36

/** How many homes a segment is given for so many entries: built to be 68% full, it is rebuilt when it is 85% full. */
export function homesFor(count: number): number {
  return Math.min(MOST_HOMES, Math.max(LEAST_HOMES, Math.ceil((count * 25) / 17)))
}

/** Whether one entry more needs a larger segment. */
export function isFull(segment: Uint32Array): boolean {
  return (segment[COUNT]! + 1) * 20 > segment[HOMES]! * 17 && segment[HOMES]! < MOST_HOMES
}

/** The word at which the search for a hash begins. */
export function homeOf(hash: number, homes: number): number {
  // The product of 16 bits by at most 2 ** 16 fits in 32.
  return SLOTS + 2 * (Math.imul(hash & KEY, homes) >>> 16)
}

export function emptySegment(): Uint32Array {
  return allocated(homesFor(0), 0, sparesFor(homesFor(0)))
}

/**
 * From the slot at `at` on, the first with this hash.
 *
 * @param hash as an int32, which V8 compares without a detour over floating point
 * @returns its word, or ~word where the search ended
 */
export function seek(segment: Uint32Array, at: number, hash: number): number {
  const key = hash & KEY
  while (segment[at + 1] !== 0) {
    const other = segment[at]! | 0
    if (other === hash) return at
    if ((other & KEY) > key) break
    at += 2
  }
  return ~at
}

/** The value of the entry at `at`. */
export function valueAt(segment: Uint32Array, at: number): number {
  return segment[at + 1]! - 1
}

export function setValueAt(segment: Uint32Array, at: number, value: number): void {
  segment[at + 1] = value + 1
}

/** The word of one entry with this hash (an int32) and value, or -1. */
export function seekEntry(segment: Uint32Array, hash: number, value: number): number {
  let at = seek(segment, homeOf(hash, segment[HOMES]!), hash)
  while (at >= 0 && segment[at + 1] !== value + 1) at = seek(segment, at + 2, hash)
  return at < 0 ? -1 : at
}

/**
 * Adds an entry.
 *
 * @returns the segment, or a copy with more spare slots where the last were taken
 */
export function withEntry(segment: Uint32Array, hash: number, value: number): Uint32Array {
  const key = hash & KEY
  let at = homeOf(hash, segment[HOMES]!)
  while (segment[at + 1] !== 0 && (segment[at]! & KEY) < key) at += 2
  let empty = at
  while (segment[empty + 1] !== 0) empty += 2
  if (empty === segment.length - 2) return withEntry(withMoreSpares(segment), hash, value)
  for (let to = empty; to > at; to -= 2) {
    segment[to] = segment[to - 2]!
    segment[to + 1] = segment[to - 1]!
  }
  segment[at] = hash
  segment[at + 1] = value + 1
  segment[COUNT]!++
  return segment
}

/** Removes the entry at `at`, and moves those behind it back towards their homes, so that no tombstones are needed. */
export function removeAt(segment: Uint32Array, at: number): void {
  const homes = segment[HOMES]!
  let next = at + 2
  while (segment[next + 1] !== 0 && homeOf(segment[next]!, homes) < next) {
    segment[next - 2] = segment[next]!
    segment[next - 1] = segment[next + 1]!
    next += 2
  }
  segment[next - 2] = 0
  segment[next - 1] = 0
  segment[COUNT]!--
}

/** A segment with the same entries and room for `room` of them. */
export function resized(segment: Uint32Array, room: number): Uint32Array {
  return rebuilt(segment, room, segment[DEPTH]!, 0, 0)
}

/** How many entries have a 1 at the next bit, by which the segment would be split. */
export function onesOf(segment: Uint32Array): number {
  const bit = nextBit(segment)
  let ones = 0
  for (let at = SLOTS; at < segment.length; at += 2) if ((segment[at]! & bit) !== 0) ones++
  return ones
}

/** The entries of the segment with a 0, or with a 1, at the next bit. */
export function halfOf(segment: Uint32Array, one: boolean, count: number): Uint32Array {
  const bit = nextBit(segment)
  return rebuilt(segment, count, segment[DEPTH]! + 1, bit, one ? bit : 0)
}

/** Two halves as one segment again. */
export function merged(a: Uint32Array, b: Uint32Array): Uint32Array {
  const count = a[COUNT]! + b[COUNT]!
  let both = rebuilt(a, count, a[DEPTH]! - 1, 0, 0)
  for (let at = SLOTS; at < b.length; at += 2) {
    if (b[at + 1] !== 0) both = withEntry(both, b[at]!, valueAt(b, at))
  }
  both[SHRINK_BELOW] = (count + 1) >>> 1
  return both
}

/**
 * Throws if a search, a change or a rebuild could go astray in these words.
 *
 * @param prefix the segment's place in a directory of 2 ** depth
 */
export function checkSegment(segment: Uint32Array, depth: number, prefix: number): void {
  const homes = segment[HOMES]!
  const slots = (segment.length - SLOTS) / 2
  if (!(homes >= LEAST_HOMES && homes <= MOST_HOMES && slots > homes && slots % 1 === 0 && segment.at(-1) === 0)) {
    throw new Error(`A segment of a snapshot has ${segment.length} words for ${homes} homes`)
  }
  let count = 0
  let key = 0
  // Where a run of entries without a gap began: no home lies before it.
  let start = SLOTS
  for (let at = SLOTS; at < segment.length; at += 2) {
    const hash = segment[at]!
    if (segment[at + 1] === 0) {
      if (hash !== 0) throw new Error('A segment of a snapshot has an empty slot with a hash')
      start = at + 2
      continue
    }
    const home = homeOf(hash, homes)
    if (home < start || home > at || (hash & KEY) < key || (hash >>> 1) >>> (31 - depth) !== prefix) {
      throw new Error('A segment of a snapshot has an entry out of place')
    }
    key = hash & KEY
    count++
  }
  if (count !== segment[COUNT]! || count < segment[SHRINK_BELOW]!) {
    throw new Error(`A segment of a snapshot has ${count} entries, not ${segment[COUNT]}`)
  }
}

function nextBit(segment: Uint32Array): number {
  return 1 << (31 - segment[DEPTH]!)
}

/** Few entries lie far from home: at 85%, one segment in ten thousand needs more than 32 spare slots, and gets them. */
function sparesFor(homes: number): number {
  return Math.min(MOST_SPARE, 4 + (homes >>> 2))
}

function withMoreSpares(segment: Uint32Array): Uint32Array {
  const slots = (segment.length - SLOTS) / 2
  const spares = 2 * (slots - segment[HOMES]!)
  const larger = allocated(segment[HOMES]!, segment[DEPTH]!, spares)
  pour(segment, larger, 0, 0)
  return larger
}

/** The entries with these bits, in a segment with room for `room`. */
function rebuilt(segment: Uint32Array, room: number, depth: number, mask: number, bits: number): Uint32Array {
  const homes = homesFor(room)
  for (let spares = sparesFor(homes); ; spares *= 2) {
    const fresh = allocated(homes, depth, spares)
    if (pour(segment, fresh, mask, bits)) return fresh
  }
}

function allocated(homes: number, depth: number, spares: number): Uint32Array {
  const segment = new Uint32Array(SLOTS + 2 * (homes + spares))
  segment[HOMES] = homes
  segment[DEPTH] = depth
  return segment
}

/** Copies the entries with these bits into an empty segment. Tells whether there were enough spare slots. */
function pour(from: Uint32Array, to: Uint32Array, mask: number, bits: number): boolean {
  const homes = to[HOMES]!
  const end = to.length - 2
  let next = SLOTS
  let count = 0
  for (let at = SLOTS; at < from.length; at += 2) {
    const stored = from[at + 1]!
    if (stored === 0) continue
    const hash = from[at]!
    if ((hash & mask) !== bits) continue
    const home = homeOf(hash, homes)
    if (home > next) next = home
    if (next >= end) return false
    to[next] = hash
    to[next + 1] = stored
    next += 2
    count++
  }
  to[COUNT] = count
  to[SHRINK_BELOW] = (count + 1) >>> 1
  return true
}
