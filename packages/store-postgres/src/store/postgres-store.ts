import { randomUUID } from 'node:crypto'
import type { Change, ChangesOptions, ImageRecord, ImageStore } from '@image-recommender/core'
import { Bell } from '@image-recommender/core/parts'
import { textArray } from '../database/binary-array.ts'
import { inChunks } from '../database/chunks.ts'
import { databaseOf } from '../database/database.ts'
import { GuardedDatabase } from '../database/guarded-database.ts'
import { survive } from '../database/survive.ts'
import { Announcer } from '../listening/announcer.ts'
import { channelOf } from '../listening/channel.ts'
import { Ear } from '../listening/ear.ts'
import { listen } from '../listening/listen.ts'
import { RecordReader, type RecordRow, selectRecords } from '../records/record-rows.ts'
import { deleteRecords, putRecords } from '../records/record-writes.ts'
import { sampleRows } from '../records/sample.ts'
import { scanRecords } from '../records/scan.ts'
import { inUtf8Order } from '../records/utf8-sort.ts'
import { feed } from './feed.ts'
import { migrate } from './migrations.ts'
import { checkStoreOptions, type PostgresStoreOptions } from './postgres-store-options.ts'
import { type Tables, tablesOf } from './tables.ts'

/**
 * Keeps records in PostgreSQL (13 or newer) or PGlite. Creates its tables or brings them up to date; several processes may do
 * so at once. The client stays the caller's, who closes it after the store.
 *
 * @throws RecommenderError `INVALID_ARGUMENT` (options), `STORE_FAILED` (no server, no right to create tables, tables of a
 * newer version of this package)
 */
export async function createPostgresStore(options: PostgresStoreOptions): Promise<ImageStore> {
  const { client, schema, table, pollInterval, onWarning } = checkStoreOptions(options)
  const tables = tablesOf(schema, table)
  const unguarded = databaseOf(client)
  const database = new GuardedDatabase(unguarded)
  const stopSurviving = survive(client, onWarning)
  try {
    await migrate(database, tables)
  } catch (error) {
    stopSurviving()
    throw error
  }
  const channel = channelOf(schema, table)
  const bell = new Bell()
  const name = randomUUID()
  const ear = new Ear(() =>
    listen(client, channel, (said) => {
      if (said !== name) bell.ring()
    }),
  )
  const announcer = new Announcer(unguarded, channel, name)
  return new PostgresStore({ database, tables, pollInterval, bell, ear, announcer, stopSurviving })
}

interface Parts {
  readonly database: GuardedDatabase
  readonly tables: Tables
  readonly pollInterval: number
  /** Rung for whatever is written. */
  readonly bell: Bell
  /** Rings the bell for what others write. */
  readonly ear: Ear
  /** Lets others ring theirs. */
  readonly announcer: Announcer
  readonly stopSurviving: () => void
}

class PostgresStore implements ImageStore {
  readonly #parts: Parts
  readonly #database: GuardedDatabase
  readonly #tables: Tables
  readonly #closing = new AbortController()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#database = parts.database
    this.#tables = parts.tables
  }

  async put(records: readonly ImageRecord[]): Promise<void> {
    this.#database.assertOpen()
    if (records.length === 0) return
    const lastById = new Map(records.map((record) => [record.id, record]))
    await putRecords(this.#database, this.#tables, inOrder(lastById))
    this.#tell()
  }

  async get(ids: readonly string[]): Promise<(ImageRecord | undefined)[]> {
    this.#database.assertOpen()
    const found = new Map<string, ImageRecord>()
    const reader = new RecordReader()
    const sql = selectRecords(`from ${this.#tables.records} where id = any ($1::text[])`)
    for (const chunk of inChunks([...new Set(ids)], this.#database.rowsAtOnce)) {
      const rows = await this.#database.query<RecordRow>(sql, [textArray(chunk)])
      for (const row of rows) found.set(row.id, reader.read(row))
    }
    return ids.map((id) => found.get(id))
  }

  async delete(ids: readonly string[]): Promise<void> {
    this.#database.assertOpen()
    if (ids.length === 0) return
    const anyGone = await deleteRecords(this.#database, this.#tables, inUtf8Order([...new Set(ids)]))
    if (anyGone) this.#tell()
  }

  scan(): AsyncGenerator<ImageRecord> {
    return scanRecords(this.#database, this.#tables)
  }

  async sample(count: number): Promise<ImageRecord[]> {
    const reader = new RecordReader()
    return (await sampleRows(this.#database, this.#tables, count)).map((row) => reader.read(row))
  }

  async count(): Promise<number> {
    const [row] = await this.#database.query<{ count: string }>(
      `select count(*)::text as count from ${this.#tables.records}`,
    )
    return Number(row!.count)
  }

  async *changes({ after, signal }: ChangesOptions = {}): AsyncGenerator<readonly Change[]> {
    const { bell, pollInterval, ear } = this.#parts
    const closing = this.#closing.signal
    let stopListening = async () => {}
    try {
      yield* feed({
        database: this.#database,
        tables: this.#tables,
        bell,
        pollInterval,
        after,
        signal: signal ? AbortSignal.any([signal, closing]) : closing,
        onWait: () => {
          stopListening = ear.open()
        },
      })
    } finally {
      await stopListening()
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#database.close()
    await this.#parts.announcer.close()
    await this.#parts.ear.close()
    this.#parts.stopSurviving()
  }

  /** Those who wait for changes are told: here at once, elsewhere soon. */
  #tell(): void {
    this.#parts.bell.ring()
    this.#parts.announcer.announce()
  }
}

/** All writers take their rows in this one order, so that none of them waits for one that waits for it. */
function inOrder(records: ReadonlyMap<string, ImageRecord>): ImageRecord[] {
  return inUtf8Order([...records.keys()]).map((id) => records.get(id)!)
}
