import pg from 'pg'
import { expect, it } from 'vitest'
import { createPostgresStore } from '../src/index.ts'
import { describeWithServer, serverForSuite } from './databases.ts'
import { record, records, turn } from './records.ts'
import { refusal } from './refusal.ts'

describeWithServer('a server', () => {
  const server = serverForSuite()

  async function backends(application: string): Promise<number[]> {
    const { rows } = await server.admin.query<{ pid: number }>(
      'select pid from pg_stat_activity where application_name = $1',
      [application],
    )
    return rows.map(({ pid }) => pid)
  }

  it('that ends idle connections of a pool does not end the process, and the store goes on', async () => {
    const application = `${server.schema}_idle`
    const client = server.pool({ application_name: application })
    const warnings: Error[] = []
    const store = await createPostgresStore({
      client,
      schema: server.schema,
      table: server.freshTable(),
      onWarning: (warning) => warnings.push(warning),
    })
    await Promise.all([store.count(), store.count(), store.count()])
    const pids = await backends(application)
    expect(pids.length).toBeGreaterThan(0)
    await server.admin.query('select pg_terminate_backend(pid) from unnest($1::integer[]) as pid', [pids])
    while (warnings.length < pids.length) await turn(10)
    await store.put([record('a')])
    expect(await store.count()).toBe(1)
    await store.close()
    expect(client.listenerCount('error')).toBe(0)
  })

  it('that ends a connection in the moment in which it is taken out of the pool ends no process', async () => {
    const client = server.pool()
    const store = await createPostgresStore({ client, schema: server.schema, table: server.freshTable() })
    const many = records(600)
    for (let round = 0; round < 3; round++) {
      // Before whoever waits for it has it, as where that is told in one packet with the answer to the last query.
      client.once('acquire', (connection) => queueMicrotask(() => connection.emit('error', new Error('terminated'))))
      await store.put(many).catch((error) => expect(error).toMatchObject({ code: 'STORE_FAILED' }))
    }
    await store.put(many)
    expect(await store.count()).toBe(600)
    await store.close()
  })

  it('that ends a connection in the middle of a put fails that put alone', async () => {
    const application = `${server.schema}_busy`
    const table = server.freshTable()
    const client = server.pool({ application_name: application, max: 1 })
    const store = await createPostgresStore({ client, schema: server.schema, table })
    await store.put([record('a')])
    const holder = await server.client()
    await holder.query('begin')
    await holder.query(`select id from ${server.schema}.${table} for update`)
    const put = refusal(store.put([record('a', { tags: ['new'] })]))
    await turn(100)
    await server.admin.query('select pg_terminate_backend(pid) from unnest($1::integer[]) as pid', [
      await backends(application),
    ])
    expect(await put).toMatchObject({ code: 'STORE_FAILED' })
    await holder.query('rollback')
    await store.put([record('a', { tags: ['again'] })])
    expect((await store.get(['a']))[0]?.tags).toEqual(['again'])
    await store.close()
  })

  it('that ends the single connection gives STORE_FAILED and a warning', async () => {
    // A dead client may say so twice, and the second time when the store is closed.
    const client = (await server.client()).on('error', () => {})
    const warnings: Error[] = []
    const store = await createPostgresStore({
      client,
      schema: server.schema,
      table: server.freshTable(),
      onWarning: (warning) => warnings.push(warning),
    })
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    await server.admin.query('select pg_terminate_backend($1)', [rows[0]!.pid])
    while (warnings.length === 0) await turn(10)
    expect(await refusal(store.count())).toMatchObject({ code: 'STORE_FAILED' })
    expect(await refusal(store.put([record('a')]))).toMatchObject({ code: 'STORE_FAILED' })
    await store.close()
  })

  it('whose pool was ended gives STORE_FAILED', async () => {
    const client = new pg.Pool({ connectionString: process.env.TEST_POSTGRES_URL })
    const store = await createPostgresStore({ client, schema: server.schema, table: server.freshTable() })
    await client.end()
    expect(await refusal(store.put([record('a')]))).toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/The client was ended: close this/),
    })
    await store.close()
  })

  it('whose pool is ended while a reader listens lets it end, and the reader hears of it', async () => {
    const client = new pg.Pool({ connectionString: process.env.TEST_POSTGRES_URL })
    const options = { client, schema: server.schema, table: server.freshTable(), pollInterval: 20 }
    const store = await createPostgresStore(options)
    const feed = store.changes()[Symbol.asyncIterator]()
    expect((await feed.next()).value).toEqual([])
    const next = refusal(feed.next())
    while (client.totalCount === client.idleCount) await turn(5)
    await client.end()
    expect(await next).toMatchObject({ code: 'STORE_FAILED' })
    await store.close()
  }, 20_000)

  it('tells every store over one pool of a death, whatever one of them does with that, and Node of no leak', async () => {
    const application = `${server.schema}_twelve`
    const client = server.pool({ application_name: application })
    const warned: unknown[] = []
    const hear = (warning: Error) => warned.push(warning)
    process.on('warning', hear)
    const told: number[] = []
    const stores = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        createPostgresStore({
          client,
          schema: server.schema,
          table: server.freshTable(),
          onWarning: () => {
            told.push(at)
            throw new Error('cannot be told')
          },
        }),
      ),
    )
    expect(client.listenerCount('error')).toBe(1)
    await stores[3]!.close()
    const pids = await backends(application)
    await server.admin.query('select pg_terminate_backend($1)', [pids[0]])
    while (told.length < 11) await turn(10)
    expect(told.sort((a, b) => a - b)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11])
    for (const store of stores) await store.close()
    expect(client.listenerCount('error')).toBe(0)
    process.off('warning', hear)
    expect(warned).toEqual([])
  }, 30_000)

  it('that begins a transaction after the client gave up waiting for it leaves nobody inside it', async () => {
    const pool = server.pool({ max: 1 })
    const options = { schema: server.schema, table: server.freshTable() }
    let isSlow = false
    /** A pool whose `begin` is given up before the server has it, as by `query_timeout`. */
    const client = {
      options: pool.options,
      get totalCount() {
        return pool.totalCount
      },
      query: (sql: string, parameters?: unknown[]) => pool.query(sql, parameters),
      connect: async (callback: (error: undefined, connection: object) => void) => {
        const connection = await pool.connect()
        callback(undefined, {
          on: connection.on.bind(connection),
          removeListener: connection.removeListener.bind(connection),
          release: connection.release.bind(connection),
          query: async (sql: string, parameters?: unknown[]) => {
            const answer = connection.query(sql, parameters)
            if (!isSlow || !sql.startsWith('begin')) return answer
            answer.catch(() => {})
            throw new Error('Query read timeout')
          },
        })
      },
    } as unknown as pg.Pool
    const store = await createPostgresStore({ ...options, client })
    isSlow = true
    expect(await refusal(store.put([record('a')]))).toMatchObject({ message: expect.stringMatching(/Check that/) })
    isSlow = false
    const { rows } = await pool.query(
      "select case when now() = statement_timestamp() then 'outside' else 'inside' end as place",
    )
    expect(rows).toEqual([{ place: 'outside' }])
    await store.close()
  })
})
