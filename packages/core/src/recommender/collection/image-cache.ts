import type { ImageStore } from '../../image-store.ts'
import { KeptRecord } from '../../kept-record.ts'
import { type ImageReader, ReadImage, type Reading, type StoredImage } from './stored-image.ts'

/**
 * Keeps the images that searches have read last, so that the next ones need not ask the store, nor make of a record anew what is compared. It
 * hears of every change as the index does: of this recommender's own at once, of those of others by the feed. So what is read here is as
 * current as the index is; what is about to be written again is read in the store.
 *
 * Two generations: what is used goes into the young one, and where that is full, it is the old one from then on, and the old one is gone. To
 * use what is young costs nothing but to find it.
 */
export class ImageCache implements ImageReader {
  readonly #store: ImageStore
  readonly #reading: Reading
  readonly #generation: number
  #young = new Map<string, StoredImage>()
  #old = new Map<string, StoredImage>()
  /** How often something has changed. */
  #changes = 0

  /** @param generation how many are kept at least, from 1; never more than twice as many */
  constructor(store: ImageStore, reading: Reading, generation: number) {
    this.#store = store
    this.#reading = reading
    this.#generation = generation
  }

  /** The store as its writers and followers are to see it, so that the cache sees what they do. */
  observed(): ImageStore {
    const store = this.#store
    return {
      get: (ids) => store.get(ids),
      // Whether it was done or has failed halfway, nobody knows better than the store.
      put: (records) => store.put(records).finally(() => this.#forget(records.map(({ id }) => id))),
      delete: (ids) => store.delete(ids).finally(() => this.#forget(ids)),
      scan: () => store.scan(),
      sample: (count) => store.sample(count),
      count: () => store.count(),
      changes: (options) => this.#heard(store.changes(options)),
      close: () => store.close(),
    }
  }

  known(id: string): StoredImage | undefined {
    const young = this.#young.get(id)
    if (young) return young
    const old = this.#old.get(id)
    if (old) {
      this.#old.delete(id)
      this.#keep(id, old)
    }
    return old
  }

  async get(ids: readonly string[]): Promise<(StoredImage | undefined)[]> {
    const kept = ids.map((id) => this.known(id))
    const missing = ids.filter((_, at) => !kept[at])
    if (missing.length === 0) return kept
    const fetched = await this.#fetch(missing)
    return ids.map((id, at) => kept[at] ?? fetched.get(id))
  }

  async #fetch(ids: readonly string[]): Promise<Map<string, StoredImage>> {
    const before = this.#changes
    const fetched = new Map<string, StoredImage>()
    const records = await this.#store.get(ids)
    for (const [at, record] of records.entries()) {
      // Under the string that was asked with: an index gives the same one each time, which is found sooner than an equal one.
      if (record) fetched.set(ids[at]!, new ReadImage(record, new KeptRecord(record), this.#reading))
    }
    // What has changed meanwhile may have been read before it did. Of what, is not worth knowing: the next search reads it again.
    if (this.#changes === before) for (const [id, image] of fetched) this.#keep(id, image)
    return fetched
  }

  #keep(id: string, image: StoredImage): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(id, image)
  }

  #forget(ids: readonly string[]): void {
    this.#changes++
    for (const id of ids) {
      this.#young.delete(id)
      this.#old.delete(id)
    }
  }

  async *#heard(feed: ReturnType<ImageStore['changes']>): ReturnType<ImageStore['changes']> {
    // Whoever follows anew has missed something, if only that the store has lost what it had.
    this.#changes++
    this.#young.clear()
    this.#old.clear()
    for await (const batch of feed) {
      if (batch.length > 0) this.#forget(batch.map(({ id }) => id))
      yield batch
    }
  }
}
