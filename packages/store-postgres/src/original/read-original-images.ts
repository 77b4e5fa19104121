import { type FeatureSpace, type ImageRecord, RecommenderError } from '@image-recommender/core'
import { z } from 'zod'
import type { PostgresClient } from '../database/client.ts'
import { databaseOf, type Queries } from '../database/database.ts'
import { failure } from '../database/failure.ts'
import { checkWith, rules } from '../options.ts'
import { type OriginalRow, recordOf } from './original-row.ts'
import { ORIGINAL_SPACE } from './original-space.ts'

export interface ReadOriginalImagesOptions {
  /** A `Pool` or a connected `Client` of `pg`, or a PGlite instance. It stays yours. */
  readonly client: PostgresClient
  /** The schema of the original's table; `public` by default. */
  readonly schema?: string | undefined
  /** The original's table; `image` by default. */
  readonly table?: string | undefined
  /** The space that the records are said to be of, with 81 axes; `ORIGINAL_SPACE` by default. */
  readonly space?: FeatureSpace | undefined
}

const PAGE = 500

const shape = z.strictObject({
  client: rules.client,
  schema: rules.name.default('public'),
  table: rules.name.default('image'),
  space: z
    .custom<FeatureSpace>(isObjectSpace, 'a space of 81 axes with a threshold, its first axis the background')
    .default(ORIGINAL_SPACE),
})

/**
 * Reads the table `image (id, name, feature_vector float[])` of the original Flask service, as that wrote it, as records:
 *
 *     await recommender.put(readOriginalImages({ client }))
 *
 * An image's name becomes its id, each value of its vector that is not 0 an object with that score. The original did not keep
 * boxes, colours, sizes and bytes: boxes, colours, appearance and content hash are `null`, width and height 1. Rows come in the
 * order of their ids, page by page, in constant memory. The original filled its table anew whenever it started: of rows
 * with the same name, whoever puts them keeps the last.
 *
 * @throws RecommenderError `INVALID_ARGUMENT` (options; the table is another one; a row that the original cannot have
 * written, which is named), `STORE_FAILED` (no server, no right to read)
 */
export function readOriginalImages(options: ReadOriginalImagesOptions): AsyncIterable<ImageRecord> {
  const { client, schema, table, space } = checkWith(shape, options, 'readOriginalImages')
  return records(databaseOf(client), `"${schema}"."${table}"`, space)
}

async function* records(queries: Queries, table: string, space: FeatureSpace): AsyncGenerator<ImageRecord> {
  const run = async <Row>(sql: string, parameters: unknown[]) => {
    try {
      return await queries.query<Row>(sql, parameters)
    } catch (error) {
      throw failure(error)
    }
  }
  requireTable(table, await run<Column>(describeTable, [table]))
  let last: string | null = null
  for (;;) {
    const rows: OriginalRow[] = await run<OriginalRow>(
      `select id::text as id, name, encode(array_send(feature_vector::float8[]), 'base64') as vector from ${table}
      where $1::bigint is null or id > $1::bigint order by ${table}.id limit ${PAGE}`,
      [last],
    )
    for (const row of rows) yield checkedRecord(table, row, space)
    if (rows.length < PAGE) return
    last = rows.at(-1)!.id
  }
}

function checkedRecord(table: string, row: OriginalRow, space: FeatureSpace): ImageRecord {
  try {
    return recordOf(row, space)
  } catch (cause) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `readOriginalImages: the row of ${table} with id ${row.id} is not as the original wrote it: ${(cause as Error).message}. Mend or delete that row, and read again.`,
      { cause },
    )
  }
}

interface Column {
  readonly name: string
  readonly type: string
  readonly key: string
}

const describeTable = `
  select attname::text as name, format_type(atttypid, null) as type,
    case when exists (
      select from pg_index where indrelid = attrelid and indisprimary and indnkeyatts = 1 and indkey[0] = attnum
    ) then 'primary' else 'none' end as key
  from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`

const wanted: Readonly<Record<string, readonly string[]>> = {
  id: ['integer', 'bigint', 'smallint'],
  name: ['character varying', 'text'],
  feature_vector: ['double precision[]', 'real[]'],
}

function requireTable(table: string, columns: readonly Column[]): void {
  const refuse = (what: string) => {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `readOriginalImages: ${what}; the original's table is image (id integer primary key, name varchar, feature_vector float[]). Name it with \`schema\` and \`table\`.`,
    )
  }
  if (columns.length === 0) refuse(`there is no table ${table}`)
  for (const [name, types] of Object.entries(wanted)) {
    const column = columns.find((column) => column.name === name)
    if (!column) refuse(`${table} has no column \`${name}\``)
    else if (!types.includes(column.type)) refuse(`\`${name}\` of ${table} is ${column.type}`)
    // Pages follow each other by id: without a key, rows could be lost between them.
    else if (name === 'id' && column.key !== 'primary') refuse(`\`id\` of ${table} is no primary key`)
  }
}

function isObjectSpace(value: unknown): boolean {
  const space = value as FeatureSpace | null
  return (
    typeof space === 'object' &&
    typeof space?.id === 'string' &&
    Array.isArray(space.axes) &&
    space.axes.length === ORIGINAL_SPACE.axes.length &&
    typeof space.threshold === 'number'
  )
}
