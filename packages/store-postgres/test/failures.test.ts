import { PGlite } from '@electric-sql/pglite'
import { RecommenderError } from '@image-recommender/core'
import pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { failure } from '../src/database/failure.ts'
import { createPgvectorIndex, createPostgresStore, type PostgresStoreOptions } from '../src/index.ts'
import { describeWithServer, serverForSuite } from './databases.ts'
import { record, records, soFar } from './records.ts'
import { refusal } from './refusal.ts'

describe('options', () => {
  const client = { query: async () => ({ rows: [] }) }

  it.each([
    '',
    'A',
    '1a',
    'a b',
    'a"b',
    'a; drop table x',
    'ä',
    'a-b',
    'a.b',
    'a\n',
    '\u0000',
    'x'.repeat(49),
    7,
    null,
  ])('refuses %j as a name', async (name) => {
    for (const option of ['schema', 'table'] as const) {
      const error = await refusal(createPostgresStore({ client, [option]: name } as PostgresStoreOptions))
      expect(error.code).toBe('INVALID_ARGUMENT')
      expect(error.message).toContain(option)
    }
  })

  it.each([0, 9, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 3_600_001, '1000'])(
    'refuses %j as pollInterval',
    async (pollInterval) => {
      const error = await refusal(createPostgresStore({ client, pollInterval } as PostgresStoreOptions))
      expect(error).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(
          `\`pollInterval\` is ${typeof pollInterval === 'string' ? '"1000"' : pollInterval}`,
        ),
      })
    },
  )

  it('refuses what is no client, and does not repeat the password in it', async () => {
    for (const wrong of ['postgres://me:secret@host/db', undefined, null, {}, 7]) {
      const error = await refusal(createPostgresStore({ client: wrong } as unknown as PostgresStoreOptions))
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('`client`') })
      expect(error.message).not.toContain('secret')
    }
  })

  it('refuses options that it does not know', async () => {
    const error = await refusal(createPostgresStore({ client, tabel: 'x' } as PostgresStoreOptions))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('tabel') })
  })

  it('refuses a client that nobody connected, instead of waiting for ever', async () => {
    const error = await refusal(createPostgresStore({ client: new pg.Client() }))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('client.connect()') })
  })
})

describe('a server that is not there', () => {
  it('is STORE_FAILED with its cause and advice, and without the password', async () => {
    const pool = new pg.Pool({ connectionString: 'postgres://somebody:secret@127.0.0.1:1/nowhere' })
    const error = await refusal(createPostgresStore({ client: pool }))
    expect(error.code).toBe('STORE_FAILED')
    expect(error.message).toMatch(/ECONNREFUSED.*Check that the server runs/s)
    expect(error.message).not.toContain('secret')
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' })
    expect(pool.listenerCount('error')).toBe(0)
    await pool.end()
  })
})

describe('a message', () => {
  it('does not quote the data that the server quotes', () => {
    for (const code of ['22P02', '23505']) {
      const error = failure(Object.assign(new Error('Key (id)=(private) is there'), { code }))
      expect(error.message).toContain(code)
      expect(error.message).not.toContain('private')
    }
  })

  it('leaves the password of an address out', () => {
    const error = failure(new Error('cannot reach postgres://somebody:secret@db.example/images'))
    expect(error.message).toContain('db.example')
    expect(error.message).not.toMatch(/secret|somebody/)
  })

  it.each([
    [{ code: 'ECONNRESET' }, /Check that the server runs/],
    [new Error('Connection terminated unexpectedly'), /Check that the server runs/],
    [new Error('Query read timeout'), /Check that the server runs/],
    [new Error('timeout exceeded when trying to connect'), /Check that the server runs/],
    [{ code: '28P01' }, /Check the user and the password/],
    [{ code: 'EPIPE' }, /Check that the server runs/],
    [
      new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
      /Check the user and the password/,
    ],
    [new Error('Cannot use a pool after calling end on the pool'), /The client was ended/],
    [{ code: '54000' }, /larger than the server can keep/],
    [{ code: '42703' }, /choose another `schema` or `table`/],
    [{ code: '40P01' }, /repeat the call/],
    [{ code: '55P03' }, /repeat the call/],
    [{ code: '53100' }, /disk of the server is full/],
    [{ code: '53200' }, /short of resources/],
    [{ code: '57P01' }, /Check that the server runs/],
    [{ code: 'XX000' }, /The cause has what the client said/],
    [new Error('something else'), /The cause has what the client said/],
  ])('says what to do about %o', (cause, advice) => {
    for (const [part, code] of [
      ['store', 'STORE_FAILED'],
      ['index', 'INDEX_FAILED'],
    ] as const) {
      expect(failure(cause, part)).toMatchObject({ code, cause, message: expect.stringMatching(advice) })
    }
  })

  it('is not wrapped twice', () => {
    const error = new RecommenderError('CLOSED', 'closed')
    expect(failure(error)).toBe(error)
  })
})

describe('a server that will not do', () => {
  it.each([
    ['120011', 'UTF8', /PostgreSQL 12.*13 is the oldest/],
    ['150004', 'LATIN1', /LATIN1; create one in UTF8/],
  ])('is refused: version %s, encoding %s', async (version, encoding, message) => {
    const client = {
      query: async (sql: string) => ({ rows: sql.includes('server_version_num') ? [{ version, encoding }] : [] }),
    }
    const error = await refusal(createPostgresStore({ client }))
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(message) })
  })
})

describe('a client', () => {
  it('that sends bytes as a text of them is refused', async () => {
    const rows = (sql: string) => {
      if (sql.includes('server_version_num')) return [{ version: '150000', encoding: 'UTF8' }]
      return sql.includes('$1::bytea') ? [{ arrived: '' }] : []
    }
    const native = { query: async (sql: string) => ({ rows: rows(sql) }) }
    for (const create of [
      () => createPostgresStore({ client: native }),
      () => createPgvectorIndex({ client: native, dimensions: 3 }),
    ]) {
      const error = await refusal(create())
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(/`client`.*pg-native/) })
    }
  })
})

describe('a PGlite', () => {
  let client: PGlite
  beforeAll(async () => {
    client = await PGlite.create()
  }, 120_000)

  it('leaves the thread to others between its statements', async () => {
    const store = await createPostgresStore({ client })
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await store.put(records(1000))
    const whilePutting = turns
    for await (const _ of store.scan()) {
      // Only how it is read matters.
    }
    clearInterval(timer)
    expect(whilePutting).toBeGreaterThan(5)
    expect(turns - whilePutting).toBeGreaterThan(5)
    await store.close()
  }, 60_000)

  it('that was closed gives STORE_FAILED, and parameters do not stay on errors', async () => {
    const store = await createPostgresStore({ client })
    const error = await refusal(store.put([{ ...record('a', { metadata: { private: 'secret' } }), width: 1e12 }]))
    expect(error.code).toBe('STORE_FAILED')
    expect(JSON.stringify(error.cause)).not.toContain('secret')
    expect(error.message).not.toContain('1000000000000')
    await client.close()
    expect(await refusal(store.count())).toMatchObject({ code: 'STORE_FAILED' })
    expect(await refusal(store.put([record('a')]))).toMatchObject({ code: 'STORE_FAILED' })
    expect(await refusal(soFar(store))).toMatchObject({ code: 'STORE_FAILED' })
    await store.close()
  }, 60_000)
})

describeWithServer('a server', () => {
  const server = serverForSuite()

  it('that grants too little says what to grant', async () => {
    const role = `${server.schema}_role`
    const table = server.freshTable()
    const client = await server.client()
    await client.query(`create role ${role}`)
    try {
      await client.query(`set role ${role}`)
      const toCreate = await refusal(createPostgresStore({ client, schema: `${server.schema}_none` }))
      expect(toCreate).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/42501.*Grant the role/s) })

      await client.query('reset role')
      await (await createPostgresStore({ client, schema: server.schema, table })).close()
      await client.query(`grant usage on schema ${server.schema} to ${role}`)
      await client.query(`grant select on all tables in schema ${server.schema} to ${role}`)
      await client.query(`set role ${role}`)
      const reader = await createPostgresStore({ client, schema: server.schema, table })
      expect(await reader.count()).toBe(0)
      expect(await soFar(reader)).toEqual([])
      expect(await refusal(reader.put([record('a')]))).toMatchObject({
        message: expect.stringMatching(/Grant the role/),
      })
      await reader.close()
    } finally {
      await client.query('reset role')
      await client.query(`drop owned by ${role}`)
      await client.query(`drop role ${role}`)
    }
  })
})
