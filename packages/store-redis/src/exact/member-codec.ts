import type { IndexEntry } from '@image-recommender/core'

/**
 * A member as bytes, little-endian: its id, 0, its values as float32, how many bytes its tags have (7 bits a byte, the highest
 * says whether there are more), and each tag followed by a 0. Values are those of its class set; all of them where it is in none. As ids
 * come first, members with the same score are in the order of their ids; as each says where it ends, many may be sent as one.
 */
export function encodeMember({ id, vector, tags }: IndexEntry, axes: ArrayLike<number>): Buffer {
  const idBytes = Buffer.byteLength(id)
  const tagText = tags.map((tag) => `${tag}\0`).join('')
  const tagBytes = tagText === '' ? 0 : Buffer.byteLength(tagText)
  const bytes = Buffer.allocUnsafe(idBytes + 1 + 4 * axes.length + lengthOfCount(tagBytes) + tagBytes)
  bytes.write(id, 0)
  bytes[idBytes] = 0
  let at = idBytes + 1
  for (let column = 0; column < axes.length; column++) {
    bytes.writeFloatLE(vector[axes[column]!]!, at)
    at += 4
  }
  at = writeCount(bytes, at, tagBytes)
  bytes.write(tagText, at)
  return bytes
}

/** Takes members one by one from what a bucket has sent. */
export class MemberReader {
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #dimensions: number
  #at = 0

  constructor(bytes: Buffer, dimensions: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#dimensions = dimensions
  }

  next(axes: ArrayLike<number>): IndexEntry {
    const end = this.#bytes.indexOf(0, this.#at)
    const id = this.#bytes.toString('utf8', this.#at, end)
    const vector = new Float32Array(this.#dimensions)
    this.#at = end + 1
    for (let column = 0; column < axes.length; column++) {
      vector[axes[column]!] = this.#view.getFloat32(this.#at, true)
      this.#at += 4
    }
    const tagBytes = this.#count()
    if (tagBytes === 0) return { id, vector, tags: [] }
    const tags = this.#bytes.toString('utf8', this.#at, this.#at + tagBytes - 1).split('\0')
    this.#at += tagBytes
    return { id, vector, tags }
  }

  #count(): number {
    let count = 0
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#bytes[this.#at++]!
      count += (byte & 127) * unit
      if (byte < 128) return count
    }
  }
}

function lengthOfCount(count: number): number {
  let length = 1
  for (let left = count; left >= 128; left = Math.floor(left / 128)) length++
  return length
}

function writeCount(bytes: Buffer, start: number, count: number): number {
  let at = start
  let left = count
  for (; left >= 128; left = Math.floor(left / 128)) bytes[at++] = 128 | (left % 128)
  bytes[at++] = left
  return at
}
