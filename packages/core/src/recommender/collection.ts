import { RecommenderError } from '../errors.ts'
import type { FeatureSpace } from '../feature-extractor.ts'
import type { Change, ImageRecord, ImageStore } from '../image-store.ts'
import { objectVector } from '../object-vector.ts'
import type { SimilarityIndex } from '../similarity-index.ts'
import { inBatches } from './batches.ts'
import { throwIfAborted } from './guard.ts'
import { IndexFollower } from './index-follower.ts'
import { KeyedQueue } from './keyed-queue.ts'

const BATCH = 500

/**
 * A store and its index as one. The store is written first and is the truth; the index follows at once, so that one
 * reads one's own writes, and hears from the feed what others wrote. Whichever way a change comes, the index is brought
 * to what the store says *now*, so no order of arrival can leave it behind.
 */
export class Collection {
  readonly #space: FeatureSpace
  readonly #store: ImageStore
  readonly #index: SimilarityIndex
  readonly #follower: IndexFollower
  /** The order of the callers: of two writes to an image, the later call wins, however long describing takes. */
  readonly #turns = new KeyedQueue()
  /** Store and index in one step: between the two, nobody else writes the same image. */
  readonly #steps = new KeyedQueue()
  readonly #onWarning: (warning: Error) => void
  /** How many records of which other space have been met while the index was filled. */
  readonly #strangers = new Map<string, number>()

  constructor(space: FeatureSpace, store: ImageStore, index: SimilarityIndex, onWarning: (warning: Error) => void) {
    this.#space = space
    this.#store = store
    this.#index = index
    this.#onWarning = onWarning
    const apply = (batch: readonly Change[]) => {
      const ids = batch.map(({ id }) => id)
      return this.refresh(ids, batch.at(-1)!.position)
    }
    this.#follower = new IndexFollower({ store, index, apply, onWarning })
  }

  /** Resolves when the index has everything that is in the store. */
  async open(): Promise<void> {
    await this.#follower.start()
    for (const [spaceId, count] of this.#strangers) this.#onWarning(strangers(spaceId, count, this.#space.id))
  }

  inTurn<T>(ids: readonly string[], task: () => Promise<T>): Promise<T> {
    return this.#turns.run(ids, task)
  }

  write(records: readonly ImageRecord[]): Promise<void> {
    const lastOf = new Map(records.map((record) => [record.id, record]))
    const ids = [...lastOf.keys()]
    return this.#steps.run(ids, async () => {
      await this.#store.put(records)
      await this.#view(ids, [...lastOf.values()])
    })
  }

  erase(ids: readonly string[]): Promise<void> {
    return this.#steps.run(ids, async () => {
      await this.#store.delete(ids)
      await this.#view(ids, [])
    })
  }

  /** Brings the index to what the store says of these images. */
  refresh(ids: readonly string[], position?: string): Promise<void> {
    return this.#steps.run(ids, async () => this.#view(ids, await this.#store.get(ids), position))
  }

  /** Does that for all images, vectors derived anew where the threshold has changed. */
  async reindex(signal: AbortSignal | undefined): Promise<{ records: number; rederived: number }> {
    const report = { records: 0, rederived: 0 }
    for await (const scanned of inBatches(this.#store.scan(), BATCH)) {
      throwIfAborted(signal)
      const ids = scanned.map(({ id }) => id)
      await this.#steps.run(ids, async () => {
        const stored = (await this.#store.get(ids)).filter((record) => record !== undefined)
        const current = stored.map((record) => this.withCurrentVector(record))
        const changed = current.filter((record, at) => record !== stored[at])
        if (changed.length > 0) await this.#store.put(changed)
        await this.#view(ids, current)
        report.records += stored.length
        report.rederived += changed.length
      })
    }
    return report
  }

  /** The record itself, or one whose vector fits the space's threshold of today. */
  withCurrentVector(record: ImageRecord): ImageRecord {
    if (this.#space.threshold === null || !this.belongs(record)) return record
    const vector = objectVector(record.objects, this.#space)
    return vector.every((value, axis) => value === record.vector[axis]) ? record : { ...record, vector }
  }

  /** Whether the record was described in this collection's space. */
  belongs(record: ImageRecord): boolean {
    return record.spaceId === this.#space.id && record.vector.length === this.#space.axes.length
  }

  async close(): Promise<void> {
    await this.#follower.stop()
  }

  async #view(ids: readonly string[], records: readonly (ImageRecord | undefined)[], position?: string): Promise<void> {
    const entries = records.filter((record): record is ImageRecord => record !== undefined && this.#isIndexed(record))
    const indexed = new Set(entries.map(({ id }) => id))
    const gone = ids.filter((id) => !indexed.has(id))
    if (entries.length > 0) await this.#index.put(entries.map(({ id, vector, tags }) => ({ id, vector, tags })))
    if (gone.length > 0 || position !== undefined) await this.#index.delete(gone, position)
  }

  /** Nothing recognised, nothing indexed: an image without objects is like no other. */
  #isIndexed(record: ImageRecord): boolean {
    if (!this.belongs(record)) {
      this.#strangers.set(record.spaceId, (this.#strangers.get(record.spaceId) ?? 0) + 1)
      return false
    }
    return record.vector.some((value) => value !== 0)
  }
}

function strangers(spaceId: string, count: number, ours: string): RecommenderError {
  return new RecommenderError(
    'SPACE_MISMATCH',
    `${count} stored image${count === 1 ? ' was' : 's were'} described in the space '${spaceId}', not in '${ours}', and cannot be searched with it; add them again to describe them anew.`,
  )
}
