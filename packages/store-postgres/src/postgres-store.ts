import {
  type Change,
  type ChangesOptions,
  compareUtf8,
  type ImageRecord,
  type ImageStore,
} from '@image-recommender/core'
import { Bell } from './bell.ts'
import { columnChunks, idChunks } from './chunks.ts'
import { databaseOf, survive } from './database.ts'
import { feed } from './feed.ts'
import { GuardedDatabase } from './guarded-database.ts'
import { migrate } from './migrations.ts'
import { checkOptions, type PostgresStoreOptions } from './options.ts'
import { fromRow, putStatement, type RecordRow, recordColumns, toRow } from './record-rows.ts'
import { sampleRows } from './sample.ts'
import { type Tables, tablesOf } from './tables.ts'

/**
 * Keeps records in PostgreSQL (13 or newer) or PGlite. Creates its tables or brings them up to date; several processes may do
 * so at once. The client stays the caller's, who closes it after the store.
 *
 * @throws RecommenderError `INVALID_ARGUMENT` (options), `STORE_FAILED` (no server, no right to create tables, tables of a
 * newer version of this package)
 */
export async function createPostgresStore(options: PostgresStoreOptions): Promise<ImageStore> {
  const { client, schema, table, pollInterval, onWarning } = checkOptions(options)
  const tables = tablesOf(schema, table)
  const database = new GuardedDatabase(databaseOf(client))
  const stopListening = survive(client, onWarning)
  try {
    await migrate(database, tables)
  } catch (error) {
    stopListening()
    throw error
  }
  return new PostgresStore({ database, tables, pollInterval, stopListening })
}

interface Parts {
  readonly database: GuardedDatabase
  readonly tables: Tables
  readonly pollInterval: number
  readonly stopListening: () => void
}

class PostgresStore implements ImageStore {
  readonly #database: GuardedDatabase
  readonly #tables: Tables
  readonly #pollInterval: number
  readonly #stopListening: () => void
  readonly #bell = new Bell()
  readonly #closing = new AbortController()

  constructor({ database, tables, pollInterval, stopListening }: Parts) {
    this.#database = database
    this.#tables = tables
    this.#pollInterval = pollInterval
    this.#stopListening = stopListening
  }

  async put(records: readonly ImageRecord[]): Promise<void> {
    if (records.length === 0) return
    const lastById = new Map(records.map((record) => [record.id, record]))
    const statement = putStatement(this.#tables)
    await this.#database.transaction(async (queries) => {
      for (const columns of columnChunks(rowsOf(inOrder(lastById)), this.#database.rowsAtOnce))
        await queries.query(statement, columns)
    })
    this.#bell.ring()
  }

  async get(ids: readonly string[]): Promise<(ImageRecord | undefined)[]> {
    const found = new Map<string, ImageRecord>()
    for (const chunk of idChunks([...new Set(ids)], this.#database.rowsAtOnce)) {
      const rows = await this.#database.query<RecordRow>(
        `select ${recordColumns} from ${this.#tables.records} where id = any ($1::text[])`,
        [chunk],
      )
      for (const row of rows) found.set(row.id, fromRow(row))
    }
    return ids.map((id) => found.get(id))
  }

  async delete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const { records, changes } = this.#tables
    const unique = [...new Set(ids)].sort(compareUtf8)
    await this.#database.transaction(async (queries) => {
      for (const chunk of idChunks(unique, this.#database.rowsAtOnce)) {
        // `delete` takes rows in whatever order it comes upon them; taken in the order of all writers, nobody deadlocks.
        const there = await queries.query<{ id: string }>(
          `select id from ${records} where id = any ($1::text[]) order by id for update`,
          [chunk],
        )
        if (there.length === 0) continue
        await queries.query(
          `with gone as (delete from ${records} where id = any ($1::text[]) returning id)
          insert into ${changes} (id) select id from gone order by id
          on conflict (id) do update set xid = excluded.xid, seq = excluded.seq`,
          [there.map(({ id }) => id)],
        )
      }
    })
    this.#bell.ring()
  }

  async *scan(): AsyncGenerator<ImageRecord> {
    const page = this.#database.rowsAtOnce
    const sql = `select ${recordColumns} from ${this.#tables.records} where id > $1 order by id limit ${page}`
    let last = ''
    while (true) {
      const rows = await this.#database.query<RecordRow>(sql, [last])
      for (const row of rows) yield fromRow(row)
      if (rows.length < page) return
      last = rows.at(-1)!.id
    }
  }

  async sample(count: number): Promise<ImageRecord[]> {
    return (await sampleRows(this.#database, this.#tables, count)).map(fromRow)
  }

  async count(): Promise<number> {
    const [row] = await this.#database.query<{ count: string }>(
      `select count(*)::text as count from ${this.#tables.records}`,
    )
    return Number(row!.count)
  }

  changes({ after, signal }: ChangesOptions = {}): AsyncIterable<readonly Change[]> {
    const closing = this.#closing.signal
    return feed({
      database: this.#database,
      tables: this.#tables,
      bell: this.#bell,
      pollInterval: this.#pollInterval,
      after,
      signal: signal ? AbortSignal.any([signal, closing]) : closing,
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#database.close()
    this.#stopListening()
  }
}

/** All writers take their rows in this one order, so that none of them waits for one that waits for it. */
function inOrder(records: ReadonlyMap<string, ImageRecord>): ImageRecord[] {
  return [...records.values()].sort((a, b) => compareUtf8(a.id, b.id))
}

/** One by one, when they are asked for: packing thousands at once would hold up everything else. */
function* rowsOf(records: readonly ImageRecord[]): Generator<readonly unknown[]> {
  for (const record of records) yield toRow(record)
}
