import { crc32 } from 'node:zlib'
import { readVector, writeVector } from './vector-codec.ts'

/** The bytes of a checksum. */
export const CHECKSUM = 4

/** CRC-32 of a part of `bytes`, continuing `before`. */
export function checksum(bytes: Buffer, from: number, end: number, before = 0): number {
  return crc32(bytes.subarray(from, end), before)
}

/** How many bytes a text takes at most. */
export function mostTextBytes(value: string): number {
  // UTF-8 takes at most three bytes for each unit of UTF-16.
  return 4 + 3 * value.length
}

/** Writes from `from` on; `view` and `bytes` are of the same memory, which has room for all of it. */
export class Writer {
  readonly #bytes: Buffer
  readonly #view: DataView
  end: number

  constructor(bytes: Buffer, view: DataView, from: number) {
    this.#bytes = bytes
    this.#view = view
    this.end = from
  }

  byte(value: number): void {
    this.#view.setUint8(this.end, value)
    this.end += 1
  }

  count(value: number): void {
    this.#view.setUint32(this.end, value, true)
    this.end += 4
  }

  float(value: number): void {
    this.#view.setFloat32(this.end, value, true)
    this.end += 4
  }

  floats(values: readonly number[]): void {
    for (let at = 0; at < values.length; at++) this.float(values[at]!)
  }

  text(value: string): void {
    const length = this.#bytes.write(value, this.end + 4, 'utf8')
    this.count(length)
    this.end += length
  }

  vector(value: Float32Array): void {
    this.end = writeVector(value, this.#view, this.end)
  }
}

/** Reads from `from` to before `end`, and throws a RangeError behind it. */
export class Reader {
  readonly #bytes: Buffer
  readonly #view: DataView
  #end: number
  #at: number

  constructor(bytes: Buffer, view: DataView, from: number, end: number) {
    this.#bytes = bytes
    this.#view = view
    this.#at = from
    this.#end = end
  }

  byte(): number {
    return this.#view.getUint8(this.#step(1))
  }

  count(): number {
    return this.#view.getUint32(this.#step(4), true)
  }

  float(): number {
    return this.#view.getFloat32(this.#step(4), true)
  }

  text(): string {
    const length = this.count()
    const from = this.#step(length)
    return this.#bytes.toString('utf8', from, from + length)
  }

  /** All that is left is a vector. */
  vector(): Float32Array {
    return readVector(this.#view, this.#step(this.#end - this.#at), this.#end)
  }

  /** Takes the checksum off the end. */
  check(expected: number): void {
    this.#end -= CHECKSUM
    if (this.#end < this.#at) throw new RangeError('The facts end before their checksum.')
    if (this.#view.getUint32(this.#end, true) !== expected) throw new RangeError('The checksum is wrong.')
  }

  end(): void {
    if (this.#at !== this.#end) throw new RangeError('The facts go on behind their end.')
  }

  #step(length: number): number {
    const from = this.#at
    this.#at += length
    if (this.#at > this.#end) throw new RangeError('The facts end in the middle.')
    return from
  }
}
