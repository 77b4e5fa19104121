import { crc32 } from 'node:zlib'

/** `\x89IMAGES\n`, the version, three zeros. */
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

/** With another description in the first part. */
export function redescribed({ head, parts }: FileParts, change: Record<string, unknown>): FileParts {
  const description = JSON.parse(new TextDecoder().decode(parts[0])) as object
  const first = new TextEncoder().encode(JSON.stringify({ ...description, ...change }))
  return { head, parts: [first, ...parts.slice(1)] }
}

function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (const [at, value] of values.entries()) view.setUint32(4 * at, value, true)
  return new Uint8Array(view.buffer)
}
