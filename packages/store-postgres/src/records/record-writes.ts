import type { ImageRecord } from '@image-recommender/core'
import { textArray } from '../database/binary-array.ts'
import { inChunks } from '../database/chunks.ts'
import type { Database } from '../database/database.ts'
import { sendColumns } from '../database/send-columns.ts'
import type { Tables } from '../store/tables.ts'
import { putStatement, RecordColumns } from './record-columns.ts'

/**
 * Inserts or replaces records, all or nothing. They come in the order of their ids, in which all writers take their rows, and
 * none twice.
 */
export function putRecords(database: Database, tables: Tables, records: readonly ImageRecord[]): Promise<void> {
  const columns = [new RecordColumns(), new RecordColumns()] as const
  return database.transaction((queries) =>
    sendColumns(queries, putStatement(tables), records, { most: database.rowsAtOnce, columns }),
  )
}

/** Deletes records, all or nothing; resolves to whether there were any. Ids come in order, and none twice. */
export function deleteRecords(
  database: Database,
  { records, changes }: Tables,
  ids: readonly string[],
): Promise<boolean> {
  return database.transaction(async (queries) => {
    let anyGone = false
    for (const chunk of inChunks(ids, database.rowsAtOnce)) {
      // `delete` takes rows in whatever order it comes upon them; taken in the order of all writers, nobody deadlocks.
      const there = await queries.query<{ id: string }>(
        `select id from ${records} where id = any ($1::text[]) order by id for update`,
        [textArray(chunk)],
      )
      if (there.length === 0) continue
      anyGone = true
      await queries.query(
        `with gone as (delete from ${records} where id = any ($1::text[]) returning id)
        insert into ${changes} (id) select id from gone order by id
        on conflict (id) do update set xid = excluded.xid, seq = excluded.seq`,
        [textArray(there.map(({ id }) => id))],
      )
    }
    return anyGone
  })
}
