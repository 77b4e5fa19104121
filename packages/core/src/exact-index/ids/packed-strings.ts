import { headerOf, type NextPart, wordsOf } from '../snapshot/parts.ts'
import { NumberColumn } from './number-column.ts'
import { compareOctets, copyOctets } from './octets.ts'

/** A chunk has 2 ** 16 words: 256 KiB. */
const CHUNK_BITS = 16
const CHUNK_WORDS = 2 ** CHUNK_BITS
/** The first chunk begins with 4 KiB and doubles until it is one like the others. */
const FIRST_CHUNK_WORDS = 1024
/** A longer entry gets a chunk of its own, or the end of a chunk that it does not fit into would be wasted. */
const LONGEST_ENTRY_WORDS = CHUNK_WORDS / 8
const MOST_CHUNKS = 2 ** (32 - CHUNK_BITS)
const NO_WORDS = new Uint32Array(0)
const NO_OCTETS = new Uint8Array(0)

/** An entry: its number, its hash, the length of the string in bytes, then these, filled up to whole words. */
const NUMBER = 0
const HASH = 1
const LENGTH = 2
const BYTES = 3
/** The number of an entry that was deleted. */
const DEAD = 0xffffffff
const MARK = 0x31_53_4b_50

/**
 * A table of byte strings, each with a uint32 hash, under numbers of 0..2³¹ - 1 that it hands out. The strings are packed in
 * chunks of 256 KiB and found by a column of addresses, in words, which reach 16 GiB far. A string of n bytes takes 12 + n
 * bytes, filled up to whole words, and 4 in the column.
 *
 * Deleted strings leave holes. When they are more than half of a chunk, its survivors move on to the newest chunk and it
 * is dropped: log-structured cleaning (Rosenblum and Ousterhout, 1992). So memory comes back, but for 4 bytes where
 * numbers nearby are still in use. One call cleans one chunk, which moves less than 128 KiB, or two if it finds the newest
 * one full of holes as well.
 */
export class PackedStrings {
  /** Each chunk as words and as bytes; both empty where there is none under a number. */
  #words: Uint32Array[] = []
  #octets: Uint8Array[] = []
  /** How many words of each chunk are written, and how many of these are dead. */
  #used: number[] = []
  #dead: number[] = []
  #freeChunks: number[] = []
  /** The chunk that is written to, or -1. Its holes wait until it is full. */
  #newest = -1
  #numbers = new NumberColumn()
  #size = 0
  #chunkBytes = 0

  /** How many strings there are. */
  get size(): number {
    return this.#size
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#chunkBytes + this.#numbers.bytes
  }

  /**
   * Adds a string.
   *
   * @param bytes UTF-8, copied
   * @param length how many of the bytes are the string; all by default
   * @returns its number, until it is deleted
   */
  add(bytes: Uint8Array, hash: number, length = bytes.length): number {
    const size = wordsFor(length)
    const chunk = size > LONGEST_ENTRY_WORDS ? this.#open(size) : this.#chunkWithRoom(size)
    const at = this.#used[chunk]!
    const words = this.#words[chunk]!
    const number = this.#numbers.take(addressOf(chunk, at))
    words[at + NUMBER] = number
    words[at + HASH] = hash
    words[at + LENGTH] = length
    copyOctets(bytes, length, this.#octets[chunk]!, 4 * (at + BYTES))
    this.#used[chunk] = at + size
    this.#size++
    return number
  }

  delete(number: number): void {
    const address = this.#numbers.get(number)
    const chunk = chunkOf(address)
    const words = this.#words[chunk]!
    const at = wordOf(address)
    words[at + NUMBER] = DEAD
    this.#dead[chunk]! += wordsFor(words[at + LENGTH]!)
    this.#numbers.giveBack(number)
    this.#size--
    if (this.#size === 0) this.#clear()
    else if (chunk !== this.#newest && this.#isMostlyDead(chunk)) this.#clean(chunk)
  }

  hashOf(number: number): number {
    const address = this.#numbers.get(number)
    return this.#words[chunkOf(address)]![wordOf(address) + HASH]!
  }

  /** Whether a string consists of these bytes, the first `length` of them. */
  equals(number: number, bytes: Uint8Array, length = bytes.length): boolean {
    const address = this.#numbers.get(number)
    const chunk = chunkOf(address)
    const at = wordOf(address)
    if (this.#words[chunk]![at + LENGTH] !== length) return false
    const octets = this.#octets[chunk]!
    const from = 4 * (at + BYTES)
    for (let next = 0; next < length; next++) if (octets[from + next] !== bytes[next]) return false
    return true
  }

  /** The order of two strings by their bytes: below 0 if `a` comes first, 0 if they are the same. */
  compare(a: number, b: number): number {
    const addressA = this.#numbers.get(a)
    const addressB = this.#numbers.get(b)
    const chunkA = chunkOf(addressA)
    const chunkB = chunkOf(addressB)
    const atA = wordOf(addressA)
    const atB = wordOf(addressB)
    return compareOctets(
      this.#octets[chunkA]!,
      4 * (atA + BYTES),
      this.#words[chunkA]![atA + LENGTH]!,
      this.#octets[chunkB]!,
      4 * (atB + BYTES),
      this.#words[chunkB]![atB + LENGTH]!,
    )
  }

  /** The order of a string and of these bytes, the first `length` of them. */
  compareBytes(number: number, bytes: Uint8Array, length = bytes.length): number {
    const address = this.#numbers.get(number)
    const chunk = chunkOf(address)
    const at = wordOf(address)
    return compareOctets(this.#octets[chunk]!, 4 * (at + BYTES), this.#words[chunk]![at + LENGTH]!, bytes, 0, length)
  }

  /** The bytes of a string: a view of the live memory, good until the next change. */
  bytesOf(number: number): Uint8Array {
    const address = this.#numbers.get(number)
    const chunk = chunkOf(address)
    const at = wordOf(address)
    const from = 4 * (at + BYTES)
    return this.#octets[chunk]!.subarray(from, from + this.#words[chunk]![at + LENGTH]!)
  }

  /** The parts that `load` takes: a header, then views of the live chunks, good until the next change. */
  *save(): Generator<Uint32Array> {
    yield Uint32Array.of(MARK, this.#size, this.#words.length, this.#newest)
    for (const [chunk, words] of this.#words.entries()) yield words.subarray(0, this.#used[chunk])
  }

  /** Restores what was saved. Throws an Error where the parts make no sense. */
  static async load(next: NextPart): Promise<PackedStrings> {
    const [, size, chunks, newest] = headerOf(await next(), MARK, 4, 'packed strings')
    const strings = new PackedStrings()
    await strings.#load(next, size!, chunks!, newest!)
    return strings
  }

  async #load(next: NextPart, size: number, chunks: number, newest: number): Promise<void> {
    if (chunks > MOST_CHUNKS) throw new Error(`A snapshot has ${chunks} chunks`)
    for (let chunk = 0; chunk < chunks; chunk++) {
      const words = wordsOf(await next())
      this.#words.push(NO_WORDS)
      this.#octets.push(NO_OCTETS)
      this.#used.push(words.length)
      this.#dead.push(0)
      this.#put(chunk, words)
      if (words.length === 0) this.#freeChunks.push(chunk)
      else if (words.length <= CHUNK_WORDS && chunk === newest) this.#newest = chunk
      this.#restoreEntries(chunk, words)
    }
    if (this.#size !== size) throw new Error(`A snapshot has ${this.#size} strings, not ${size}`)
    this.#numbers.restored()
  }

  /** The addresses are not part of a snapshot: each entry knows its number. */
  #restoreEntries(chunk: number, words: Uint32Array): void {
    let end = 0
    for (let at = 0; at < words.length; at = end) {
      const length = words[at + LENGTH] ?? 0
      end = at + wordsFor(length)
      if (at >= CHUNK_WORDS || end > words.length || length > 4 * words.length) {
        throw new Error('A snapshot has a chunk with a broken end')
      }
      const number = words[at + NUMBER]!
      if (number === DEAD) {
        this.#dead[chunk]! += end - at
      } else if (number < 2 ** 31 && this.#numbers.restore(number, addressOf(chunk, at))) {
        this.#size++
      } else {
        throw new Error(`A snapshot has a string under the number ${number} that cannot be`)
      }
    }
  }

  #isMostlyDead(chunk: number): boolean {
    return 2 * this.#dead[chunk]! > this.#words[chunk]!.length
  }

  /** Moves the survivors of a chunk on and drops it. */
  #clean(chunk: number): void {
    const words = this.#words[chunk]!
    const used = this.#used[chunk]!
    // A chunk with one string of any length is only ever cleaned when this is dead, and so without a look at the rest.
    if (this.#dead[chunk]! < used) {
      for (let at = 0; at < used; at += wordsFor(words[at + LENGTH]!)) {
        if (words[at + NUMBER] !== DEAD) this.#move(words, at)
      }
    }
    this.#put(chunk, NO_WORDS)
    this.#used[chunk] = 0
    this.#dead[chunk] = 0
    this.#freeChunks.push(chunk)
  }

  #move(from: Uint32Array, start: number): void {
    const size = wordsFor(from[start + LENGTH]!)
    const chunk = this.#chunkWithRoom(size)
    const to = this.#words[chunk]!
    const at = this.#used[chunk]!
    for (let word = 0; word < size; word++) to[at + word] = from[start + word]!
    this.#numbers.set(from[start + NUMBER]!, addressOf(chunk, at))
    this.#used[chunk] = at + size
  }

  #chunkWithRoom(size: number): number {
    while (this.#newest < 0 || this.#used[this.#newest]! + size > this.#words[this.#newest]!.length) this.#makeRoom()
    return this.#newest
  }

  /** One step towards room in the newest chunk. */
  #makeRoom(): void {
    const full = this.#newest
    const capacity = full < 0 ? 0 : this.#words[full]!.length
    if (full < 0) {
      this.#newest = this.#open(FIRST_CHUNK_WORDS)
    } else if (this.#isMostlyDead(full)) {
      this.#newest = this.#open(capacity)
      this.#clean(full)
    } else if (capacity < CHUNK_WORDS) {
      const larger = new Uint32Array(Math.min(CHUNK_WORDS, 2 * capacity))
      larger.set(this.#words[full]!)
      this.#put(full, larger)
    } else {
      this.#newest = this.#open(CHUNK_WORDS)
    }
  }

  /** Gives a chunk of so many words a number. */
  #open(size: number): number {
    const chunk = this.#freeChunks.pop() ?? this.#words.length
    if (chunk === MOST_CHUNKS) throw new Error('There is no room for more than 16 GiB of strings')
    if (chunk === this.#words.length) {
      this.#words.push(NO_WORDS)
      this.#octets.push(NO_OCTETS)
      this.#used.push(0)
      this.#dead.push(0)
    }
    this.#put(chunk, new Uint32Array(size))
    return chunk
  }

  #put(chunk: number, words: Uint32Array): void {
    this.#chunkBytes += words.byteLength - this.#words[chunk]!.byteLength
    this.#words[chunk] = words
    this.#octets[chunk] = words.length === 0 ? NO_OCTETS : new Uint8Array(words.buffer)
  }

  #clear(): void {
    this.#words = []
    this.#octets = []
    this.#used = []
    this.#dead = []
    this.#freeChunks = []
    this.#newest = -1
    this.#numbers = new NumberColumn()
    this.#chunkBytes = 0
  }
}

/** How many words the entry of a string of so many bytes has. */
function wordsFor(length: number): number {
  return BYTES + ((length + 3) >>> 2)
}

function addressOf(chunk: number, at: number): number {
  return ((chunk << CHUNK_BITS) | at) >>> 0
}

function chunkOf(address: number): number {
  return address >>> CHUNK_BITS
}

function wordOf(address: number): number {
  return address & (CHUNK_WORDS - 1)
}
