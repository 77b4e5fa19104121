import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { createPostgresStore } from '../src/index.ts'
import { describeEachClient, describeOneClient } from './databases.ts'
import { idsOf, record, records, soFar } from './records.ts'

const describeClients = inFull ? describeEachClient : describeOneClient

describeClients((open) => {
  it('finds what was there when it is created again', async () => {
    const options = await open()
    const first = await createPostgresStore(options)
    await first.put(records(3))
    await first.close()
    const second = await createPostgresStore(options)
    expect(await second.count()).toBe(3)
    await second.close()
  })

  it('brings tables of version 1 up, with all that is in them', async () => {
    const { client, schema = 'image_recommender', table } = await open()
    await client.query(`create schema if not exists ${schema}`)
    const script = await readFile(new URL('./fixtures/version-1.sql', import.meta.url), 'utf8')
    for (const statement of script.split(';\n'))
      await client.query(statement.replaceAll('SCHEMA', schema).replaceAll('TABLE', table))

    const stores = await Promise.all([1, 2, 3].map(() => createPostgresStore({ client, schema, table })))
    const [store] = stores
    const full = record('full', { embedding: null })
    const bare = {
      objects: [],
      vector: new Float32Array(81),
      appearance: null,
      contentHash: null,
      embedding: null,
      tags: [],
      metadata: {},
    }
    const odd = {
      embedding: null,
      vector: Float32Array.of(-0, 1e-45, 0, -1.5),
      tags: ['\u0000', '\u0001', 'NULL', '', '{"a"}', '\\"', '😀'],
      metadata: { 'a\u0000b': '\u0000 "\\' },
    }
    const found = await store!.get(['bare', 'full', 'odd', 'gone'])
    expect(found).toEqual([record('bare', bare), full, record('odd', odd), undefined])
    expect(idsOf(await soFar(store!))).toEqual(['bare', 'full', 'odd', 'gone'])

    await store!.put([record('full', { tags: ['again'] }), record('gone')])
    await store!.delete(['bare'])
    expect(idsOf(await soFar(store!))).toEqual(['odd', 'full', 'gone', 'bare'])
    const { rows } = await client.query(`select version from ${schema}.${table}_version order by version`)
    expect(rows).toEqual([{ version: 1 }, { version: 2 }])
    for (const each of stores) await each.close()
  })

  it('refuses tables of a newer version, and leaves them alone', async () => {
    const { client, schema = 'image_recommender', table } = await open()
    const store = await createPostgresStore({ client, schema, table })
    await store.put([record('a')])
    await store.close()
    await client.query(`insert into ${schema}.${table}_version (version) values (99)`)
    await expect(createPostgresStore({ client, schema, table })).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/version 99.*newer.*Update the package/s),
    })
    const { rows } = await client.query(`select id from ${schema}.${table}`)
    expect(rows).toEqual([{ id: 'a' }])
  })

  it('refuses to take over a table that is not its own', async () => {
    const { client, schema = 'image_recommender', table } = await open()
    await client.query(`create schema if not exists ${schema}`)
    await client.query(`create table ${schema}.${table} (id integer)`)
    await expect(createPostgresStore({ client, schema, table })).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('choose another `schema` or `table`'),
    })
    // Nothing half made is left behind.
    const { rows } = await client.query('select to_regclass($1) as made', [`${schema}.${table}_version`])
    expect(rows).toEqual([{ made: null }])
  })

  it.each(['version text', 'name text', 'version timestamptz'])(
    'refuses to take over the versions of something else (%s), and leaves them alone',
    async (column) => {
      const { client, schema = 'image_recommender', table } = await open()
      await client.query(`create schema if not exists ${schema}`)
      const value = column.endsWith('tz') ? 'now()' : "'1.2.3'"
      await client.query(`create table ${schema}.${table}_version (${column})`)
      await client.query(`insert into ${schema}.${table}_version values (${value})`)
      await expect(createPostgresStore({ client, schema, table })).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringContaining('choose another `schema` or `table`'),
      })
      const { rows } = await client.query('select to_regclass($1) as made', [`${schema}.${table}`])
      expect(rows).toEqual([{ made: null }])
    },
  )

  it('has names of the greatest length without meeting a neighbour', async () => {
    const { client, schema } = await open()
    const long = 'x'.repeat(47)
    for (const end of ['a', 'b']) {
      const store = await createPostgresStore({ client, table: long + end, ...(schema && { schema }) })
      await store.put([record(end)])
      expect(idsOf(await soFar(store))).toEqual([end])
      await store.close()
    }
  })

  it('gives the changes of a restored dump although the server has not reached their numbers', async () => {
    const { client, schema = 'image_recommender', table } = await open()
    const store = await createPostgresStore({ client, schema, table })
    await store.put([record('b')])
    await store.put([record('a')])
    await store.close()
    await client.query(`update ${schema}.${table}_changes set xid = '4000000000000'`)
    const restored = await createPostgresStore({ client, schema, table })
    expect(idsOf(await soFar(restored))).toEqual(['b', 'a'])
    await restored.put([record('c')])
    const [, last] = await soFar(restored)
    expect(idsOf(await soFar(restored, last!.position))).toEqual(['c'])
    await restored.close()
  })
})

describe('PGlite in a folder', () => {
  it('keeps records and feed when it is closed and opened again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-postgres-'))
    try {
      const before = await PGlite.create(folder)
      const first = await createPostgresStore({ client: before })
      await first.put(records(5))
      await first.delete(['image-000003'])
      const position = (await soFar(first)).at(-1)!.position
      await first.close()
      await before.close()

      const after = await PGlite.create(folder)
      const second = await createPostgresStore({ client: after })
      expect(await second.get(['image-000000', 'image-000003'])).toEqual([record('image-000000'), undefined])
      expect(await second.count()).toBe(4)
      expect(await soFar(second, position)).toEqual([])
      await second.put([record('new')])
      expect(idsOf(await soFar(second, position))).toEqual(['new'])
      await second.close()
      await after.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 180_000)
})
