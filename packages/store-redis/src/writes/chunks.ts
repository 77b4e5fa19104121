import { Slices } from '@image-recommender/core/parts'
import { bucketOf } from '../store/keys.ts'
import { Frames } from './frames.ts'

/** How many records are sent at once at most, and how many bytes of them. */
const CHUNK = 4000
const CHUNK_BYTES = 2_000_000
/** How many ids one round of reading names at most. */
export const PORTION = 1000

/** In the place of a packed record: the image is to be deleted. */
export const DELETION = new Uint8Array()

/** An id with its packed record, or `DELETION`. */
export interface Entry {
  readonly id: string
  readonly record: Uint8Array
}

/** Packed one by one, as often as they are gone through. */
export type Entries = Iterable<Entry>

/** What is sent at once: the ids, and what is to be done in each bucket. */
export interface Chunk {
  readonly ids: Buffer
  readonly byBucket: ReadonlyMap<number, Buffer>
}

/** Takes entries one by one, so that they are packed when their turn comes, in slices of time. */
export async function* chunksOf(entries: Entries): AsyncGenerator<Chunk> {
  const slices = new Slices()
  let building = new Building()
  for (const { id, record } of entries) {
    building.add(id, record)
    if (building.isFull) {
      yield building.chunk()
      building = new Building()
    }
    if (slices.isOver) await slices.next()
  }
  if (building.count > 0) yield building.chunk()
}

class Building {
  count = 0
  #bytes = 0
  readonly #ids = new Frames()
  readonly #byBucket = new Map<number, Frames>()

  add(id: string, record: Uint8Array): void {
    const bucket = bucketOf(id)
    let frames = this.#byBucket.get(bucket)
    if (!frames) {
      frames = new Frames()
      this.#byBucket.set(bucket, frames)
    }
    frames.record(id, record)
    this.#ids.id(id)
    this.#bytes += record.length
    this.count++
  }

  get isFull(): boolean {
    return this.count >= CHUNK || this.#bytes >= CHUNK_BYTES
  }

  chunk(): Chunk {
    return {
      ids: this.#ids.bytes(),
      byBucket: new Map(Array.from(this.#byBucket, ([bucket, frames]) => [bucket, frames.bytes()] as const)),
    }
  }
}

/** Portions that one command may name. */
export function* portionsOf<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let at = 0; at < items.length; at += PORTION) yield items.slice(at, at + PORTION)
}
