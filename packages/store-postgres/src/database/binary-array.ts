/** The types of PostgreSQL that are sent in binary, by their numbers, which are the same in every server. */
export const oids = { bytea: 17, bigint: 20, integer: 23, text: 25, json: 114 } as const

const HEADER = 20
const LENGTH = 4

/**
 * An array of one type, written element by element in PostgreSQL's binary format: big-endian, each element behind its
 * length in bytes, -1 for null. It is sent as it is, and the server has nothing to parse. Its memory is used again after
 * `clear`, so that packing millions of records allocates next to nothing.
 */
export class ArrayWriter {
  #bytes: Buffer
  #view: DataView
  #end = HEADER
  #count = 0

  /** `type`: the number of the type of its elements. */
  constructor(type: number, capacity = 1 << 14) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(capacity, HEADER))
    this.#view = viewOf(this.#bytes)
    this.#view.setInt32(0, 1)
    this.#view.setInt32(4, 0)
    this.#view.setInt32(8, type)
    this.#view.setInt32(16, 1)
  }

  /** How many bytes it takes so far. */
  get size(): number {
    return this.#end
  }

  text(value: string | null): void {
    this.#count++
    // UTF-8 takes at most three bytes for each unit of UTF-16.
    this.#reserve(LENGTH + 3 * (value?.length ?? 0))
    const length = value === null ? -1 : this.#bytes.write(value, this.#end + LENGTH, 'utf8')
    this.#view.setInt32(this.#end, length)
    this.#end += LENGTH + Math.max(length, 0)
  }

  /** An element of at most so many bytes, which `write` writes from `from` on; it returns where they end. */
  bytes(most: number, write: (bytes: Buffer, view: DataView, from: number) => number): void {
    this.#count++
    this.#reserve(LENGTH + most)
    const from = this.#end + LENGTH
    const end = write(this.#bytes, this.#view, from)
    this.#view.setInt32(this.#end, end - from)
    this.#end = end
  }

  /** @throws RangeError where it is no whole number of 32 bits */
  integer(value: number): void {
    if ((value | 0) !== value) throw new RangeError('No whole number of 32 bits.')
    this.#count++
    this.#reserve(LENGTH + 4)
    this.#view.setInt32(this.#end, 4)
    this.#view.setInt32(this.#end + LENGTH, value)
    this.#end += LENGTH + 4
  }

  /** @throws RangeError where it is no whole number that a double holds exactly */
  bigint(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError('No whole number of 53 bits.')
    this.#count++
    this.#reserve(LENGTH + 8)
    this.#view.setInt32(this.#end, 8)
    this.#view.setBigInt64(this.#end + LENGTH, BigInt(value))
    this.#end += LENGTH + 8
  }

  /** The array so far. It is a view: to be sent before the next `clear`. */
  finish(): Buffer {
    this.#view.setInt32(12, this.#count)
    return this.#bytes.subarray(0, this.#end)
  }

  clear(): void {
    this.#end = HEADER
    this.#count = 0
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
    this.#view = viewOf(larger)
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Texts as one parameter of the type `text[]`. */
export function textArray(texts: readonly string[]): Buffer {
  const writer = new ArrayWriter(oids.text, 64 * texts.length)
  for (const text of texts) writer.text(text)
  return writer.finish()
}

/** Whole numbers as one parameter of the type `integer[]`. */
export function integerArray(numbers: readonly number[]): Buffer {
  const writer = new ArrayWriter(oids.integer, 8 * numbers.length)
  for (const number of numbers) writer.integer(number)
  return writer.finish()
}
