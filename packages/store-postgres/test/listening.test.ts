import type { ImageStore } from '@image-recommender/core'
import type pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { createPostgresStore, type PostgresClient } from '../src/index.ts'
import { channelOf } from '../src/listening/channel.ts'
import { describeWithServer, pgliteForSuite, serverForSuite } from './databases.ts'
import { idsOf, record, records, soFar, turn } from './records.ts'

const AN_HOUR = 3_600_000
const stores: ImageStore[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

async function storeOn(client: PostgresClient, options: { schema?: string; table: string; pollInterval?: number }) {
  const store = await createPostgresStore({ client, pollInterval: AN_HOUR, ...options })
  stores.push(store)
  return store
}

/** A reader that has read all there was, and waits. */
async function readerOf(store: ImageStore) {
  const feed = store.changes()[Symbol.asyncIterator]()
  while ((await feed.next()).value.length > 0) {
    // There may be some from before.
  }
  return feed
}

/** The next change, past any empty batches. */
async function nextOf(feed: AsyncIterator<readonly { id: string }[]>): Promise<(string | undefined)[]> {
  for (;;) {
    const { value } = await feed.next()
    if (value.length > 0) return idsOf(value)
  }
}

describe('the channel of a table', () => {
  it('has a name that PostgreSQL does not cut, and no other table has', () => {
    const longest = 'x'.repeat(48)
    const names = [
      channelOf(longest, longest),
      channelOf(longest, `${'x'.repeat(47)}y`),
      channelOf('a', 'b_c'),
      channelOf('a_b', 'c'),
    ]
    expect(new Set(names).size).toBe(4)
    for (const name of names) expect(name).toMatch(/^[a-z_][a-z0-9_]{0,62}$/)
  })
})

describe('PGlite', () => {
  const pglite = pgliteForSuite()

  it('tells a store of what another over the same instance has written', async () => {
    const options = { table: pglite.freshTable() }
    const reader = await storeOn(pglite.client, options)
    const writer = await storeOn(pglite.client, options)
    const feed = await readerOf(reader)
    for (const id of ['a', 'b']) {
      const next = nextOf(feed)
      await writer.put([record(id)])
      expect(await next).toEqual([id])
    }
    const next = nextOf(feed)
    await writer.delete(['a'])
    expect(await next).toEqual(['a'])
  })
})

describeWithServer('a server', () => {
  const server = serverForSuite()

  async function sessions(application: string, query = '%'): Promise<{ pid: number; xmin: unknown; state: string }[]> {
    const { rows } = await server.admin.query(
      `select pid, coalesce(backend_xmin, backend_xid)::text as xmin, state from pg_stat_activity
      where application_name = $1 and query like $2`,
      [application, query],
    )
    return rows
  }

  /** A store that listens on a connection of its pool. */
  async function listening(name: string, config: pg.PoolConfig = {}) {
    const application = `${server.schema}_${name}`
    const table = server.freshTable()
    const client = server.pool({ application_name: application, ...config })
    const store = await storeOn(client, { schema: server.schema, table })
    const listeners = () => sessions(application, '%listen "%')
    return { application, client, store, table, listeners }
  }

  async function until<Value>(condition: () => Promise<Value | undefined | false>): Promise<Value> {
    for (;;) {
      const value = await condition()
      if (value) return value
      await turn(10)
    }
  }

  it.each(['pg.Pool', 'pg.Client'])('tells a store on a %s of what another process has written', async (kind) => {
    const options = { schema: server.schema, table: server.freshTable() }
    const client = () => (kind === 'pg.Pool' ? server.pool() : server.client())
    const reader = await storeOn(await client(), options)
    const writer = await storeOn(await client(), options)
    const feed = await readerOf(reader)
    for (const id of ['a', 'b']) {
      const next = nextOf(feed)
      await writer.put([record(id)])
      expect(await next).toEqual([id])
    }
    const next = nextOf(feed)
    await writer.delete(['b'])
    expect(await next).toEqual(['b'])
  })

  it('tells of what was written before it listened, and after it has read', async () => {
    const options = { schema: server.schema, table: server.freshTable() }
    const writer = await storeOn(server.pool(), options)
    for (const client of [server.pool(), await server.client()]) {
      const reader = await storeOn(client, options)
      const feed = await readerOf(reader)
      // It begins to listen with this call, and this write may be told before it does.
      const next = nextOf(feed)
      await writer.put([record(`${client.constructor.name}`)])
      expect(await next).toEqual([client.constructor.name])
    }
  })

  it('takes up a listener again that was dropped, again and again', async () => {
    const { store, table, listeners } = await listening('dropped')
    const writer = await storeOn(server.pool(), { schema: server.schema, table })
    const feed = await readerOf(store)
    for (const id of ['a', 'b', 'c']) {
      const next = nextOf(feed)
      const [listener] = await until(async () => {
        const found = await listeners()
        return found.length === 1 && found
      })
      await server.admin.query('select pg_terminate_backend($1)', [listener!.pid])
      await until(async () => (await listeners()).every(({ pid }) => pid !== listener!.pid))
      // Written while nobody listens: it is told of when the next one begins to.
      await writer.put([record(id)])
      expect(await next).toEqual([id])
    }
  }, 30_000)

  it('listens only while somebody waits for changes, on one connection for all stores of a pool', async () => {
    const { client, store, listeners } = await listening('shared')
    const other = await storeOn(client, { schema: server.schema, table: server.freshTable() })
    await store.put([record('a')])
    expect(idsOf(await soFar(store))).toEqual(['a'])
    expect(await listeners()).toEqual([])

    const [feed, second] = [await readerOf(store), await readerOf(other)]
    const [next, none] = [nextOf(feed), nextOf(second)]
    none.catch(() => {})
    await until(async () => (await listeners()).length > 0)
    const outside = await storeOn(await server.client(), { schema: server.schema, table: server.freshTable() })
    await outside.put([record('elsewhere')])
    await turn(100)
    expect(await listeners()).toHaveLength(1)

    await store.put([record('b')])
    expect(await next).toEqual(['b'])
    await store.close()
    expect(await listeners()).toHaveLength(1)
    await other.close()
    await until(async () => (await listeners()).length === 0)
  })

  it('goes on for the others over one connection when one of them closes', async () => {
    const options = { schema: server.schema, table: server.freshTable() }
    const client = await server.client()
    const [one, other] = [await storeOn(client, options), await storeOn(client, options)]
    const feeds = [await readerOf(one), await readerOf(other)]
    const nexts = feeds.map((feed) => nextOf(feed))
    nexts[0]!.catch(() => {})
    const writer = await storeOn(server.pool(), options)
    await writer.put([record('first')])
    expect(await Promise.all(nexts)).toEqual([['first'], ['first']])
    await one.close()
    const next = nextOf(feeds[1]!)
    await writer.put([record('second')])
    expect(await next).toEqual(['second'])
    await other.close()
    expect(client.listenerCount('notification')).toBe(0)
    expect((await client.query('select pg_listening_channels() as channel')).rows).toEqual([])
  })

  it.each([1, 2])('does not listen where the pool has no more than %d connections, and all goes on', async (max) => {
    const { store, listeners } = await listening(`small${max}`, { max })
    const feed = await readerOf(store)
    const next = nextOf(feed)
    await Promise.all(Array.from({ length: 8 }, (_, at) => store.put([record(`${at}`)])))
    expect((await next).length).toBeGreaterThan(0)
    expect(await store.count()).toBe(8)
    expect(await listeners()).toEqual([])
  })

  it('gives the connection up when the store closes, also where a reader was forgotten', async () => {
    const { client, store, listeners } = await listening('forgotten')
    const feed = await readerOf(store)
    void feed.next()
    await until(async () => (await listeners()).length === 1)
    await store.close()
    await until(async () => (await listeners()).length === 0)
    expect(client.totalCount - client.idleCount).toBe(0)
  })

  it('does not wait for a listener, or for being heard', async () => {
    const { store, table, listeners } = await listening('deaf')
    const deaf = await server.client()
    await deaf.query(`listen "${channelOf(server.schema, table)}"`)
    // Within a transaction it hears nothing, and the server keeps for it what was said.
    await deaf.query('begin')
    await store.put(records(50))
    await store.delete(['image-000001'])
    expect(await store.count()).toBe(49)
    await deaf.query('rollback')
    expect(await listeners()).toEqual([])
  })

  it('writes where nothing can be said, and reads what was written when it polls', async () => {
    const pool = server.pool()
    const said: string[] = []
    const mute = {
      get totalCount() {
        return pool.totalCount
      },
      connect: (callback: Parameters<typeof pool.connect>[0]) => pool.connect(callback),
      query: async (sql: string, parameters?: unknown[]) => {
        if (!sql.includes('pg_notify')) return pool.query(sql, parameters)
        said.push(sql)
        throw new Error('too many notifications in the NOTIFY queue')
      },
    }
    const options = { schema: server.schema, table: server.freshTable(), pollInterval: 20 }
    const writer = await storeOn(mute, options)
    const reader = await storeOn(server.pool(), options)
    const next = nextOf(await readerOf(reader))
    await writer.put([record('a')])
    expect(await next).toEqual(['a'])
    await writer.delete(['a'])
    await writer.close()
    expect(said.length).toBeGreaterThan(0)
  })

  it('does not look again for what it said itself', async () => {
    const { client, store, listeners } = await listening('own')
    const feed = await readerOf(store)
    const next = nextOf(feed)
    await until(async () => (await listeners()).length === 1)
    await turn(100)
    let reads = 0
    const query = client.query.bind(client) as (...parameters: unknown[]) => unknown
    Object.assign(client, {
      query: (...parameters: unknown[]) => {
        if (String(parameters[0]).includes('as lineage')) reads++
        return query(...parameters)
      },
    })
    await store.put([record('a')])
    expect(await next).toEqual(['a'])
    expect((await feed.next()).value).toEqual([])
    void feed.next()
    await turn(200)
    // One that finds it. What the server passes on of its own word would make it two.
    expect(reads).toBe(1)
  })

  it('says nothing where nothing was deleted', async () => {
    const { store, table } = await listening('quiet')
    const hearer = await server.client()
    const heard: unknown[] = []
    hearer.on('notification', (notification) => heard.push(notification))
    await hearer.query(`listen "${channelOf(server.schema, table)}"`)
    await store.delete(['nobody'])
    await store.close()
    await hearer.query('select 1')
    expect(heard).toEqual([])
  })

  it('keeps no transaction open while it waits, so that vacuum can do its work', async () => {
    const { application, store, table, listeners } = await listening('vacuum')
    const feed = await readerOf(store)
    const batch = records(300)
    await store.put(batch)
    await nextOf(feed)
    void feed.next()
    await until(async () => (await listeners()).length === 1)
    const sizes = async () => {
      const { rows } = await server.admin.query(
        'select sum(pg_total_relation_size(name::regclass))::integer as size from unnest($1::text[]) as name',
        [[`${server.schema}.${table}`, `${server.schema}.${table}_changes`]],
      )
      return rows[0].size as number
    }
    const rewrite = async () => {
      for (let round = 0; round < 5; round++) await store.put(batch)
      for (const name of [table, `${table}_changes`]) await server.admin.query(`vacuum ${server.schema}.${name}`)
    }
    await rewrite()
    const before = await sizes()
    for (let round = 0; round < 8; round++) await rewrite()
    expect(await sizes()).toBeLessThan(1.5 * before)
    for (const { xmin, state } of await sessions(application)) expect([xmin, state]).toEqual([null, 'idle'])
  }, 60_000)

  it('leaves a record that is written again on its page, where its tags are the same', async () => {
    const { store, table } = await listening('pages')
    await store.put(records(400))
    const page = async (id: string) => {
      const { rows } = await server.admin.query(
        `select (ctid::text::point)[0] as page from ${server.schema}.${table} where id = $1`,
        [id],
      )
      return rows[0].page as number
    }
    const before = await page('image-000005')
    await store.put([record('image-000005', { metadata: { title: 'Hill' } })])
    expect(await page('image-000005')).toBe(before)
  })
})
