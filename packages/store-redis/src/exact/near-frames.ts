import type { Near } from '@image-recommender/core/parts'
import type { KnownSets } from './known-sets.ts'

/** What a search fetches, as all buckets are asked for it. */
export interface NearFrames {
  readonly ranges: Buffer
  readonly points: Buffer
}

export function nearFramesOf({ ranges, points }: Near, sets: KnownSets): NearFrames {
  return {
    ranges: Buffer.concat(
      ranges.map(({ set, first, last }) => {
        const axes = sets.encodedAxesOf(set)
        const frame = Buffer.allocUnsafe(1 + axes.length + 16)
        frame[0] = axes.length
        frame.set(axes, 1)
        frame.writeDoubleLE(first, 1 + axes.length)
        frame.writeDoubleLE(last, 9 + axes.length)
        return frame
      }),
    ),
    points: Buffer.concat(
      points.map(({ set, code, after, most }) => {
        const axes = sets.encodedAxesOf(set)
        const idBytes = Buffer.byteLength(after)
        const frame = Buffer.allocUnsafe(1 + axes.length + 8 + 2 + idBytes + 4)
        frame[0] = axes.length
        frame.set(axes, 1)
        let at = frame.writeDoubleLE(code, 1 + axes.length)
        at = frame.writeUInt16LE(idBytes, at)
        at += frame.write(after, at)
        frame.writeUInt32LE(most, at)
        return frame
      }),
    ),
  }
}
