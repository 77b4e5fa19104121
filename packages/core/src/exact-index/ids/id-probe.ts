import { decimalOf } from './decimals.ts'
import { halfSipHash } from './half-sip-hash.ts'

const encoder = new TextEncoder()

/** The random numbers that an instance's hashes depend on: two for strings, two for numbers. */
export type HashKey = Readonly<Uint32Array>

/** How many words a hash key has. */
export const KEY_WORDS = 4

/**
 * The hash of a number, a bijection of 32 bits: the finaliser of MurmurHash3 (Austin Appleby, public domain) after a keyed
 * multiplication.
 */
export function hashOfNumber(number: number, key2: number, key3: number): number {
  let mixed = Math.imul(number ^ key2, key3 | 1)
  mixed ^= mixed >>> 16
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  mixed ^= mixed >>> 16
  return mixed >>> 0
}

/** An id that is looked for, taken apart. It is made once and set many times, which allocates nothing. */
export class IdProbe {
  readonly #key0: number
  readonly #key1: number
  readonly #key2: number
  readonly #key3: number
  #words = new Uint32Array(33)

  /** The number that the id is the decimal form of, or -1. */
  number = -1
  /** The id in UTF-8, in the first `length` bytes, if it is no number. */
  bytes = new Uint8Array(this.#words.buffer)
  length = 0
  /** The hash that its reference has. */
  hash = 0

  constructor(key: HashKey) {
    this.#key0 = key[0]! | 0
    this.#key1 = key[1]! | 0
    this.#key2 = key[2]! | 0
    this.#key3 = key[3]! | 0
  }

  set(id: string): void {
    this.number = decimalOf(id)
    if (this.number >= 0) {
      this.hash = hashOfNumber(this.number, this.#key2, this.#key3)
    } else {
      this.#encode(id)
      this.hash = halfSipHash(this.#words, this.length, this.#key0, this.#key1)
    }
  }

  #encode(id: string): void {
    const length = id.length
    // A code unit takes at most 3 bytes, and the hash wants a word behind the last.
    if (3 * length + 4 > this.bytes.length) {
      this.#words = new Uint32Array(Math.ceil((6 * length + 4) / 4))
      this.bytes = new Uint8Array(this.#words.buffer)
    }
    const bytes = this.bytes
    for (let at = 0; at < length; at++) {
      const unit = id.charCodeAt(at)
      if (unit >= 0x80) {
        this.length = encoder.encodeInto(id, bytes).written
        return
      }
      bytes[at] = unit
    }
    this.length = length
  }
}
