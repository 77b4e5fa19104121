import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { createMemoryStore, createRecommender, type Metric } from '@image-recommender/core'
import { sampleRecord } from '@image-recommender/core/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { createPgvectorIndex, type PgvectorIndexOptions } from '../../src/index.ts'
import { describeWithServer, serverForSuite } from '../databases.ts'
import { describeEachPgvector } from './databases.ts'

const entry = (id: string, ...values: number[]) => ({ id, vector: Float32Array.from(values), tags: [] })

describe('options', () => {
  const client = { query: async () => ({ rows: [] }) }

  it.each<[Record<string, unknown>, RegExp]>([
    [{ dimensions: 0 }, /`dimensions` is 0: a whole number above 0/],
    [{ dimensions: 2.5 }, /`dimensions` is 2.5/],
    [{ dimensions: 2001 }, /`dimensions` is 2001.*at most 2000 values.*set `halfvec: true`/],
    [{ dimensions: 4001 }, /`dimensions` is 4001.*take createPostgresIndex/],
    [{ dimensions: 4001, halfvec: true }, /`dimensions` is 4001.*take createPostgresIndex/],
    [{ dimensions: 3, metric: 'manhattan' }, /`metric` is "manhattan"/],
    [{ dimensions: 3, halfvec: 1 }, /`halfvec` is 1: true or false/],
    [{ dimensions: 3, m: 1 }, /`m` is 1: a whole number from 2 to 100/],
    [{ dimensions: 3, m: 40, efConstruction: 79 }, /`efConstruction` is 79.*twice `m`, which is 40/],
    [{ dimensions: 3, efSearch: 1001 }, /`efSearch` is 1001: a whole number from 1 to 1000/],
    [{ dimensions: 3, scanUpTo: -1 }, /`scanUpTo` is -1/],
    [{ dimensions: 3, table: 'x; drop' }, /`table` is "x; drop"/],
    [{ dimensions: 3, tabel: 'x' }, /tabel/],
    [{}, /`dimensions`/],
  ])('are checked: %j', async (options, message) => {
    await expect(createPgvectorIndex({ client, ...options } as unknown as PgvectorIndexOptions)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    })
  })
})

describe('a PGlite', () => {
  let client: PGlite
  beforeAll(async () => {
    client = await PGlite.create({ extensions: { vector } })
  }, 120_000)

  it('without the extension says which SQL brings it; with it, all is well; an old one is refused', async () => {
    const create = () => createPgvectorIndex({ client, dimensions: 3 })
    await expect(create()).rejects.toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringContaining('Run the SQL `create extension vector`'),
    })
    await client.exec('create extension vector')
    await (await create()).close()

    const { rows } = await client.query<{ extversion: string }>(
      "select extversion from pg_extension where extname = 'vector'",
    )
    for (const old of ['0.6.2', '0.5']) {
      await client.query("update pg_extension set extversion = $1 where extname = 'vector'", [old])
      await expect(create()).rejects.toMatchObject({
        code: 'INDEX_FAILED',
        message: expect.stringMatching(new RegExp(`pgvector ${old}; 0.7 is the oldest.*alter extension vector update`)),
      })
    }
    await client.query("update pg_extension set extversion = $1 where extname = 'vector'", [rows[0]!.extversion])
    await client.close()
    const closed = createPgvectorIndex({ client, dimensions: 3 })
    await expect(closed).rejects.toMatchObject({ code: 'INDEX_FAILED' })
  }, 60_000)

  it('that was made without pgvector says how to bring that', async () => {
    const bare = await PGlite.create()
    await expect(createPgvectorIndex({ client: bare, dimensions: 3 })).rejects.toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringMatching(/Install pgvector.*@electric-sql\/pglite-pgvector.*`create extension vector`/),
    })
    await bare.close()
  }, 60_000)
})

describeWithServer('a server', () => {
  const server = serverForSuite()

  it('without the extension says which SQL brings it', async () => {
    const name = `${server.schema}_bare`
    await server.admin.query(`create database ${name}`)
    const address = new URL(process.env.TEST_POSTGRES_URL!)
    address.pathname = `/${name}`
    const client = server.pool({ connectionString: address.href })
    await expect(createPgvectorIndex({ client, dimensions: 3 })).rejects.toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringContaining('Run the SQL `create extension vector`'),
    })
    expect(client.listenerCount('error')).toBe(0)
    await client.end()
    server.forget(client)
    await server.admin.query(`drop database ${name}`)
  }, 30_000)
})

describeEachPgvector((open) => {
  const create = async (options: { metric?: Metric; halfvec?: boolean; dimensions?: number } = {}) => {
    const { client, table, query } = await open()
    const index = await createPgvectorIndex({ client, table, dimensions: 2, ...options })
    return { client, table, query, index }
  }

  it('finds what was there when it is created again, by several at once', async () => {
    const { client, table } = await open()
    const indexes = await Promise.all([1, 2, 3, 4].map(() => createPgvectorIndex({ client, table, dimensions: 2 })))
    await Promise.all(indexes.map((index, at) => index.write({ put: [entry(`${at}`, 1, at)] })))
    await indexes[0]!.write({ put: [] }, { from: undefined, to: 'position' })
    for (const index of indexes) {
      expect((await index.counts()).total).toBe(4)
      expect(await index.position()).toBe('position')
      await index.close()
    }
  })

  it.each([
    [{ dimensions: 3 }, '2 dimensions and cosine distances, not for 3 dimensions'],
    [{ metric: 'euclidean' as const }, 'not for 2 dimensions and euclidean distances'],
    [{ halfvec: true }, 'not for 2 dimensions and cosine distances as halfvec'],
  ])('refuses an index of another shape, and leaves it alone: %j', async (other, message) => {
    const { client, table, index } = await create()
    await index.write({ put: [entry('a', 1, 0)] })
    await expect(createPgvectorIndex({ client, table, dimensions: 2, ...other })).rejects.toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringContaining(message),
    })
    expect((await index.counts()).total).toBe(1)
    await index.close()
  })

  it('refuses an index of a newer version', async () => {
    const { client, table, query, index } = await create()
    await index.close()
    await query(`update image_recommender.${table}_state set format = 99`)
    await expect(createPgvectorIndex({ client, table, dimensions: 2 })).rejects.toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringMatching(/format 99.*newer.*Update the package/s),
    })
  })

  it('refuses to take over a table that is not its own, and leaves nothing half made', async () => {
    const { client, table, query } = await open()
    await query('create schema if not exists image_recommender')
    await query(`create table image_recommender.${table}_vectors (id integer)`)
    await expect(createPgvectorIndex({ client, table, dimensions: 2 })).rejects.toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringContaining('choose another `schema` or `table`'),
    })
    const [made] = await query('select to_regclass($1) as made', [`image_recommender.${table}_state`])
    expect(made).toEqual({ made: null })
  })

  it('writes nothing of a call that fails, its position included', async () => {
    const { index } = await create({ halfvec: true })
    await index.write({ put: [entry('a', 1, 0)] }, { from: undefined, to: 'before' })
    const many = Array.from({ length: 300 }, (_, at) => entry(`b-${at}`, 1, at === 299 ? 1e6 : at))
    await expect(index.write({ put: many }, { from: 'before', to: 'behind' })).rejects.toMatchObject({
      code: 'INDEX_FAILED',
    })
    expect((await index.counts()).total).toBe(1)
    expect(await index.position()).toBe('before')
    await index.close()
  })

  it('refuses the vectors of another extractor, and says so', async () => {
    const { index } = await create()
    await index.write({ put: [entry('a', 1, 0)] })
    await expect(index.write({ put: [entry('a', 0, 1), entry('b', 1, 0, 0)] })).rejects.toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringMatching(/another number of values.*`table`/),
    })
    expect(await index.search({ vector: Float32Array.of(1, 0), limit: 5 })).toMatchObject([{ id: 'a', distance: 0 }])
    await index.close()
  })

  it('leaves alone what is put again as it was', async () => {
    const { table, query, index } = await create()
    const versions = () => query(`select id, xmin::text from image_recommender.${table}_vectors order by id`)
    await index.write({
      put: [
        { ...entry('a', 1, 0), tags: ['x'] },
        { ...entry('b', 1, -0), tags: ['x'] },
      ],
    })
    const before = await versions()
    await index.write({
      put: [
        { ...entry('a', 1, 0), tags: ['x'] },
        { ...entry('b', 1, 0), tags: ['x'] },
      ],
    })
    const [a, b] = await versions()
    expect(a).toEqual(before[0])
    // As bytes 0 and -0 are two.
    expect(b).not.toEqual(before[1])
    await index.write({ put: [{ ...entry('a', 1, 0), tags: ['x', 'y'] }] })
    expect((await versions())[0]).not.toEqual(before[0])
    await index.close()
  })

  it('refuses every call after closing, and leaves the client open', async () => {
    const { query, index } = await create()
    await index.write({ put: [entry('a', 1, 0)] })
    await index.close()
    await index.close()
    for (const call of [
      () => index.write({ put: [entry('b', 1, 0)] }),
      () => index.write({ delete: ['a'] }),
      () => index.position(),
      () => index.search({ vector: Float32Array.of(1, 0), limit: 1 }),
      () => index.counts(),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'CLOSED' })
    }
    expect(await query('select 1 as one')).toEqual([{ one: 1 }])
  })

  it('follows a store, and recommends by embeddings', async () => {
    const { index } = await create({ dimensions: 3 })
    const space = { id: 'an-embedding', axes: ['x', 'y', 'z'], threshold: null }
    const image = (id: string, ...values: number[]) =>
      sampleRecord(id, { spaceId: space.id, objects: [], vector: Float32Array.from(values) })
    await using recommender = await createRecommender({ extractor: space, store: createMemoryStore(), index })
    await recommender.put([
      image('a', 0.5, -0.2, 0.9),
      image('b', 0.5, -0.25, 0.9),
      image('c', -0.5, 0.2, -0.9),
      image('d', 0.1, 0.9, 0),
    ])
    const { items } = await recommender.similarTo('a')
    expect(items.map(({ id }) => id)).toEqual(['b', 'd', 'c'])
    await recommender.remove('b')
    expect((await recommender.similarTo('a')).items.map(({ id }) => id)).toEqual(['d', 'c'])
  })
})
