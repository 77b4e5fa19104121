import { randomBytes } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterAll, beforeAll, describe } from 'vitest'
import type { PostgresClient } from '../src/index.ts'

const url = process.env.TEST_POSTGRES_URL

/** A suite that needs a real server, because PGlite has only one connection. Says so where there is none. */
export function describeWithServer(name: string, suite: () => void): void {
  const reason = url ? '' : ' (skipped: TEST_POSTGRES_URL names no PostgreSQL server)'
  describe.skipIf(!url)(`${name}${reason}`, suite)
}

/** A schema on the real server for the suite around this, dropped behind it, and connections that are closed behind it. */
export function serverForSuite(): Server {
  const server = new Server()
  beforeAll(() => server.open())
  afterAll(() => server.close(), 30_000)
  return server
}

export class Server {
  readonly schema = `test_${randomBytes(6).toString('hex')}`
  /** What the test itself asks the server, apart from any store. */
  readonly admin = new pg.Client(url)
  readonly #opened: { end(): Promise<void> }[] = []
  #tables = 0

  async open(): Promise<void> {
    await this.admin.connect()
    await this.admin.query(`create schema ${this.schema}`)
  }

  /** A name that no other test has. */
  freshTable(): string {
    return `t${++this.#tables}`
  }

  pool(config: pg.PoolConfig = {}): pg.Pool {
    const pool = new pg.Pool({ connectionString: url, max: 4, ...config })
    this.#opened.push(pool)
    return pool
  }

  async client(): Promise<pg.Client> {
    const client = new pg.Client(url)
    await client.connect()
    this.#opened.push(client)
    return client
  }

  /** Somebody else has ended it. */
  forget(client: pg.Pool): void {
    this.#opened.splice(this.#opened.indexOf(client), 1)
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((opened) => opened.end()))
    await this.admin.query(`drop schema ${this.schema} cascade`)
    await this.admin.end()
  }
}

/** A PGlite in memory for the suite around this. It takes seconds to start, so tests share it and have tables of their own. */
export function pgliteForSuite(): { client: PGlite; freshTable(): string } {
  let tables = 0
  const suite = { client: undefined as unknown as PGlite, freshTable: () => `t${++tables}` }
  beforeAll(async () => {
    suite.client = await PGlite.create()
  }, 120_000)
  afterAll(() => suite.client.close(), 30_000)
  return suite
}

type Suite = (open: () => Promise<{ client: PostgresClient; schema?: string; table: string }>) => void

/** Every kind of client that is understood. `open` gives what a store is created with, its table never used before. */
export function describeEachClient(suite: Suite): void {
  describePglite(suite)
  describePool(suite)
  describeWithServer('pg.Client', () => {
    const server = serverForSuite()
    let client: pg.Client | undefined
    suite(async () => {
      client ??= await server.client()
      return { client, schema: server.schema, table: server.freshTable() }
    })
  })
}

/** One of them, on the real server where there is one. */
export function describeOneClient(suite: Suite): void {
  if (url) describePool(suite)
  else describePglite(suite)
}

function describePglite(suite: Suite): void {
  describe('PGlite', () => {
    const pglite = pgliteForSuite()
    suite(async () => ({ client: pglite.client, table: pglite.freshTable() }))
  })
}

function describePool(suite: Suite): void {
  describeWithServer('pg.Pool', () => {
    const server = serverForSuite()
    let pool: pg.Pool | undefined
    suite(async () => {
      pool ??= server.pool()
      return { client: pool, schema: server.schema, table: server.freshTable() }
    })
  })
}
