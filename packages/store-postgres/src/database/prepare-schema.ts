import type { Queries } from './database.ts'

/**
 * What comes before tables are made, as the first statements of a transaction: until that ends, no other process makes any in this
 * schema, and the schema is there. Resolves to whether the table is there, too.
 *
 * @param names quoted, that of the table with its schema
 */
export async function prepareSchema(
  queries: Queries,
  { schema, table }: { readonly schema: string; readonly table: string },
): Promise<boolean> {
  // Several processes may start at once. `if not exists` does not save them: it looks first and creates later.
  await queries.query("select pg_advisory_xact_lock(hashtextextended('image-recommender ' || $1, 0))", [schema])
  // A row for each that is there, since what a client makes of a boolean is the application's choice.
  const found = await queries.query<{ what: string }>(
    `select 'schema' as what where to_regnamespace($1) is not null
    union all select 'table' where to_regclass($2) is not null`,
    [schema, table],
  )
  const isThere = (what: string) => found.some((row) => row.what === what)
  // Only where it is missing: `create schema if not exists` wants the right to create even where there is nothing to do.
  if (!isThere('schema')) await queries.query(`create schema ${schema}`)
  return isThere('table')
}
