import type { ImageRecord } from '@image-recommender/core'
import { portionsOf } from '../writes/chunks.ts'
import type { Directory } from './directory.ts'
import type { RecordReader } from './record-reader.ts'

/** How often is drawn again for records that were deleted between drawing and reading. */
const ROUNDS = 4

/** Up to `count` records at random: all sets of that size are as likely. */
export async function sample(directory: Directory, reader: RecordReader, count: number): Promise<ImageRecord[]> {
  const found = new Map<string, ImageRecord>()
  for (let round = 0; round < ROUNDS && found.size < count; round++) {
    const total = await directory.count()
    const ids = new Set<string>()
    for (const places of portionsOf(drawPlaces(total, count - found.size))) {
      for (const id of await directory.idsAt(places)) if (!found.has(id)) ids.add(id)
    }
    for (const [id, record] of await reader.get([...ids])) found.set(id, record)
    if (count >= total) break
  }
  return [...found.values()]
}

/** `count` different numbers below `total`, or all of them (Floyd's algorithm). */
function drawPlaces(total: number, count: number): number[] {
  if (count >= total) return Array.from({ length: total }, (_, place) => place)
  const drawn = new Set<number>()
  for (let last = total - count; last < total; last++) {
    const place = Math.floor(Math.random() * (last + 1))
    drawn.add(drawn.has(place) ? last : place)
  }
  return [...drawn]
}
