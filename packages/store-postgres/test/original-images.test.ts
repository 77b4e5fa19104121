import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { COCO_AXES, createMemoryStore, createRecommender, type ImageRecord } from '@image-recommender/core'
import { createExactIndex } from '@image-recommender/core/exact-index'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { ORIGINAL_SPACE, type PostgresClient, readOriginalImages } from '../src/index.ts'
import { describeEachClient, describeOneClient } from './databases.ts'

/** The vectors that the original shipped, where somebody has them: rows of 81 float32 values, and their names. */
const folder =
  process.env.COCO_VECTORS ?? resolve(import.meta.dirname, '../../../../shared/data/coco-val2017-mask-rcnn')
const missing = !existsSync(`${folder}/vectors.f32`)

/** The table as the original's SQLAlchemy creates it. */
async function createOriginal(client: PostgresClient, schema: string, table: string): Promise<string> {
  await client.query(`create schema if not exists ${schema}`)
  const name = `${schema}.${table}`
  await client.query(
    `CREATE TABLE ${name} (id SERIAL NOT NULL, name VARCHAR, feature_vector FLOAT[], PRIMARY KEY (id))`,
  )
  return name
}

const values = (scores: Record<string, number>) => COCO_AXES.map((axis) => scores[axis] ?? 0)
const literal = (numbers: readonly (number | null)[]) => `{${numbers.map((value) => value ?? 'NULL').join(',')}}`

async function insert(
  client: PostgresClient,
  name: string,
  rows: readonly (readonly [string | null, string | null])[],
) {
  for (const row of rows) await client.query(`INSERT INTO ${name} (name, feature_vector) VALUES ($1, $2)`, [...row])
}

async function all(records: AsyncIterable<ImageRecord>): Promise<ImageRecord[]> {
  const read: ImageRecord[] = []
  for await (const record of records) read.push(record)
  return read
}

const describeClients = inFull ? describeEachClient : describeOneClient

describeClients((open) => {
  const original = async () => {
    const { client, schema = 'originals', table } = await open()
    return { client, schema, table, name: await createOriginal(client, schema, table) }
  }

  it('reads rows in the order of their ids, each as a record of what the original found', async () => {
    const { client, schema, table, name } = await original()
    const beach = values({ person: 0.9985830187797546, surfboard: 0.7000232934951782 })
    await insert(client, name, [
      ['beach.jpg', literal(beach)],
      ['empty.jpg', literal(values({}))],
      ['it\'s 100%\\ "odd" 😀.jpg', literal(values({ toothbrush: 1, person: 0.75 }))],
    ])
    const [first, second, third, ...others] = await all(readOriginalImages({ client, schema, table }))
    expect(first).toEqual({
      id: 'beach.jpg',
      spaceId: ORIGINAL_SPACE.id,
      objects: [
        { axis: 1, score: Math.fround(0.9985830187797546), box: null, color: null },
        { axis: 38, score: Math.fround(0.7000232934951782), box: null, color: null },
      ],
      vector: Float32Array.from(beach),
      width: 1,
      height: 1,
      appearance: null,
      embedding: null,
      tags: [],
      metadata: {},
      contentHash: null,
    })
    expect(second).toMatchObject({ id: 'empty.jpg', objects: [], vector: new Float32Array(81) })
    expect(third).toMatchObject({
      id: 'it\'s 100%\\ "odd" 😀.jpg',
      objects: [
        { axis: 80, score: 1 },
        { axis: 1, score: 0.75 },
      ],
    })
    expect(others).toEqual([])
  })

  it('goes into a recommender in one line, the last of rows with one name', async () => {
    const { client, schema, table, name } = await original()
    await insert(client, name, [
      ['a', literal(values({ dog: 0.9, person: 0.8 }))],
      ['b', literal(values({ dog: 0.9 }))],
      ['c', literal(values({ cat: 0.9 }))],
      ['b', literal(values({ dog: 0.9, person: 0.8 }))],
    ])
    await using recommender = await createRecommender({
      extractor: ORIGINAL_SPACE,
      store: createMemoryStore(),
      index: createExactIndex({ dimensions: 81, metric: 'euclidean' }),
      ranking: { by: 'distance' },
    })
    await recommender.put(readOriginalImages({ client, schema, table }))
    expect(await recommender.count()).toBe(3)
    const { items } = await recommender.similarTo('a')
    expect(items.map(({ id, distance }) => [id, Math.round(distance * 100) / 100])).toEqual([
      ['b', 0],
      ['c', 1.5],
    ])
  })

  it('comes to its end at, before and behind the size of a page, and passes over ids that are missing', async () => {
    for (const count of [499, 500, 501, 1000]) {
      const { client, schema, table, name } = await original()
      await client.query(
        `INSERT INTO ${name} (id, name, feature_vector)
        SELECT 3 * n - 1500, 'image ' || n, array_fill(0, array[81]) FROM generate_series(1, ${count}) AS n`,
      )
      const names = (await all(readOriginalImages({ client, schema, table }))).map(({ id }) => id)
      expect(names).toEqual(Array.from({ length: count }, (_, at) => `image ${at + 1}`))
    }
  })

  it('reads real[] as well as float[]', async () => {
    const { client, schema, table, name } = await original()
    await client.query(`ALTER TABLE ${name} ALTER feature_vector TYPE real[]`)
    await insert(client, name, [['a', literal(values({ cat: 0.7 }))]])
    const [record] = await all(readOriginalImages({ client, schema, table }))
    expect(record!.objects).toEqual([{ axis: 16, score: Math.fround(0.7), box: null, color: null }])
    expect(record!.vector[16]).toBe(Math.fround(0.7))
  })

  const bad: [string, string | null, string | null, RegExp][] = [
    ['no name', null, literal(values({})), /`name` is NULL/],
    ['an empty name', '', literal(values({})), /`name` has 0 bytes/],
    ['a long name', 'ä'.repeat(300), literal(values({})), /`name` has 600 bytes/],
    ['no vector', 'x', null, /`feature_vector` is NULL/],
    ['an empty vector', 'x', '{}', /`feature_vector` has 0 values, not 81/],
    ['80 values', 'x', literal(values({}).slice(1)), /`feature_vector` has 80 values, not 81/],
    ['two dimensions', 'x', `{${literal(values({}))},${literal(values({}))}}`, /has 2 dimensions/],
    ['NULL', 'x', `{NULL${',0'.repeat(80)}}`, /`feature_vector\[1\]` \(BG\) is NULL/],
    ['NaN', 'x', literal(values({ car: Number.NaN })), /`feature_vector\[4\]` \(car\) is NaN/],
    ['infinity', 'x', `{${'0,'.repeat(80)}Infinity}`, /\(toothbrush\) is Infinity/],
    ['a negative value', 'x', literal(values({ car: -0.1 })), /\(car\) is -0.1/],
    ['a count instead of a score', 'x', literal(values({ person: 3 })), /\(person\) is 3, and no score from 0 to 1/],
    ['a background', 'x', literal(values({ BG: 0.9 })), /\(BG\) is 0.9, and the background is always 0/],
  ]
  it.each(bad)('names the row with %s', async (_, rowName, vector, message) => {
    const { client, schema, table, name } = await original()
    await insert(client, name, [
      ['good', literal(values({ cat: 0.9 }))],
      [rowName, vector],
    ])
    const read: string[] = []
    const reading = (async () => {
      for await (const { id } of readOriginalImages({ client, schema, table })) read.push(id)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) })
    await expect(reading).rejects.toMatchObject({ message: expect.stringContaining(`"${table}" with id 2 `) })
    expect(read).toEqual(['good'])
  })

  it.each([
    ['id text primary key, name text, feature_vector float[]', /`id` of .* is text/],
    ['id integer, name text, feature_vector float[]', /`id` of .* is no primary key/],
    ['id integer, n integer, name text, feature_vector float[], primary key (id, n)', /no primary key/],
    ['id serial primary key, name integer, feature_vector float[]', /`name` of .* is integer/],
    ['id serial primary key, name text, feature_vector float', /`feature_vector` of .* is double precision;/],
    ['id serial primary key, name text, feature_vector numeric[]', /`feature_vector` of .* is numeric\[\]/],
    ['id serial primary key, name text, feture_vector float[]', /has no column `feature_vector`/],
  ])('refuses a table (%s)', async (columns, message) => {
    const { client, schema = 'originals', table } = await open()
    await client.query(`create schema if not exists ${schema}`)
    await client.query(`create table ${schema}.${table} (${columns})`)
    await expect(all(readOriginalImages({ client, schema, table }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    })
  })

  it('says where there is no such table', async () => {
    const { client } = await open()
    await expect(all(readOriginalImages({ client, schema: 'nowhere' }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('there is no table "nowhere"."image"'),
    })
  })

  const where = missing ? ' (not here: COCO_VECTORS names their folder)' : ''
  it.skipIf(missing)(
    `reads all that the original shipped, bit for bit${where}`,
    async () => {
      const { client, schema, table, name } = await original()
      const bytes = readFileSync(`${folder}/vectors.f32`)
      const vectors = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
      const names = readFileSync(`${folder}/names.txt`, 'utf8').trim().split('\n')
      const rows = names.map((_, at) => [...vectors.subarray(81 * at, 81 * (at + 1))])
      for (let at = 0; at < rows.length; at += 100) {
        const some = rows.slice(at, at + 100)
        const places = some.map((_, row) => `($${2 * row + 1}, $${2 * row + 2}::float[])`).join(',')
        const parameters = some.flatMap((row, of) => [names[at + of], literal(row)])
        await client.query(`INSERT INTO ${name} (name, feature_vector) VALUES ${places}`, parameters)
      }
      const read = await all(readOriginalImages({ client, schema, table }))
      expect(read.map(({ id }) => id)).toEqual(names)
      for (const [at, { vector }] of read.entries()) expect([...vector]).toEqual(rows[at])
    },
    120_000,
  )
})

describe('options of readOriginalImages', () => {
  const client = { query: async () => ({ rows: [] }) }

  it.each([
    [{}, /`client`/],
    [{ client, table: 'a b' }, /`table` is "a b"/],
    [{ client, schema: '"x"' }, /`schema` is/],
    [{ client, space: { id: 'x', axes: ['BG', 'dog'], threshold: 0.7 } }, /`space`/],
    [{ client, space: { ...ORIGINAL_SPACE, threshold: null } }, /`space`/],
    [{ client, tabel: 'x' }, /tabel/],
  ])('are checked at once (%#)', (options, message) => {
    expect(() => readOriginalImages(options as never)).toThrow(message)
  })

  it('fail with STORE_FAILED where the server does', async () => {
    const broken = {
      query: async () => {
        throw Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' })
      },
    }
    await expect(all(readOriginalImages({ client: broken }))).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })
})
