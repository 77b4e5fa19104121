import { Bell } from '../bell.ts'
import { RecommenderError } from '../errors.ts'
import type { Change, ChangesOptions, ImageRecord, ImageStore } from '../image-store.ts'
import { KeptRecord } from '../kept-record.ts'
import { compareUtf8 } from '../utf8-order.ts'
import { VectorsTogether } from '../vectors-together.ts'
import { ChangeLog } from './change-log.ts'

const BATCH = 1000

/** Keeps records in memory for as long as the process lives: for tests, demos and collections that are built at start. */
export function createMemoryStore(): ImageStore {
  return new MemoryStore()
}

class MemoryStore implements ImageStore {
  readonly #records = new Map<string, KeptRecord>()
  readonly #log = new ChangeLog()
  readonly #bell = new Bell()
  /** Tells this feed from those of other stores: an index that was kept in a file has its position in the feed of a store that is gone. */
  readonly #lineage = crypto.randomUUID()
  #closed = false

  async put(records: readonly ImageRecord[]): Promise<void> {
    this.#assertOpen()
    for (const record of records) {
      this.#records.set(record.id, new KeptRecord(record))
      this.#log.append(record.id)
    }
    this.#bell.ring()
  }

  async get(ids: readonly string[]): Promise<(ImageRecord | undefined)[]> {
    this.#assertOpen()
    const vectors = new VectorsTogether(ids.length)
    return ids.map((id) => this.#records.get(id)?.handOut(vectors))
  }

  async delete(ids: readonly string[]): Promise<void> {
    this.#assertOpen()
    for (const id of ids) if (this.#records.delete(id)) this.#log.append(id)
    this.#bell.ring()
  }

  async *scan(): AsyncGenerator<ImageRecord> {
    this.#assertOpen()
    for (const id of [...this.#records.keys()].sort(compareUtf8)) {
      const record = this.#records.get(id)
      if (record) yield record.handOut()
    }
  }

  async sample(count: number): Promise<ImageRecord[]> {
    this.#assertOpen()
    // Fisher-Yates, only as far as needed.
    const ids = [...this.#records.keys()]
    const taken = Math.min(count, ids.length)
    for (let at = 0; at < taken; at++) {
      const other = at + Math.floor(Math.random() * (ids.length - at))
      const id = ids[other]!
      ids[other] = ids[at]!
      ids[at] = id
    }
    return this.get(ids.slice(0, taken)) as Promise<ImageRecord[]>
  }

  async count(): Promise<number> {
    this.#assertOpen()
    return this.#records.size
  }

  async *changes({ after, signal }: ChangesOptions = {}): AsyncGenerator<readonly Change[]> {
    let reached = this.#numberIn(after)
    while (!this.#closed && !signal?.aborted) {
      const heard = this.#bell.rings
      const batch = this.#log.after(reached, BATCH)
      yield batch.map(({ id, position }) => ({ id, position: `${this.#lineage}.${position}` }))
      reached = Number(batch.at(-1)?.position ?? reached)
      if (batch.length === 0) await this.#bell.wait(heard, undefined, signal)
    }
  }

  /** The number of a position in this feed; 0, its beginning, for a position of another store, which says nothing about this one. */
  #numberIn(after: string | undefined): number {
    if (after === undefined) return 0
    const [, lineage, digits] = /^([0-9a-f-]{36})\.(\d{1,16})$/.exec(after) ?? []
    if (lineage === undefined || !Number.isSafeInteger(Number(digits))) {
      throw new RecommenderError(
        'INVALID_ARGUMENT',
        `${JSON.stringify(after)} is no position of a memory store; give one that it handed out, or none to begin at the beginning.`,
      )
    }
    return lineage === this.#lineage ? Number(digits) : 0
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#bell.ring()
  }

  #assertOpen(): void {
    if (this.#closed) throw new RecommenderError('CLOSED', 'The store is closed: create another one.')
  }
}
