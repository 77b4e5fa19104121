import type { Queries } from '../database/database.ts'
import type { Tables } from '../store/tables.ts'
import { type RecordRow, selectRecords } from './record-rows.ts'

/** Up to this many pages (of 8 kB, mostly) the whole table is put in a random order, which takes some milliseconds. */
const SMALL_PAGES = 1000
const FIRST_PROBES = 1000
const MOST_PROBES = 20_000
const ROUNDS = 4

/**
 * Up to `count` rows at random. A large table is not read for that: random places of it are looked at (a page, and a line
 * of the page), and where a row lives there, it is taken. Every row lives at exactly one place, so all are as likely.
 */
export async function sampleRows(
  queries: Queries,
  tables: Tables,
  count: number,
  smallPages = SMALL_PAGES,
): Promise<RecordRow[]> {
  if (count <= 0) return []
  const { pages, lines } = await sizeOf(queries, tables)
  const probed = pages > smallPages ? await probe(queries, tables, { count, pages, lines }) : undefined
  return probed ?? (await shuffled(queries, tables, count))
}

function shuffled(queries: Queries, { records }: Tables, count: number): Promise<RecordRow[]> {
  return queries.query<RecordRow>(selectRecords(`from ${records} order by random() limit $1`), [count])
}

/** `undefined` where too few places were inhabited: many rows were deleted, or a good part of all is asked for. */
async function probe(
  queries: Queries,
  { records }: Tables,
  { count, pages, lines }: { count: number; pages: number; lines: number },
): Promise<RecordRow[] | undefined> {
  const found = new Map<string, RecordRow>()
  let probes = FIRST_PROBES
  let tried = 0
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await queries.query<RecordRow>(
      selectRecords(`from ${records} where ctid = any (array(
        select format('(%s,%s)', floor(random() * $1::bigint)::bigint, 1 + floor(random() * $2::bigint)::bigint)::tid
        from generate_series(1, $3::bigint)))`),
      [pages, lines, probes],
    )
    for (const row of rows) if (!found.has(row.id)) found.set(row.id, row)
    if (found.size >= count) return take([...found.values()], count)
    tried += probes
    probes = Math.ceil((1.2 * (count - found.size) * tried) / Math.max(found.size, 1))
    if (probes > MOST_PROBES) return undefined
  }
  return undefined
}

/** Rows come back in the order of their places; which of them are kept must be chance too. */
function take(rows: RecordRow[], count: number): RecordRow[] {
  for (let at = 0; at < count; at++) {
    const other = at + Math.floor(Math.random() * (rows.length - at))
    const row = rows[other]!
    rows[other] = rows[at]!
    rows[at] = row
  }
  return rows.slice(0, count)
}

async function sizeOf(queries: Queries, { records }: Tables): Promise<{ pages: number; lines: number }> {
  const [size] = await queries.query<{ bytes: string; block: string }>(
    "select pg_relation_size($1::regclass)::text as bytes, current_setting('block_size') as block",
    [records],
  )
  const block = Number(size!.block)
  // The most lines that a page can have (MaxHeapTuplesPerPage): header of 24 bytes, a row and its pointer at least 28.
  return { pages: Math.floor(Number(size!.bytes) / block), lines: Math.floor((block - 24) / 28) }
}
