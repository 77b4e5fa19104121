import { RecommenderError } from '@image-recommender/core'
import type { Queries } from '../database/database.ts'

/** Where pgvector is, and what it can. */
export interface Extension {
  /** The schema of its types and operators, quoted: it may not be on the search path. */
  readonly schema: string
  /** The number of the type `vector`, which is another in every database. */
  readonly vectorType: number
  /** Whether a search goes on where a filter leaves too few. */
  readonly scansOn: boolean
}

const OLDEST = [0, 7] as const
const SCANNING_ON = [0, 8] as const

/** @throws RecommenderError `INDEX_FAILED` naming the SQL, where it is not there or too old */
export async function findExtension(queries: Queries): Promise<Extension> {
  const [found] = await queries.query<{ schema: string; version: string; type: string }>(
    `select quote_ident(nspname) as schema, extversion as version, pg_type.oid::text as type
    from pg_extension
    join pg_namespace on pg_namespace.oid = extnamespace
    join pg_type on typnamespace = extnamespace and typname = 'vector'
    where extname = 'vector'`,
  )
  if (!found) throw await missing(queries)
  if (isOlder(found.version, OLDEST)) {
    throw new RecommenderError(
      'INDEX_FAILED',
      `This database has pgvector ${found.version}; 0.7 is the oldest that will do. Install a newer one on the server, then run the SQL \`alter extension vector update\`.`,
    )
  }
  return {
    schema: found.schema,
    vectorType: Number(found.type),
    scansOn: !isOlder(found.version, SCANNING_ON),
  }
}

async function missing(queries: Queries): Promise<RecommenderError> {
  const [available] = await queries.query("select from pg_available_extensions where name = 'vector'")
  const first = available
    ? ''
    : 'Install pgvector on the server first (on Debian the package postgresql-17-pgvector, of the version of your server; with PGlite the option `extensions: { vector }` of @electric-sql/pglite-pgvector). '
  return new RecommenderError(
    'INDEX_FAILED',
    `This database has no pgvector. ${first}Run the SQL \`create extension vector\` as a role that may, or take createPostgresIndex, which needs no extension.`,
  )
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number)
  return itsMajor < major || (itsMajor === major && itsMinor < minor)
}
