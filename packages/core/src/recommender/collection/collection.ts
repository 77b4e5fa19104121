import type { FeatureSpace } from '../../feature-extractor.ts'
import type { ImageRecord, ImageStore } from '../../image-store.ts'
import { objectVector } from '../../object-vector.ts'
import type { SimilarityIndex } from '../../similarity-index.ts'
import { throwIfAborted } from '../aborted.ts'
import { inBatches } from '../batches.ts'
import type { ObjectIndex } from '../object-index.ts'
import { IndexView } from './index-view.ts'
import { KeyedQueue } from './keyed-queue.ts'

const BATCH = 500

export interface CollectionParts {
  readonly space: FeatureSpace
  readonly store: ImageStore
  readonly objects: ObjectIndex
  /** The index of embeddings, and their space. */
  readonly embedding: { readonly space: FeatureSpace; readonly index: SimilarityIndex } | undefined
  readonly onWarning: (warning: Error) => void
}

/**
 * A store and its indexes as one. The store is written first and is the truth; the indexes follow at once, so that one
 * reads one's own writes, and hear from the feed what others wrote. Whichever way a change comes, an index is brought
 * to what the store says *now*, so no order of arrival can leave it behind.
 *
 * In an index of this process alone, the turns that writes take see to that. In one that is shared there are writers who take no
 * turns here, and who may stop anywhere for ever. There, what is written was read in the store *after* the index was seen at
 * some position, and is refused unless it is still there: what the store has become since is behind that position in the
 * feed, and whoever follows it will come upon it.
 */
export class Collection {
  readonly #space: FeatureSpace
  readonly #store: ImageStore
  readonly #objects: IndexView
  readonly #views: readonly IndexView[]
  /** The order of the callers: of two writes to an image, the later call wins, however long describing takes. */
  readonly #turns = new KeyedQueue()
  /** Store and indexes in one step: between the two, nobody else writes the same image. */
  readonly #steps = new KeyedQueue()

  constructor({ space, store, objects, embedding, onWarning }: CollectionParts) {
    this.#space = space
    this.#store = store
    const shared = {
      store,
      onWarning,
      inStep: <T>(ids: readonly string[], task: () => Promise<T>) => this.#steps.run(ids, task),
    }
    const { index, content } = objects
    this.#objects = new IndexView({ ...shared, index, content, spaceId: space.id, pick: (record) => record })
    this.#views = [this.#objects]
    if (embedding) {
      // What it shows could not be explained where the objects are of another space.
      const pick = (record: ImageRecord) => (this.#objects.belongs(record) ? record.embedding : null)
      this.#views = [
        this.#objects,
        new IndexView({
          ...shared,
          index: embedding.index,
          content: embedding.space.id,
          spaceId: embedding.space.id,
          pick,
        }),
      ]
    }
  }

  /** Resolves when the indexes have everything that is in the store. */
  async open(): Promise<void> {
    await Promise.all(this.#views.map((view) => view.open()))
  }

  inTurn<T>(ids: readonly string[], task: () => Promise<T>): Promise<T> {
    return this.#turns.run(ids, task)
  }

  write(records: readonly ImageRecord[]): Promise<void> {
    const lastOf = new Map(records.map((record) => [record.id, record]))
    const ids = [...lastOf.keys()]
    return this.#change(ids, async () => {
      await this.#store.put(records)
      return [...lastOf.values()]
    })
  }

  erase(ids: readonly string[]): Promise<void> {
    return this.#change(ids, async () => {
      await this.#store.delete(ids)
      return []
    })
  }

  /** Brings the indexes to what the store says of these images. */
  refresh(ids: readonly string[]): Promise<void> {
    return this.#change(ids, () => this.#store.get(ids))
  }

  /** Does that for all images, vectors derived anew where the threshold has changed. */
  async reindex(signal: AbortSignal | undefined): Promise<{ records: number; rederived: number }> {
    const report = { records: 0, rederived: 0 }
    for await (const scanned of inBatches(this.#store.scan(), BATCH)) {
      throwIfAborted(signal)
      const ids = scanned.map(({ id }) => id)
      await this.#change(ids, async () => {
        const stored = (await this.#store.get(ids)).filter((record) => record !== undefined)
        const current = stored.map((record) => this.withCurrentVector(record))
        const changed = current.filter((record, at) => record !== stored[at])
        if (changed.length > 0) await this.#store.put(changed)
        report.records += stored.length
        report.rederived += changed.length
        return current
      })
    }
    return report
  }

  /** The record itself, or one whose vector fits the space's threshold of today. */
  withCurrentVector(record: ImageRecord): ImageRecord {
    if (this.#space.threshold === null || !this.#objects.belongs(record)) return record
    const vector = objectVector(record.objects, this.#space)
    return vector.every((value, axis) => value === record.vector[axis]) ? record : { ...record, vector }
  }

  /** Whether it has all the vectors that images are compared by here. */
  isWhole(record: ImageRecord): boolean {
    return this.#views.every((view) => view.belongs(record))
  }

  async close(): Promise<void> {
    await Promise.all(this.#views.map((view) => view.close()))
  }

  /** Shows the indexes what `change` makes of these images in the store. */
  #change(ids: readonly string[], change: () => Promise<readonly (ImageRecord | undefined)[]>): Promise<void> {
    return this.#steps.run(ids, async () => {
      const standings = await Promise.all(this.#views.map((view) => view.standing()))
      const records = await change()
      const shown = await Promise.allSettled(this.#views.map((view, at) => view.show(ids, records, standings[at])))
      const failed = shown.find((showing) => showing.status === 'rejected')
      if (failed) throw failed.reason
    })
  }
}
