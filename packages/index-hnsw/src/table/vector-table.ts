import type { IndexEntry } from '@image-recommender/core'
import { TagLists } from '@image-recommender/core/parts'

/** Vectors of so many slots share memory, which grows without being copied. */
export const SLOTS_A_CHUNK = 4096
/** A Map takes no more. */
const MOST_IMAGES = 2 ** 24

/**
 * What the graph does not know: under which id an image is in which slot, with which tags, and its true vector. Slots
 * are numbered from 0; those of images that were taken out are given again before there are new ones.
 */
export class VectorTable {
  /** In how many vectors each axis is above 0. */
  readonly perAxis: Uint32Array
  readonly tagLists = new TagLists()
  readonly #slots = new Map<string, number>()
  readonly #ids: (string | undefined)[] = []
  readonly #tags: number[] = []
  readonly #chunks: Float32Array[] = []
  readonly #free: number[] = []

  constructor(readonly dimensions: number) {
    this.perAxis = new Uint32Array(dimensions)
  }

  /** How many images there are. */
  get count(): number {
    return this.#slots.size
  }

  /** One more than the highest slot that was ever given. */
  get end(): number {
    return this.#ids.length
  }

  slotOf(id: string): number | undefined {
    return this.#slots.get(id)
  }

  /** The slot that an image which is not there yet would get. */
  get nextSlot(): number {
    return this.#free.at(-1) ?? this.end
  }

  /** The id of the image in a slot; `undefined`: the slot is free. */
  idOf(slot: number): string | undefined {
    return this.#ids[slot]
  }

  /** The number of the image's list of tags. */
  tagsOf(slot: number): number {
    return this.#tags[slot]!
  }

  /** Live, good until the slot is written to. */
  vectorOf(slot: number): Float32Array {
    const begin = (slot % SLOTS_A_CHUNK) * this.dimensions
    return this.#chunks[Math.floor(slot / SLOTS_A_CHUNK)]!.subarray(begin, begin + this.dimensions)
  }

  /** Has ready what an image in `nextSlot` takes: what can fail of putting one fails here, and changes nothing. */
  makeRoom(): void {
    if (this.count === MOST_IMAGES) throw new Error(`an index takes at most ${MOST_IMAGES} images`)
    this.#growFor(this.nextSlot)
  }

  /** An image that is there, or one for `nextSlot`. */
  put({ id, vector, tags }: IndexEntry): void {
    const slot = this.#slots.get(id) ?? this.#take(id)
    const old = this.#tags[slot]!
    this.#tags[slot] = this.tagLists.use(tags)
    this.tagLists.release(old)
    const kept = this.vectorOf(slot)
    this.#count(kept, -1)
    kept.set(vector)
    this.#count(kept, +1)
  }

  /** Only of an id that is there. */
  delete(id: string): void {
    const slot = this.#slots.get(id)!
    this.#slots.delete(id)
    this.#ids[slot] = undefined
    this.tagLists.release(this.#tags[slot]!)
    this.#tags[slot] = 0
    const vector = this.vectorOf(slot)
    this.#count(vector, -1)
    // Of a slot that is taken anew, the old vector is counted out again.
    vector.fill(0)
    this.#free.push(slot)
  }

  /** Appends the next slot as another table had it; without an id, it is a free one. */
  restore(id: string | null, tags: readonly string[], vector: Float32Array): void {
    const slot = this.end
    if (id !== null && this.#slots.has(id)) throw new Error(`it has two images with the id ${JSON.stringify(id)}`)
    this.#append()
    if (id === null) {
      this.#free.push(slot)
      return
    }
    this.#slots.set(id, slot)
    this.#ids[slot] = id
    this.#tags[slot] = this.tagLists.use(tags)
    this.vectorOf(slot).set(vector)
    this.#count(vector, +1)
  }

  #take(id: string): number {
    const slot = this.nextSlot
    if (slot === this.end) this.#append()
    else this.#free.pop()
    this.#slots.set(id, slot)
    this.#ids[slot] = id
    return slot
  }

  #append(): void {
    this.#growFor(this.end)
    this.#ids.push(undefined)
    this.#tags.push(0)
  }

  #growFor(slot: number): void {
    if (slot === this.#chunks.length * SLOTS_A_CHUNK)
      this.#chunks.push(new Float32Array(SLOTS_A_CHUNK * this.dimensions))
  }

  #count(vector: Float32Array, change: number): void {
    for (let axis = 0; axis < vector.length; axis++) if (vector[axis]! > 0) this.perAxis[axis]! += change
  }
}
