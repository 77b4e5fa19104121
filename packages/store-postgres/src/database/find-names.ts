import type { Queries } from './database.ts'

/** Whether a schema and a table are there. As numbers of rows: what a client makes of a boolean is the application's choice. */
export async function findNames(
  queries: Queries,
  names: { readonly schema: string; readonly table: string },
): Promise<{ schema: boolean; table: boolean }> {
  const found = await queries.query<{ what: string }>(
    `select 'schema' as what where to_regnamespace($1) is not null
    union all select 'table' where to_regclass($2) is not null`,
    [names.schema, names.table],
  )
  const what = found.map((row) => row.what)
  return { schema: what.includes('schema'), table: what.includes('table') }
}
