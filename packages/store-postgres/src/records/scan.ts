import type { ImageRecord } from '@image-recommender/core'
import type { Database } from '../database/database.ts'
import type { Tables } from '../store/tables.ts'
import { RecordReader, type RecordRow, selectRecords } from './record-rows.ts'

/** Records may be of any size; so many bytes of them, as base64, should be in memory at a time. */
const BYTES_AT_ONCE = 4_000_000

/** All records in the order of their ids, page by page: the server reads the next while the caller has this one. */
export async function* scanRecords(database: Database, { records }: Tables): AsyncGenerator<ImageRecord> {
  const sql = `${selectRecords(`from ${records} where id > $1 order by id limit $2`)} order by id`
  const read = (after: string, limit: number) => {
    const page = database.query<RecordRow>(sql, [after, limit])
    // Whoever ends the scan early does not want to hear of it.
    page.catch(() => {})
    return page
  }
  const reader = new RecordReader()
  let limit = database.rowsAtOnce
  let reading = read('', limit)
  while (true) {
    const rows = await reading
    const last = rows.length === limit ? rows.at(-1)! : undefined
    limit = Math.max(1, Math.min(database.rowsAtOnce, Math.floor((BYTES_AT_ONCE * rows.length) / sizeOf(rows))))
    if (last) reading = read(last.id, limit)
    for (const row of rows) yield reader.read(row)
    if (!last) return
  }
}

function sizeOf(rows: readonly RecordRow[]): number {
  let size = 1
  for (const { record } of rows) size += record.length
  return size
}
