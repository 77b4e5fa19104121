/** Ids, or ids with records, one behind the other: what the scripts of `scripts/` take apart again. */
export class Frames {
  #pieces: Buffer[] = []
  #size = 0

  /** An id alone. */
  id(id: string): void {
    const length = Buffer.byteLength(id)
    const frame = Buffer.allocUnsafe(2 + length)
    frame.writeUInt16LE(length, 0)
    frame.write(id, 2)
    this.#add(frame)
  }

  /** An id and its packed record; an empty one stands for a deletion. */
  record(id: string, record: Uint8Array): void {
    const length = Buffer.byteLength(id)
    const frame = Buffer.allocUnsafe(2 + length + 4 + record.length)
    frame.writeUInt16LE(length, 0)
    frame.write(id, 2)
    frame.writeUInt32LE(record.length, 2 + length)
    frame.set(record, 6 + length)
    this.#add(frame)
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces, this.#size)
  }

  #add(frame: Buffer): void {
    this.#pieces.push(frame)
    this.#size += frame.length
  }
}
