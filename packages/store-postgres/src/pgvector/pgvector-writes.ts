import type { FeedStep, IndexChanges, IndexEntry } from '@image-recommender/core'
import { ArrayWriter, oids, textArray } from '../database/binary-array.ts'
import { inChunks } from '../database/chunks.ts'
import type { Database } from '../database/database.ts'
import { makeStep } from '../database/feed-step.ts'
import { inOrder } from '../database/index-changes.ts'
import { arrayLiteral } from '../records/tag-text.ts'
import type { Extension } from './extension.ts'
import type { PgvectorTables } from './pgvector-tables.ts'
import { vectorArray } from './vector-format.ts'

/** Linking a vector into the graph takes the server so much longer than keeping a record. */
const LINKING = 5

export interface Target {
  readonly database: Database
  readonly tables: PgvectorTables
  readonly extension: Extension
}

/** Writes if the step can be made, all or nothing. */
export function writeVectors(
  { database, tables, extension }: Target,
  changes: IndexChanges,
  step: FeedStep | undefined,
): Promise<boolean> {
  const { put, gone } = inOrder(changes)
  return database.transaction(async (queries) => {
    const alone = put.length > 0 && gone.length > 0
    if (!(await makeStep(queries, { state: tables.state, step, alone }))) return false
    for (const chunk of inChunks(gone, database.rowsAtOnce))
      await queries.query(deleteStatement(tables), [textArray(chunk)])
    const atOnce = Math.ceil(database.rowsAtOnce / LINKING)
    for (const chunk of inChunks(put, atOnce))
      await queries.query(putStatement(tables, extension), parametersOf(chunk, extension))
    return true
  })
}

/** `delete` takes rows in whatever order it comes upon them; taken in the order of all writers, nobody deadlocks. */
function deleteStatement({ vectors }: PgvectorTables): string {
  return `with locked as materialized (
      select id from ${vectors} where id = any ($1::text[]) order by id for update
    )
    delete from ${vectors} as vectors using locked where vectors.id = locked.id`
}

/**
 * Inserts or replaces. A vector that is there already, bit for bit and with the same tags, is left alone: most come twice, once from who
 * wrote it and once from the feed.
 */
function putStatement({ vectors }: PgvectorTables, { schema }: Extension): string {
  return `insert into ${vectors} as kept (id, vector, axes, tags)
    select id, vector, array(
        select (place - 1)::smallint from unnest(vector::real[]) with ordinality as present (value, place)
        where value > 0 order by place
      ), tags::text[]
    from unnest($1::text[], $2::${schema}.vector[], $3::text[]) as given (id, vector, tags)
    on conflict (id) do update set vector = excluded.vector, axes = excluded.axes, tags = excluded.tags
    where ${schema}.vector_send(kept.vector) <> ${schema}.vector_send(excluded.vector) or kept.tags <> excluded.tags`
}

function parametersOf(entries: readonly IndexEntry[], { vectorType }: Extension): Buffer[] {
  const tags = new ArrayWriter(oids.text)
  for (const entry of entries) tags.text(arrayLiteral(entry.tags))
  return [
    textArray(entries.map(({ id }) => id)),
    vectorArray(
      entries.map(({ vector }) => vector),
      vectorType,
    ),
    tags.finish(),
  ]
}
