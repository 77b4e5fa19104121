import { randomBytes } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import pg from 'pg'
import { afterAll, beforeAll, describe } from 'vitest'
import type { PostgresClient } from '../../src/index.ts'

const url = process.env.TEST_POSTGRES_URL

/** Whether the server that the tests were given has pgvector. */
const hasPgvector = await (async () => {
  if (!url) return false
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query("select from pg_available_extensions where name = 'vector'")
  await client.end()
  return rows.length > 0
})()

/** A client of a database with pgvector, and a table that no other test has. */
export interface Opened {
  readonly client: PostgresClient
  readonly table: string
  /** Runs SQL as the application would. */
  query(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>
}

/** A suite that needs a server with pgvector. Says so where there is none. */
export function describeWithPgvector(name: string, suite: () => void): void {
  const reason = hasPgvector ? '' : ' (skipped: TEST_POSTGRES_URL names no PostgreSQL server that has pgvector)'
  describe.skipIf(!hasPgvector)(`${name}${reason}`, suite)
}

/** PGlite and a server with pgvector. */
export function describeEachPgvector(suite: (open: () => Promise<Opened>) => void, options: Options = {}): void {
  describe('PGlite', () => suite(pgliteForSuite(options)))
  describeWithPgvector('a server', () => suite(databaseForSuite(options)))
}

interface Options {
  /** Has the server use the graph where the whole table would be read sooner: tests are small. */
  readonly graphAlways?: boolean
}

function pgliteForSuite({ graphAlways = false }: Options): () => Promise<Opened> {
  let tables = 0
  let client: PGlite
  beforeAll(async () => {
    client = await PGlite.create({ extensions: { vector } })
    await client.exec('create extension vector')
    if (graphAlways) await client.exec('set enable_seqscan = off; set enable_sort = off')
  }, 120_000)
  afterAll(() => client.close(), 30_000)
  return async () => ({
    client,
    table: `t${++tables}`,
    query: async (sql, parameters) => (await client.query<Record<string, unknown>>(sql, parameters)).rows,
  })
}

/** A database of its own, with pgvector in a schema that is not on the search path. */
export function databaseForSuite(
  { graphAlways = false }: Options = {},
  config: pg.PoolConfig = {},
): () => Promise<Opened> {
  const name = `test_${randomBytes(6).toString('hex')}`
  let tables = 0
  let pool: pg.Pool
  beforeAll(async () => {
    await asAdmin(`create database ${name}`)
    const options = graphAlways ? '-c enable_seqscan=off -c enable_sort=off' : ''
    const address = new URL(url!)
    address.pathname = `/${name}`
    pool = new pg.Pool({ connectionString: address.href, max: 4, options, ...config })
    // `end` does not wait until the server has closed a connection, and dropping the database ends what is left: of a connection
    // that is idle the pool tells, of another the connection itself.
    pool.on('error', () => {})
    pool.on('connect', (connection) => connection.on('error', () => {}))
    await pool.query('create schema "Elsewhere"')
    await pool.query('create extension vector schema "Elsewhere"')
  }, 60_000)
  afterAll(async () => {
    await pool.end()
    await asAdmin(`drop database ${name} with (force)`)
  }, 60_000)
  return async () => ({
    client: pool,
    table: `t${++tables}`,
    query: async (sql, parameters) => (await pool.query(sql, parameters)).rows,
  })
}

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client(url)
  await admin.connect()
  await admin.query(sql)
  await admin.end()
}
