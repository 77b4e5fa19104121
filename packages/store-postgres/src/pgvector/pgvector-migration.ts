import { type Metric, RecommenderError } from '@image-recommender/core'
import type { Queries } from '../database/database.ts'
import { prepareSchema } from '../database/prepare-schema.ts'
import type { PgvectorTables, Shape, Terms } from './pgvector-tables.ts'

const FORMAT = 1

export interface Making {
  readonly tables: PgvectorTables
  readonly shape: Shape
  readonly terms: Terms
  readonly m: number
  readonly efConstruction: number
}

/** Makes the tables, or checks that those which are there hold an index of that shape. */
export async function makePgvectorTables(queries: Queries, making: Making): Promise<void> {
  const { schema, state } = making.tables
  const isThere = await prepareSchema(queries, { schema, table: state })
  if (isThere) return await checkShape(queries, making)
  for (const statement of statements(making)) await queries.query(statement)
  const { dimensions, metric, halfvec } = making.shape
  await queries.query(`insert into ${state} (format, dimensions, metric, halfvec) values ($1, $2, $3, $4)`, [
    FORMAT,
    dimensions,
    metric,
    halfvec,
  ])
}

function statements({ tables, terms, m, efConstruction }: Making): string[] {
  const { vectors, state, graph, leftOut, tagsIndex } = tables
  return [
    `create table ${state} (
      format integer not null,
      dimensions integer not null,
      metric text not null,
      halfvec boolean not null,
      position text,
      only_row boolean primary key default true check (only_row)
    )`,
    `create table ${vectors} (
      id text collate "C" primary key,
      vector ${terms.type} not null,
      axes smallint[] not null,
      tags text[] collate "C" not null
    )`,
    `create index ${graph} on ${vectors} using hnsw (${terms.linked} ${terms.operators})
      with (m = ${m}, ef_construction = ${efConstruction})`,
    ...(terms.isLeftOut ? [`create index ${leftOut} on ${vectors} (id) where ${terms.isLeftOut}`] : []),
    `create index ${tagsIndex} on ${vectors} using gin (tags)`,
  ]
}

async function checkShape(queries: Queries, { tables, shape }: Making): Promise<void> {
  const [row] = await queries.query<Record<'format' | 'dimensions' | 'metric' | 'halfvec', string>>(
    `select format::text as format, dimensions::text as dimensions, metric, halfvec::text as halfvec from ${tables.state}`,
  )
  const format = Number(row!.format)
  const kept = { dimensions: Number(row!.dimensions), metric: row!.metric as Metric, halfvec: row!.halfvec === 'true' }
  if (format > FORMAT) {
    throw new RecommenderError(
      'INDEX_FAILED',
      `The index in ${tables.state} has format ${format}, made by a newer @image-recommender/store-postgres; this one knows formats up to ${FORMAT}. Update the package.`,
    )
  }
  if (kept.dimensions !== shape.dimensions || kept.metric !== shape.metric || kept.halfvec !== shape.halfvec) {
    throw new RecommenderError(
      'INDEX_FAILED',
      `The index in ${tables.state} is for ${described(kept)}, not for ${described(shape)}: choose another \`table\`, or drop this one and the one of its vectors.`,
    )
  }
}

function described({ dimensions, metric, halfvec }: Shape): string {
  return `${dimensions} dimensions and ${metric} distances${halfvec ? ' as halfvec' : ''}`
}
