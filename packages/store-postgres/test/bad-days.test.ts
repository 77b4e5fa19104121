import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createPostgresStore } from '../src/index.ts'
import { describeWithServer, serverForSuite } from './databases.ts'
import { FlakyServer } from './flaky-server.ts'
import { idsOf, record, records, soFar, turn } from './records.ts'

const url = process.env.TEST_POSTGRES_URL ?? 'postgres://localhost'

import { refusal } from './refusal.ts'

describeWithServer('a server that goes and comes back', () => {
  const server = serverForSuite()
  const flaky = new FlakyServer(url)
  beforeEach(() => flaky.up())
  afterEach(() => flaky.down())

  /** As applications should: a pool's connections may die when no store listens any more. */
  function poolThere(config: pg.PoolConfig = {}): pg.Pool {
    return server.pool({ connectionString: flaky.url, ...config }).on('error', () => {})
  }

  it('fails what was asked meanwhile, ends no process, and is found again', async () => {
    const client = poolThere()
    const options = { schema: server.schema, table: server.freshTable(), pollInterval: 20 }
    const store = await createPostgresStore({ ...options, client })
    await store.put(records(20))
    const position = (await soFar(store)).at(-1)!.position

    const feed = store.changes({ after: position })[Symbol.asyncIterator]()
    expect((await feed.next()).value).toEqual([])
    const next = refusal(feed.next())
    await flaky.down()
    for (const call of [
      () => store.put([record('lost')]),
      () => store.get(['image-000001']),
      () => store.delete(['image-000001']),
      () => store.count(),
      () => store.sample(1),
      () => store.scan()[Symbol.asyncIterator]().next(),
    ]) {
      const error = await refusal(call())
      expect(error.code).toBe('STORE_FAILED')
      expect(error.message).toMatch(/Check that the server runs/)
    }
    expect((await next).code).toBe('STORE_FAILED')

    await flaky.up()
    await store.put([record('found')])
    expect(await store.count()).toBe(21)
    expect(idsOf(await soFar(store, position))).toEqual(['found'])
    await store.close()
  }, 30_000)

  it('takes up listening again', async () => {
    const client = poolThere()
    const options = { schema: server.schema, table: server.freshTable() }
    const writer = await createPostgresStore({ ...options, client: server.pool() })
    // The poll comes once, long after the cut, and would come again after an hour.
    const store = await createPostgresStore({ ...options, client, pollInterval: 3_600_000 })
    const feed = store.changes()[Symbol.asyncIterator]()
    expect((await feed.next()).value).toEqual([])
    let seen: (string | undefined)[] = []
    const next = feed.next().then(({ value }) => {
      seen = idsOf(value)
    })
    await turn(100)
    await flaky.down()
    await writer.put([record('meanwhile')])
    await turn(300)
    expect(seen).toEqual([])
    await flaky.up()
    await next
    expect(seen).toEqual(['meanwhile'])
    await store.close()
    await writer.close()
  }, 30_000)

  it('that does not answer is as good as gone, where the client sets a time', async () => {
    const client = poolThere({ query_timeout: 200, connectionTimeoutMillis: 200 })
    const store = await createPostgresStore({ client, schema: server.schema, table: server.freshTable() })
    await store.put([record('a')])
    flaky.hold()
    const [read, write] = await Promise.all([refusal(store.get(['a'])), refusal(store.put([record('b')]))])
    expect([read.code, write.code]).toEqual(['STORE_FAILED', 'STORE_FAILED'])
    await flaky.down()
    await flaky.up()
    expect(idsOf(await store.get(['a']))).toEqual(['a'])
    await store.put([record('b')])
    await store.close()
  }, 30_000)
  it('that answers late is waited for, where the client sets no time, and nothing is lost or written twice', async () => {
    const client = poolThere()
    const store = await createPostgresStore({ client, schema: server.schema, table: server.freshTable() })
    await store.put(records(3))
    flaky.hold()
    let answers = 0
    const calls = Promise.all(
      [store.put(records(1200, 'late')), store.get(['image-000001']), store.delete(['image-000002'])].map(
        async (call) => {
          const answer = await call
          answers++
          return answer
        },
      ),
    )
    await turn(500)
    expect(answers).toBe(0)
    flaky.letGo()
    const [, found] = await calls
    expect(idsOf(found as { id: string }[])).toEqual(['image-000001'])
    expect(await store.count()).toBe(1202)
    await store.close()
  }, 60_000)
})

describeWithServer('a server', () => {
  const server = serverForSuite()

  it('that only reads serves readers, and says to writers where to go', async () => {
    const options = { schema: server.schema, table: server.freshTable() }
    const writer = await createPostgresStore({ ...options, client: server.pool() })
    await writer.put([record('a')])
    const client = server.pool({ options: '-c default_transaction_read_only=on' })
    const reader = await createPostgresStore({ ...options, client })
    expect(idsOf(await reader.get(['a']))).toEqual(['a'])
    expect(idsOf(await soFar(reader))).toEqual(['a'])
    for (const write of [() => reader.put([record('b')]), () => reader.delete(['a'])]) {
      const error = await refusal(write())
      expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/25006.*primary/s) })
    }
    expect(await refusal(createPostgresStore({ ...options, client, table: server.freshTable() }))).toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/primary/),
    })
    expect(await writer.count()).toBe(1)
    await reader.close()
    await writer.close()
  })

  it('that does not know the user says to check user and password, and names neither', async () => {
    const address = new URL(url)
    address.username = `${server.schema}_nobody`
    address.password = 'secret'
    const client = new pg.Pool({ connectionString: address.href })
    const error = await refusal(createPostgresStore({ client }))
    expect(error).toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/Check the user and the password/),
    })
    expect(error.message).not.toContain('secret')
    await client.end()
  })

  it('that cancels a statement after its time leaves nothing half written', async () => {
    const options = { schema: server.schema, table: server.freshTable() }
    const client = server.pool({ statement_timeout: 300 })
    const store = await createPostgresStore({ ...options, client })
    await store.put(records(600))
    const holder = await server.client()
    await holder.query('begin')
    await holder.query(`select from ${server.schema}.${options.table} where id = 'image-001400' for update`)
    await holder.query(
      `insert into ${server.schema}.${options.table} select 'image-001400', space_id, vector, facts, width, height, tags,
      metadata from ${server.schema}.${options.table} limit 1`,
    )
    // Two statements are through when the third waits for that row.
    const error = await refusal(store.put(records(1500).map((it) => ({ ...it, tags: ['new'] }))))
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/57014.*took too long/s) })
    await holder.query('rollback')
    expect(await store.count()).toBe(600)
    for await (const { tags } of store.scan()) expect(tags).not.toEqual(['new'])
    expect(await soFar(store)).toHaveLength(600)
    await store.put(records(1500))
    expect(await store.count()).toBe(1500)
    await store.close()
  }, 30_000)
})
