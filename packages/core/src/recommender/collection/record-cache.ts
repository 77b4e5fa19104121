import type { ImageRecord, ImageStore } from '../../image-store.ts'
import { KeptRecord } from '../../kept-record.ts'
import { VectorsTogether } from '../../vectors-together.ts'

/** What searches read records from. */
export type RecordReader = Pick<ImageStore, 'get'>

/**
 * Keeps the records that searches have read last, so that the next ones need not ask the store. It hears of every change as the index does:
 * of this recommender's own at once, of those of others by the feed. So what is read here is as current as the index is; what is about to be
 * written again is read in the store.
 */
export class RecordCache implements RecordReader {
  readonly #store: ImageStore
  readonly #most: number
  /** The one that was read longest ago first. */
  readonly #kept = new Map<string, KeptRecord>()
  /** How often something has changed. */
  #changes = 0

  /** @param most how many are kept, from 1 */
  constructor(store: ImageStore, most: number) {
    this.#store = store
    this.#most = most
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

  async get(ids: readonly string[]): Promise<(ImageRecord | undefined)[]> {
    const kept = ids.map((id) => this.#use(id))
    const missing = ids.filter((_, at) => !kept[at])
    const fetched = missing.length > 0 ? await this.#fetch(missing) : undefined
    const vectors = new VectorsTogether(ids.length)
    return ids.map((id, at) => kept[at]?.handOut(vectors) ?? fetched?.get(id))
  }

  async #fetch(ids: readonly string[]): Promise<Map<string, ImageRecord>> {
    const before = this.#changes
    const fetched = new Map<string, ImageRecord>()
    for (const record of await this.#store.get(ids)) if (record) fetched.set(record.id, record)
    // What has changed meanwhile may have been read before it did. Of what, is not worth knowing: the next search reads it again.
    if (this.#changes === before) for (const record of fetched.values()) this.#keep(record)
    return fetched
  }

  #keep(record: ImageRecord): void {
    this.#kept.delete(record.id)
    this.#kept.set(record.id, new KeptRecord(record))
    if (this.#kept.size > this.#most) this.#kept.delete(this.#kept.keys().next().value!)
  }

  #use(id: string): KeptRecord | undefined {
    const kept = this.#kept.get(id)
    if (!kept) return undefined
    this.#kept.delete(id)
    this.#kept.set(id, kept)
    return kept
  }

  #forget(ids: readonly string[]): void {
    this.#changes++
    for (const id of ids) this.#kept.delete(id)
  }

  async *#heard(feed: ReturnType<ImageStore['changes']>): ReturnType<ImageStore['changes']> {
    // Whoever follows anew has missed something, if only that the store has lost what it had.
    this.#changes++
    this.#kept.clear()
    for await (const batch of feed) {
      if (batch.length > 0) this.#forget(batch.map(({ id }) => id))
      yield batch
    }
  }
}
