import { crc32 } from 'node:zlib'

/** The mark and the version. */
const HEAD_BYTES = 12
const END = 0xffffffff

/** A snapshot taken apart, by a reading of the format of its own. */
export interface FileParts {
  readonly head: Uint8Array
  readonly parts: readonly Uint8Array[]
}

export function apart(file: Uint8Array): FileParts {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const parts: Uint8Array[] = []
  let at = HEAD_BYTES
  while (view.getUint32(at, true) !== END) {
    const length = view.getUint32(at, true)
    parts.push(file.slice(at + 8, at + 8 + length))
    at += 8 + length
  }
  return { head: file.slice(0, HEAD_BYTES), parts }
}

/** A file of these parts, with right lengths and checksums. `count`: how many parts it says it has. */
export function together({ head, parts }: FileParts, count = parts.length): Buffer {
  // Of nothing the checksum is the number of the part, with which it begins.
  const pieces = parts.flatMap((part, n) => [words(part.length, part.length === 0 ? n : crc32(part, n)), part])
  return Buffer.concat([head, ...pieces, words(END, count)])
}

/** With other bytes in one part. */
export function withPart({ head, parts }: FileParts, at: number, part: Uint8Array): FileParts {
  return { head, parts: parts.map((old, place) => (place === at ? part : old)) }
}

/** With another description in the first part. */
export function redescribed(file: FileParts, change: Record<string, unknown>): FileParts {
  const description = JSON.parse(new TextDecoder().decode(file.parts[0])) as object
  return withPart(file, 0, new TextEncoder().encode(JSON.stringify({ ...description, ...change })))
}

function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (const [at, value] of values.entries()) view.setUint32(4 * at, value, true)
  return new Uint8Array(view.buffer)
}
