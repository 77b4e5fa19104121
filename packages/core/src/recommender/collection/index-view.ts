import { RecommenderError } from '../../errors.ts'
import type { Change, Embedding, ImageRecord, ImageStore } from '../../image-store.ts'
import type { FeedStep, SimilarityIndex } from '../../similarity-index.ts'
import { backOff } from '../back-off.ts'
import { isInSpace } from '../in-space.ts'
import { IndexFollower } from './index-follower.ts'
import { IndexOfSpace } from './index-of-space.ts'

export interface IndexViewParts {
  readonly store: ImageStore
  readonly index: SimilarityIndex
  /** The space of the vectors that it is given. */
  readonly spaceId: string
  /** What it is filled with, as `ObjectIndex` has it. */
  readonly content: string
  /** The vector of a record that the index is for, with the space that it is of; `null`: it has none. */
  readonly pick: (record: ImageRecord) => Embedding | null
  /** Runs a task during which nobody else of this process writes these images. */
  readonly inStep: <T>(ids: readonly string[], task: () => Promise<T>) => Promise<T>
  readonly onWarning: (warning: Error) => void
}

/** An index as a view of the store: whichever way a change comes, the index is brought to what the store says *now*. */
export class IndexView {
  readonly #parts: IndexViewParts
  readonly #index: IndexOfSpace
  readonly #follower: IndexFollower
  /** How many records of which other space have been met while the index was filled. */
  readonly #strangers = new Map<string, number>()

  constructor(parts: IndexViewParts) {
    this.#parts = parts
    const { store, content, inStep, onWarning } = parts
    const index = new IndexOfSpace(parts.index, content)
    this.#index = index
    const apply = (batch: readonly Change[], from: string | undefined) => {
      const ids = batch.map(({ id }) => id)
      return inStep(ids, async () => this.#advance(batch, await store.get(ids), from))
    }
    this.#follower = new IndexFollower({ store, index, apply, onWarning })
  }

  /** Resolves when the index has everything that is in the store. */
  async open(): Promise<void> {
    await this.#follower.start()
    const { spaceId, onWarning } = this.#parts
    for (const [other, count] of this.#strangers) onWarning(strangers(other, count, spaceId))
  }

  close(): Promise<void> {
    return this.#follower.stop()
  }

  /** Whether the vector of the record is of this view's space. */
  belongs(record: ImageRecord): boolean {
    const picked = this.#parts.pick(record)
    return picked !== null && isInSpace(picked, this.#parts.spaceId, this.#index.dimensions)
  }

  /** On which condition an index that is shared may be written with what the store says after this; it stays at its position. */
  async standing(): Promise<FeedStep | undefined> {
    if (!this.#index.shared) return undefined
    const position = await this.#index.position()
    return { from: position, to: position }
  }

  /** Shows the index these records; where it has moved on meanwhile, those that the store has by then. */
  async show(
    ids: readonly string[],
    records: readonly (ImageRecord | undefined)[],
    step: FeedStep | undefined,
  ): Promise<void> {
    let accepted = await this.#write(ids, records, step)
    for (let refusals = 1; !accepted; refusals++) {
      await backOff(refusals)
      const stepNow = await this.standing()
      accepted = await this.#write(ids, await this.#parts.store.get(ids), stepNow)
    }
  }

  /** Takes the index to the end of a batch; `false` where another was faster. */
  #advance(
    batch: readonly Change[],
    records: readonly (ImageRecord | undefined)[],
    from: string | undefined,
  ): Promise<boolean> {
    this.#noteStrangers(records)
    const ids = batch.map(({ id }) => id)
    return this.#write(ids, records, { from, to: batch.at(-1)!.position })
  }

  /** `false` where the index does not make this step. Then it has nothing of these records, or what will come to it again. */
  #write(
    ids: readonly string[],
    records: readonly (ImageRecord | undefined)[],
    step: FeedStep | undefined,
  ): Promise<boolean> {
    const put = records.flatMap((record) => {
      if (!record || !this.belongs(record)) return []
      const { vector } = this.#parts.pick(record)!
      // Nothing recognised, nothing indexed: an image without anything is like no other.
      return vector.some((value) => value !== 0) ? [{ id: record.id, vector, tags: record.tags }] : []
    })
    const kept = new Set(put.map(({ id }) => id))
    return this.#index.write({ put, delete: ids.filter((id) => !kept.has(id)) }, step)
  }

  #noteStrangers(records: readonly (ImageRecord | undefined)[]): void {
    for (const record of records) {
      const picked = record && this.#parts.pick(record)
      if (!picked || this.belongs(record)) continue
      this.#strangers.set(picked.spaceId, (this.#strangers.get(picked.spaceId) ?? 0) + 1)
    }
  }
}

function strangers(spaceId: string, count: number, ours: string): RecommenderError {
  return new RecommenderError(
    'SPACE_MISMATCH',
    `${count} stored image${count === 1 ? ' was' : 's were'} described in the space '${spaceId}', not in '${ours}', and cannot be searched with it; add them again to describe them anew.`,
  )
}
