import { RecommenderError } from '@image-recommender/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPgvectorIndex, createPostgresIndex, createPostgresStore, readOriginalImages } from '../src/index.ts'
import { describeWithServer, pgliteForSuite, serverForSuite } from './databases.ts'
import { idsOf, record, soFar } from './records.ts'

/** What a name may be made of so that it ends a statement, a name or a text, or is cut, folded or taken for another. */
const pieces = [
  ...['"', "'", ';', '--', '/*', '*/', '\\', '$$', '$1', '%', '`', '(', ')', ' ', '\t', '\n', '\r', '\u0000', '.', ','],
  ...[
    'drop table images',
    'x"; drop schema public cascade; --',
    "' or 1=1",
    'U&"\\0022"',
    "E'\\'",
    '::regclass',
    '"."',
  ],
  ...['images', 'a', 'A', 'Images', '1', '-', '{}', '../', 'ä', 'ı', 'K', 'а', '\u202e', '\ufeff', '😀', '\ud800'],
  ...['x'.repeat(49), 'x'.repeat(64), '_'.repeat(63), 'pg_catalog.pg_class', 'public.images', '__proto__.x'],
]
const allowed = /^[a-z_][a-z0-9_]{0,47}$/
const hostileNames = fc.sample(
  fc
    .oneof(
      fc.constantFrom(...pieces),
      fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }).map((some) => some.join('')),
      fc.string({ unit: 'binary', maxLength: 60 }),
    )
    .filter((name) => !allowed.test(name)),
  { numRuns: 1000, seed: 1 },
)

describe('names', () => {
  const distinct = [...new Set(hostileNames)]

  it(`of which ${distinct.length} are hostile are refused before anything is asked of the database`, async () => {
    expect(distinct.length).toBeGreaterThan(500)
    const asked: string[] = []
    const client = {
      query: async (sql: string) => {
        asked.push(sql)
        return { rows: [] }
      },
    }
    const creates = [
      (options: object) => createPostgresStore({ client, ...options }),
      (options: object) => createPostgresIndex({ client, dimensions: 3, ...options }),
      (options: object) => createPgvectorIndex({ client, dimensions: 3, ...options }),
      async (options: object) => readOriginalImages({ client, ...options }),
    ]
    for (const name of distinct) {
      for (const option of ['schema', 'table']) {
        for (const create of creates) {
          const error = await create({ [option]: name }).catch((error: unknown) => error)
          if (!RecommenderError.is(error, 'INVALID_ARGUMENT')) expect.fail(`${JSON.stringify(name)} was taken`)
          expect(error.message).toContain(`\`${option}\``)
        }
      }
    }
    expect(asked).toEqual([])
  }, 60_000)
})

/** Words of SQL are names like any others: everywhere they are quoted. */
const words = ['select', 'table', 'user', 'all', 'primary', 'order', 'null', 'true', 'current_user', 'group', 'analyze']

describe('PGlite', () => {
  const pglite = pgliteForSuite()
  it.each(words.slice(0, 3))('takes %s for a schema and a table', (word) => worksAs(pglite.client, word, word))
})

describeWithServer('a server', () => {
  const server = serverForSuite()

  it('takes every word that its SQL reserves for a table', async () => {
    const client = server.pool()
    const { rows } = await server.admin.query(`select word from pg_get_keywords() where catcode in ('R', 'T')`)
    const reserved = rows.map(({ word }) => word as string).filter((word) => allowed.test(word))
    expect(reserved.length).toBeGreaterThan(80)
    for (const word of reserved) await worksAs(client, server.schema, word)
  }, 120_000)

  it.each(['pg_x', 'pg_temp', 'pg_catalog'])('keeps %s for itself, and says so', async (schema) => {
    await expect(createPostgresStore({ client: server.pool(), schema })).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })
})

async function worksAs(client: Parameters<typeof createPostgresStore>[0]['client'], schema: string, table: string) {
  const store = await createPostgresStore({ client, schema, table })
  await store.put([record('a'), record('b')])
  await store.delete(['b'])
  expect(idsOf(await soFar(store))).toEqual(['a', 'b'])
  expect(await store.count()).toBe(1)
  await store.close()
}
