import { type ImageRecord, RecommenderError } from '@image-recommender/core'
import { Slices } from '@image-recommender/core/parts'
import { encodeRecord } from '../records/record-codec.ts'
import type { Directory } from '../store/directory.ts'
import type { RecordReader } from '../store/record-reader.ts'
import { DELETION, type Entries, type Entry, portionsOf } from './chunks.ts'
import { isKept } from './kept.ts'
import { type Committed, type WriteParts, write } from './write.ts'

const ATTEMPTS = 3

/** Puts and deletes, anew where others came in between, or where a server has lost it before it was applied. */
export class Writer {
  readonly #directory: Directory
  readonly #reader: RecordReader
  readonly #parts: WriteParts

  constructor(directory: Directory, reader: RecordReader, parts: WriteParts) {
    this.#directory = directory
    this.#reader = reader
    this.#parts = parts
  }

  async put(records: readonly ImageRecord[]): Promise<void> {
    const last = await lastById(records)
    const entries: Entries = { [Symbol.iterator]: () => packed(last) }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const outcome = await write(this.#parts, { kind: 'put', count: last.size, entries })
      if (outcome.kind === 'committed' && (await this.#isKept(entries, outcome))) return
    }
    throw tookTooLong(last.size)
  }

  async delete(ids: readonly string[]): Promise<void> {
    const unique = [...new Set(ids)]
    let lapses = 0
    while (lapses < ATTEMPTS) {
      const there = await this.#thoseThere(unique)
      if (there.size < unique.length) await this.erase(unique.filter((id) => !there.has(id)))
      if (there.size === 0) return
      const entries: Entries = { [Symbol.iterator]: () => deletions(there) }
      const outcome = await write(this.#parts, { kind: 'delete', count: there.size, entries })
      if (outcome.kind === 'committed' && (await this.#isKept(entries, outcome))) return
      // Where an id is not there any more, somebody else deleted it in between: there are fewer each time.
      if (outcome.kind !== 'outdated') lapses++
    }
    throw tookTooLong(unique.length)
  }

  /** Deletes records of ids that the directory does not have: a server lost either the images' ids, or their deletion. */
  async erase(ids: readonly string[]): Promise<void> {
    for (const portion of portionsOf(ids)) {
      const stray = [...(await this.#reader.packed(portion)).keys()]
      if (stray.length === 0) continue
      // Where one was put in between, it is not for us to delete; the others are for whoever looks next.
      await write(this.#parts, { kind: 'erase', count: stray.length, entries: deletions(stray) })
    }
  }

  #isKept(entries: Entries, committed: Committed): Promise<boolean> {
    return isKept({ directory: this.#directory, reader: this.#reader }, entries, committed)
  }

  async #thoseThere(ids: readonly string[]): Promise<Set<string>> {
    const there = new Set<string>()
    for (const portion of portionsOf(ids)) {
      for (const id of (await this.#directory.changesOf(portion)).keys()) there.add(id)
    }
    return there
  }
}

async function lastById(records: readonly ImageRecord[]): Promise<Map<string, ImageRecord>> {
  const slices = new Slices()
  const last = new Map<string, ImageRecord>()
  for (const record of records) {
    last.set(record.id, record)
    if (slices.isOver) await slices.next()
  }
  return last
}

function* packed(records: ReadonlyMap<string, ImageRecord>): Generator<Entry> {
  for (const record of records.values()) yield { id: record.id, record: encodeRecord(record) }
}

function* deletions(ids: Iterable<string>): Generator<Entry> {
  for (const id of ids) yield { id, record: DELETION }
}

function tookTooLong(count: number): RecommenderError {
  return new RecommenderError(
    'STORE_FAILED',
    `Writing ${count} images took so long, ${ATTEMPTS} times, that others took the write for abandoned and called it off. Give fewer images per call, and see what keeps the server or this process busy for a minute.`,
  )
}
