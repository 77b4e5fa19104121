import type { Appearance, DetectedObject, Embedding, Lab } from '@image-recommender/core'
import { CHECKSUM, checksum, mostTextBytes, Reader, Writer } from './packed-bytes.ts'
import { mostVectorBytes } from './vector-codec.ts'

/** What was seen in an image, apart from the vector that is derived from its objects. */
export interface Facts {
  readonly objects: readonly DetectedObject[]
  readonly appearance: Appearance | null
  readonly embedding: Embedding | null
}

/**
 * Facts as bytes, little-endian; counts and axes are uint32, all other numbers float32:
 *
 *     version (1 byte) · has appearance (1 byte)
 *     objects: count · { has box 1 | has color 2 (1 byte) · axis · score · [x y width height] · [L a b] }
 *     [ palette: count · { L a b share } · bytes of the hash: count · UTF-8 ]
 *     [ bytes of the embedding's space id: count · UTF-8 · its vector, packed as that of the record, up to the checksum ]
 *     CRC-32 of the record's packed vector, then of all of these
 *
 * Version 3 has an embedding. Where there is none version 2 is written, so that processes of an older version of this
 * package, which refuse version 3, read on while nobody uses embeddings. Version 1 had no checksum either.
 */
const VERSION = 3
const VERSION_WITHOUT_EMBEDDING = 2
const VERSION_WITHOUT_CHECKSUM = 1
const HAS_BOX = 1
const HAS_COLOR = 2
/** The bytes of an object with all it can have, and of a colour with its share. */
const OBJECT = 37
const COLOR = 16

/** How many bytes they take at most. */
export function mostFactsBytes({ objects, appearance, embedding }: Facts): number {
  let most = 6 + OBJECT * objects.length + CHECKSUM
  if (appearance) most += 4 + COLOR * appearance.palette.length + mostTextBytes(appearance.hash)
  if (embedding) most += mostTextBytes(embedding.spaceId) + mostVectorBytes(embedding.vector)
  return most
}

/**
 * Writes facts from `from` on; returns where they end. `view` and `bytes` are of the same memory. `vectorChecksum`: of the
 * record's packed vector.
 */
export function writeFacts(
  { objects, appearance, embedding }: Facts,
  vectorChecksum: number,
  bytes: Buffer,
  view: DataView,
  from: number,
): number {
  const writer = new Writer(bytes, view, from)
  writer.byte(embedding ? VERSION : VERSION_WITHOUT_EMBEDDING)
  writer.byte(appearance ? 1 : 0)
  writer.count(objects.length)
  for (const { axis, score, box, color } of objects) {
    writer.byte((box ? HAS_BOX : 0) | (color ? HAS_COLOR : 0))
    writer.count(axis)
    writer.float(score)
    if (box) writer.floats(box)
    if (color) writer.floats(color)
  }
  if (appearance) {
    writer.count(appearance.palette.length)
    for (const { color, share } of appearance.palette) {
      writer.floats(color)
      writer.float(share)
    }
    writer.text(appearance.hash)
  }
  if (embedding) {
    writer.text(embedding.spaceId)
    writer.vector(embedding.vector)
  }
  writer.count(checksum(bytes, from, writer.end, vectorChecksum))
  return writer.end
}

/**
 * The facts from `from` to before `end`.
 * @throws RangeError where there are none that are understood, or they or the vector are not as they were written
 */
export function readFacts(bytes: Buffer, vectorChecksum: number, view: DataView, from: number, end: number): Facts {
  const reader = new Reader(bytes, view, from, end)
  const version = reader.byte()
  if (version === VERSION || version === VERSION_WITHOUT_EMBEDDING) {
    reader.check(checksum(bytes, from, end - CHECKSUM, vectorChecksum))
  } else if (version !== VERSION_WITHOUT_CHECKSUM) throw new RangeError(`Unknown version ${version} of the facts.`)
  const hasAppearance = reader.byte() === 1
  const objects: DetectedObject[] = []
  for (let left = reader.count(); left > 0; left--) objects.push(readObject(reader))
  const appearance = hasAppearance ? readAppearance(reader) : null
  const embedding = version === VERSION ? { spaceId: reader.text(), vector: reader.vector() } : null
  reader.end()
  return { objects, appearance, embedding }
}

function readObject(reader: Reader): DetectedObject {
  const flags = reader.byte()
  return {
    axis: reader.count(),
    score: reader.float(),
    box: flags & HAS_BOX ? [reader.float(), reader.float(), reader.float(), reader.float()] : null,
    color: flags & HAS_COLOR ? [reader.float(), reader.float(), reader.float()] : null,
  }
}

function readAppearance(reader: Reader): Appearance {
  const palette: { color: Lab; share: number }[] = []
  // One by one, so that a damaged count runs into the end and reserves nothing.
  for (let left = reader.count(); left > 0; left--) {
    palette.push({ color: [reader.float(), reader.float(), reader.float()], share: reader.float() })
  }
  return { palette, hash: reader.text() }
}
