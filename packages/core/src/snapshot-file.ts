import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { syncFolder, writeAll } from './file-writes.ts'

/** How to tell the snapshots of one kind from all other files. */
export interface SnapshotFormat {
  /** The file begins with this: 8 characters below U+0100. */
  readonly mark: string
  /** Then comes this. Another version is not read. */
  readonly version: number
  /** For messages: what a snapshot is of, such as "an HNSW index". */
  readonly content: string
}

/** Before each part are 8 bytes: its length and its checksum. After the last part they are `END`, and how many parts there were. */
const PART_HEAD = 8
const END = 0xffffffff
const BUFFER_BYTES = 2 ** 20

/**
 * Writes parts into a file, so that there is always a whole one at `path`: the new one is written beside it, brought to the
 * disk, and takes its name at the end. Each part is written before the next is asked for.
 */
export async function writeSnapshot(
  path: string,
  format: SnapshotFormat,
  parts: Iterable<ArrayBufferView>,
): Promise<void> {
  const beside = `${path}.${crypto.randomUUID()}.tmp`
  try {
    await writeParts(beside, format, parts)
    await rename(beside, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {})
    throw error
  }
}

async function writeParts(path: string, format: SnapshotFormat, parts: Iterable<ArrayBufferView>): Promise<void> {
  const file = await open(path, 'wx')
  try {
    const writer = new BufferedWriter(file)
    await writer.write(Uint8Array.of(...markOf(format), ...words(format.version)))
    let count = 0
    for (const part of parts) {
      const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
      await writer.write(words(bytes.length, checksum(bytes, count)))
      await writer.write(bytes)
      count++
    }
    await writer.write(words(END, count))
    await writer.flush()
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Gathers small parts, of which there are many, into larger writes. */
class BufferedWriter {
  readonly #file: FileHandle
  readonly #buffer = new Uint8Array(BUFFER_BYTES)
  #length = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#length + bytes.length > BUFFER_BYTES) await this.flush()
    if (bytes.length > BUFFER_BYTES) {
      await writeAll(this.#file, bytes)
    } else {
      this.#buffer.set(bytes, this.#length)
      this.#length += bytes.length
    }
  }

  async flush(): Promise<void> {
    await writeAll(this.#file, this.#buffer.subarray(0, this.#length))
    this.#length = 0
  }
}

/** CRC-32, begun with the number of the part, so that the same bytes as another part have another checksum. */
function checksum(bytes: Uint8Array, number: number): number {
  // What zlib gives for no bytes, 0 or the number, depends on the memory behind the empty view.
  return bytes.length === 0 ? number : crc32(bytes, number)
}

function markOf({ mark }: SnapshotFormat): Uint8Array {
  return Uint8Array.from(mark, (character) => character.charCodeAt(0))
}

function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (const [at, value] of values.entries()) view.setUint32(4 * at, value, true)
  return new Uint8Array(view.buffer)
}

/** The parts of a file, checked one by one: whatever is not as it was written is an Error that says so. */
export class SnapshotReader {
  readonly #file: FileHandle
  readonly #size: number
  #at = 0
  #parts = 0
  #buffer = new Uint8Array(0)
  #ahead = this.#buffer

  private constructor(file: FileHandle, size: number) {
    this.#file = file
    this.#size = size
  }

  static async open(path: string, format: SnapshotFormat): Promise<SnapshotReader> {
    const file = await open(path, 'r')
    try {
      const reader = new SnapshotReader(file, (await file.stat()).size)
      await reader.#readMark(format)
      return reader
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** The next part, in a buffer of its own. */
  readonly next = async (): Promise<Uint8Array> => {
    const head = await this.#words(PART_HEAD)
    const length = head.getUint32(0, true)
    if (length === END) throw new Error('it ends before all of its content was read')
    if (length > this.#size - this.#at) throw new Error(`it is cut off in part ${this.#parts}`)
    const bytes = await this.#read(length)
    if (checksum(bytes, this.#parts) !== head.getUint32(4, true))
      throw new Error(`the checksum of part ${this.#parts} is wrong`)
    this.#parts++
    return bytes
  }

  /** Checks that nothing is left. */
  async end(): Promise<void> {
    const end = await this.#words(PART_HEAD)
    if (end.getUint32(0, true) !== END || end.getUint32(4, true) !== this.#parts)
      throw new Error('it does not end where it should')
    if (this.#at !== this.#size) throw new Error(`${this.#size - this.#at} bytes follow its end`)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #readMark(format: SnapshotFormat): Promise<void> {
    const expected = markOf(format)
    const mark = await this.#read(expected.length + 4)
    if (expected.some((byte, at) => mark[at] !== byte)) throw new Error(`it is no snapshot of ${format.content}`)
    const version = new DataView(mark.buffer).getUint32(expected.length, true)
    if (version !== format.version) {
      throw new Error(`its format has version ${version}, this one reads version ${format.version}`)
    }
  }

  async #words(length: number): Promise<DataView> {
    const bytes = await this.#read(length)
    return new DataView(bytes.buffer, bytes.byteOffset, length)
  }

  /** The next bytes of the file. Small pieces come out of a large one that is read ahead. */
  async #read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    for (let read = 0; read < length; ) {
      if (this.#ahead.length === 0) await this.#readAhead(Math.max(BUFFER_BYTES, length - read))
      const taken = this.#ahead.subarray(0, length - read)
      bytes.set(taken, read)
      read += taken.length
      this.#ahead = this.#ahead.subarray(taken.length)
    }
    this.#at += length
    return bytes
  }

  async #readAhead(length: number): Promise<void> {
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length)
    const { bytesRead } = await this.#file.read(this.#buffer, 0, length)
    if (bytesRead === 0) throw new Error(`it is cut off at byte ${this.#size}`)
    this.#ahead = this.#buffer.subarray(0, bytesRead)
  }
}
