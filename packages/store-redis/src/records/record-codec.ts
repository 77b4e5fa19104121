import { crc32 } from 'node:zlib'
import {
  type Appearance,
  type DetectedObject,
  type ImageRecord,
  type JsonObject,
  RecommenderError,
} from '@image-recommender/core'
import { ByteReader } from './byte-reader.ts'
import { PackedVector, readVector } from './packed-vector.ts'

/**
 * A record as bytes, little-endian, without its id; counts and axes are uint32, numbers float32 where nothing else is said:
 *
 *     version (1 byte) · has appearance 1 | has hash 2 | sparse vector 4 | sparse embedding 8 (1 byte) · width height (float64)
 *     [ content hash: 32 bytes ]
 *     objects: count · { has box 1 | has color 2 (1 byte) · axis · score · [x y width height] · [L a b] }
 *     [ palette: count · { L a b share } ]
 *     vector: axes · values, or sparse: axes · count · { axis · value } of those that are not zero
 *     [ vector of the embedding, likewise ]
 *     the rest: JSON of [space id, tags, metadata, hash of the appearance, content hash that is no SHA-256
 *       [, space id of the embedding]]
 *     CRC-32 of the id and of all that comes before
 *
 * Version 2 has an embedding. Where there is none version 1 is written, so that processes of an older version of this
 * package, which refuse version 2, read on while nobody uses embeddings.
 */
const VERSION = 2
const VERSION_WITHOUT_EMBEDDING = 1
const HAS_APPEARANCE = 1
const HAS_HASH = 2
const SPARSE = 4
const SPARSE_EMBEDDING = 8
const HAS_BOX = 1
const HAS_COLOR = 2
const HEADER = 2 + 16
const HASH_BYTES = 32
const CHECKSUM_BYTES = 4

export function encodeRecord(record: ImageRecord): Uint8Array {
  const { objects, vector, appearance, contentHash, embedding } = record
  const hash = contentHash !== null && /^[0-9a-f]{64}$/.test(contentHash) ? contentHash : null
  const packed = new PackedVector(vector)
  const embedded = embedding && new PackedVector(embedding.vector)
  const rest = JSON.stringify([
    record.spaceId,
    record.tags,
    record.metadata,
    appearance?.hash ?? null,
    hash === null ? contentHash : null,
    ...(embedding ? [embedding.spaceId] : []),
  ])

  const fixed =
    HEADER +
    (hash === null ? 0 : HASH_BYTES) +
    sizeOfObjects(objects) +
    (appearance ? 4 + 16 * appearance.palette.length : 0) +
    packed.size +
    (embedded?.size ?? 0)
  const bytes = Buffer.allocUnsafe(fixed + Buffer.byteLength(rest) + CHECKSUM_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  view.setUint8(0, embedded ? VERSION : VERSION_WITHOUT_EMBEDDING)
  const known = (appearance ? HAS_APPEARANCE : 0) | (hash === null ? 0 : HAS_HASH)
  view.setUint8(1, known | (packed.sparse ? SPARSE : 0) | (embedded?.sparse ? SPARSE_EMBEDDING : 0))
  view.setFloat64(2, record.width, true)
  view.setFloat64(10, record.height, true)
  let at = HEADER
  if (hash !== null) at += bytes.write(hash, at, 'hex')
  at = writeObjects(view, at, objects)
  if (appearance) at = writePalette(view, at, appearance)
  at = packed.write(view, at)
  if (embedded) at = embedded.write(view, at)
  at += bytes.write(rest, at)
  view.setUint32(at, checksumOf(record.id, bytes), true)
  return bytes
}

/** @throws RecommenderError `STORE_FAILED` where the bytes are damaged, or of a newer version of this package */
export function decodeRecord(id: string, bytes: Buffer): ImageRecord {
  if (bytes.length > 0 && bytes[0] !== VERSION && bytes[0] !== VERSION_WITHOUT_EMBEDDING) {
    throw new RecommenderError(
      'STORE_FAILED',
      `The stored record of ${JSON.stringify(id)} is of version ${bytes[0]}: a newer version of @image-recommender/store-redis wrote it, and this one knows versions up to ${VERSION}. Update the package.`,
    )
  }
  const end = bytes.length - CHECKSUM_BYTES
  if (end < HEADER || bytes.readUInt32LE(end) !== checksumOf(id, bytes)) throw damaged(id)
  try {
    return decode(id, bytes.subarray(0, end))
  } catch (cause) {
    throw damaged(id, cause)
  }
}

/** With the id, so that a record is not taken for that of another image. */
function checksumOf(id: string, bytes: Buffer): number {
  return crc32(bytes.subarray(0, bytes.length - CHECKSUM_BYTES), crc32(id))
}

function damaged(id: string, cause?: unknown): RecommenderError {
  return new RecommenderError(
    'STORE_FAILED',
    `The stored record of ${JSON.stringify(id)} is damaged and cannot be read. Put it again, or delete it.`,
    { cause },
  )
}

function decode(id: string, bytes: Buffer): ImageRecord {
  const reader = new ByteReader(bytes)
  const version = reader.byte()
  const flags = reader.byte()
  const width = reader.double()
  const height = reader.double()
  const hash = flags & HAS_HASH ? reader.hex(HASH_BYTES) : null
  const objects = readObjects(reader)
  const palette = flags & HAS_APPEARANCE ? readPalette(reader) : null
  const vector = readVector(reader, (flags & SPARSE) !== 0)
  const embedded = version === VERSION ? readVector(reader, (flags & SPARSE_EMBEDDING) !== 0) : null
  const [spaceId, tags, metadata, appearanceHash, otherHash, embeddingSpaceId] = JSON.parse(reader.rest()) as [
    string,
    string[],
    JsonObject,
    string | null,
    string | null,
    string?,
  ]
  return {
    id,
    spaceId,
    objects,
    vector,
    width,
    height,
    appearance: palette && { palette, hash: appearanceHash ?? '' },
    embedding: embedded && { spaceId: embeddingSpaceId ?? '', vector: embedded },
    tags,
    metadata,
    contentHash: hash ?? otherHash,
  }
}

function sizeOfObjects(objects: readonly DetectedObject[]): number {
  let size = 4
  for (const { box, color } of objects) size += 9 + (box ? 16 : 0) + (color ? 12 : 0)
  return size
}

function writeObjects(view: DataView, start: number, objects: readonly DetectedObject[]): number {
  view.setUint32(start, objects.length, true)
  let at = start + 4
  for (const { axis, score, box, color } of objects) {
    view.setUint8(at, (box ? HAS_BOX : 0) | (color ? HAS_COLOR : 0))
    view.setUint32(at + 1, axis, true)
    view.setFloat32(at + 5, score, true)
    at += 9
    if (box) at = writeFloats(view, at, box)
    if (color) at = writeFloats(view, at, color)
  }
  return at
}

function readObjects(reader: ByteReader): DetectedObject[] {
  const objects: DetectedObject[] = []
  for (let left = reader.count(); left > 0; left--) {
    const flags = reader.byte()
    objects.push({
      axis: reader.count(),
      score: reader.float(),
      box: flags & HAS_BOX ? [reader.float(), reader.float(), reader.float(), reader.float()] : null,
      color: flags & HAS_COLOR ? [reader.float(), reader.float(), reader.float()] : null,
    })
  }
  return objects
}

function writePalette(view: DataView, start: number, { palette }: Appearance): number {
  view.setUint32(start, palette.length, true)
  let at = start + 4
  for (const { color, share } of palette) {
    at = writeFloats(view, at, color)
    view.setFloat32(at, share, true)
    at += 4
  }
  return at
}

function readPalette(reader: ByteReader): Appearance['palette'] {
  const palette: Appearance['palette'][number][] = []
  for (let left = reader.count(); left > 0; left--) {
    palette.push({ color: [reader.float(), reader.float(), reader.float()], share: reader.float() })
  }
  return palette
}

function writeFloats(view: DataView, start: number, values: readonly number[]): number {
  let at = start
  for (const value of values) {
    view.setFloat32(at, value, true)
    at += 4
  }
  return at
}
