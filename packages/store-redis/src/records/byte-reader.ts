/** Reads on and on, and throws a RangeError behind the end. */
export class ByteReader {
  readonly #bytes: Buffer
  readonly #view: DataView
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  byte(): number {
    this.#at += 1
    return this.#view.getUint8(this.#at - 1)
  }

  count(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  float(): number {
    this.#at += 4
    return this.#view.getFloat32(this.#at - 4, true)
  }

  double(): number {
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  hex(length: number): string {
    this.require(length)
    this.#at += length
    return this.#bytes.toString('hex', this.#at - length, this.#at)
  }

  require(length: number): void {
    if (this.#at + length > this.#bytes.length) throw new RangeError('The record ends in the middle.')
  }

  rest(): string {
    return this.#bytes.toString('utf8', this.#at)
  }
}
