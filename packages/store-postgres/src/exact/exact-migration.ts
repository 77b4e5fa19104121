import { type Metric, RecommenderError } from '@image-recommender/core'
import type { Database, Queries } from '../database/database.ts'
import { prepareSchema } from '../database/prepare-schema.ts'
import type { ExactTables } from './exact-tables.ts'
import { nearFunction } from './near-function.ts'

const VERSION = 1

interface Shape {
  readonly dimensions: number
  readonly metric: Metric
}

/**
 * Makes the tables, or checks that those which are there hold an index of that shape. Members that are in no set, as they have
 * too many classes, have the set -1.
 */
export async function migrateExact(database: Database, tables: ExactTables, shape: Shape): Promise<void> {
  const { schema, members, sets, state, codesIndex } = tables
  await database.transaction(async (queries) => {
    const isThere = await prepareSchema(queries, { schema, table: state })
    if (isThere) return await checkShape(queries, tables, shape)
    const statements = [
      `create table ${state} (
        format integer not null,
        dimensions integer not null,
        metric text not null,
        sets_version bigint not null default 0,
        position text,
        only_row boolean primary key default true check (only_row)
      ) with (fillfactor = 10)`,
      `create table ${sets} (
        number integer primary key,
        axes bytea not null unique,
        low double precision not null,
        high double precision not null,
        version bigint not null
      )`,
      `create index on ${sets} (version)`,
      `create table ${members} (
        id text collate "C" primary key,
        set integer not null,
        code bigint not null,
        vector bytea not null,
        tags text[] collate "C" not null
      )`,
      `create index ${codesIndex} on ${members} (set, code, id)`,
      nearFunction(tables),
    ]
    for (const statement of statements) await queries.query(statement)
    await queries.query(`insert into ${state} (format, dimensions, metric) values ($1, $2, $3)`, [
      VERSION,
      shape.dimensions,
      shape.metric,
    ])
  })
}

async function checkShape(queries: Queries, { state }: ExactTables, wanted: Shape): Promise<void> {
  const [row] = await queries.query<Record<'format' | 'dimensions' | 'metric', string>>(
    `select format::text as format, dimensions::text as dimensions, metric from ${state}`,
  )
  const [format, dimensions, metric] = [Number(row!.format), Number(row!.dimensions), row!.metric]
  if (format > VERSION) {
    throw new RecommenderError(
      'INDEX_FAILED',
      `The index in ${state} has format ${format}, made by a newer @image-recommender/store-postgres; this one knows formats up to ${VERSION}. Update the package.`,
    )
  }
  if (dimensions !== wanted.dimensions || metric !== wanted.metric) {
    throw new RecommenderError(
      'INDEX_FAILED',
      `The index in ${state} has ${dimensions} dimensions and ${metric} distances, not ${wanted.dimensions} and ${wanted.metric}: choose another \`table\`, or drop this one.`,
    )
  }
}
