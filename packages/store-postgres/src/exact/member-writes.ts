import type { IndexEntry } from '@image-recommender/core'
import { ArrayWriter, oids } from '../database/binary-array.ts'
import { inChunks } from '../database/chunks.ts'
import type { Queries } from '../database/database.ts'
import { type Columns, sendColumns } from '../database/send-columns.ts'
import { arrayLiteral } from '../records/tag-text.ts'
import { mostVectorBytes, writeVector } from '../records/vector-codec.ts'
import type { ExactTables } from './exact-tables.ts'

/** The set of members that have too many classes for one. */
export const DENSE = -1

/** A member with the number of its set and its code. */
export interface PlacedEntry extends IndexEntry {
  readonly set: number
  readonly code: number
}

/**
 * Inserts members, or moves them, `rowsAtOnce` at a time. They come in the order of their ids, as all writers have them, and
 * none twice: so none waits for one that waits for it.
 */
export function putMembers(
  queries: Queries,
  { members }: ExactTables,
  entries: Iterable<PlacedEntry>,
  rowsAtOnce: number,
): Promise<void> {
  const statement = `insert into ${members} (id, set, code, vector, tags)
    select id, set, code, vector, tags::text[]
    from unnest($1::text[], $2::integer[], $3::bigint[], $4::bytea[], $5::text[]) as given (id, set, code, vector, tags)
    on conflict (id) do update set set = excluded.set, code = excluded.code, vector = excluded.vector, tags = excluded.tags`
  const columns = [new MemberColumns(), new MemberColumns()] as const
  return sendColumns(queries, statement, entries, { most: rowsAtOnce, columns })
}

/** Deletes members, in the order of all writers. */
export async function deleteMembers(
  queries: Queries,
  { members }: ExactTables,
  ids: readonly string[],
  rowsAtOnce: number,
): Promise<void> {
  for (const chunk of inChunks(ids, rowsAtOnce)) {
    // `delete` takes rows in whatever order it comes upon them; taken in the order of all writers, nobody deadlocks.
    await queries.query(
      `with gone as (select id from ${members} where id = any ($1::text[]) order by id for update)
      delete from ${members} where id in (select id from gone)`,
      [chunk],
    )
  }
}

class MemberColumns implements Columns<PlacedEntry> {
  readonly #ids = new ArrayWriter(oids.text)
  readonly #sets = new ArrayWriter(oids.integer)
  readonly #codes = new ArrayWriter(oids.bigint)
  readonly #vectors = new ArrayWriter(oids.bytea)
  readonly #tags = new ArrayWriter(oids.text)
  readonly #columns = [this.#ids, this.#sets, this.#codes, this.#vectors, this.#tags]
  #count = 0

  get count(): number {
    return this.#count
  }

  get size(): number {
    return this.#columns.reduce((sum, { size }) => sum + size, 0)
  }

  add({ id, set, code, vector, tags }: PlacedEntry): void {
    this.#ids.text(id)
    this.#sets.integer(set)
    this.#codes.bigint(code)
    this.#vectors.bytes(mostVectorBytes(vector), (_, view, from) => writeVector(vector, view, from))
    this.#tags.text(arrayLiteral(tags))
    this.#count++
  }

  parameters(): Buffer[] {
    return this.#columns.map((column) => column.finish())
  }

  clear(): void {
    for (const column of this.#columns) column.clear()
    this.#count = 0
  }
}
