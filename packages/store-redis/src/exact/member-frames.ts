import type { IndexEntry } from '@image-recommender/core'
import { Slices, type VectorPlace } from '@image-recommender/core/parts'
import type { AxesCodec } from './axes-codec.ts'
import { indexBucketOf, placeHashOf } from './index-keys.ts'
import { encodeMember } from './member-codec.ts'

const CODE_BYTES = 6
const NOTHING = Buffer.alloc(0)

/** An image to put, with where it belongs (`undefined`: in no class set), or one to delete. */
export type MemberChange =
  | { readonly id: string; readonly entry: IndexEntry; readonly place: VectorPlace | undefined }
  | { readonly id: string; readonly entry?: undefined }

/** What is sent to one bucket at once. */
export interface MemberFrames {
  readonly bucket: number
  readonly frames: Buffer
}

export interface FrameShape {
  readonly buckets: number
  readonly codec: AxesCodec
  /** The axes of members that are in no set. */
  readonly everyAxis: Uint16Array
}

/** How many images are sent to a bucket at once at most, and how many bytes. */
export interface ChunkLimits {
  readonly images: number
  readonly bytes: number
}

/** Packs changes for the scripts, in slices of time, each chunk for one bucket. */
export async function* framesOf(
  changes: readonly MemberChange[],
  shape: FrameShape,
  limits: ChunkLimits,
): AsyncGenerator<MemberFrames> {
  const slices = new Slices()
  const building = Array.from({ length: shape.buckets }, () => ({ frames: [] as Buffer[], images: 0, bytes: 0 }))
  for (const change of changes) {
    const bucket = indexBucketOf(change.id, shape.buckets)
    const chunk = building[bucket]!
    const frame = frameOf(change, shape)
    chunk.frames.push(frame)
    chunk.bytes += frame.length
    chunk.images++
    if (chunk.images >= limits.images || chunk.bytes >= limits.bytes) {
      yield { bucket, frames: Buffer.concat(chunk.frames, chunk.bytes) }
      building[bucket] = { frames: [], images: 0, bytes: 0 }
    }
    if (slices.isOver) await slices.next()
  }
  for (const [bucket, { frames, images, bytes }] of building.entries()) {
    if (images > 0) yield { bucket, frames: Buffer.concat(frames, bytes) }
  }
}

function frameOf(change: MemberChange, { buckets, codec, everyAxis }: FrameShape): Buffer {
  const { id, entry } = change
  const place = entry && change.place ? placeBytes(change.place, codec) : NOTHING
  const member = entry ? encodeMember(entry, change.place?.axes ?? everyAxis) : NOTHING
  const idBytes = Buffer.byteLength(id)
  const bytes = Buffer.allocUnsafe(2 + idBytes + 2 + 1 + place.length + 4 + member.length)
  let at = bytes.writeUInt16LE(idBytes, 0)
  at += bytes.write(id, at)
  at = bytes.writeUInt16LE(placeHashOf(id, buckets), at)
  at = bytes.writeUInt8(place.length, at)
  bytes.set(place, at)
  at = bytes.writeUInt32LE(member.length, at + place.length)
  bytes.set(member, at)
  return bytes
}

function placeBytes({ axes, code }: VectorPlace, codec: AxesCodec): Buffer {
  const encoded = codec.encode(axes)
  const bytes = Buffer.allocUnsafe(CODE_BYTES + encoded.length)
  bytes.writeUIntBE(code, 0, CODE_BYTES)
  bytes.set(encoded, CODE_BYTES)
  return bytes
}
