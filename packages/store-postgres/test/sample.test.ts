import { afterAll, beforeAll, expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { createPostgresStore } from '../src/index.ts'
import { sampleRows } from '../src/records/sample.ts'
import { tablesOf } from '../src/store/tables.ts'
import { describeEachClient, describeOneClient } from './databases.ts'
import { records } from './records.ts'

/** As if every table were large: places are probed instead of sorting the table. */
const PROBE = -1

const describeClients = inFull ? describeEachClient : describeOneClient

describeClients((open) => {
  let queries: { query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> }
  let tables: ReturnType<typeof tablesOf>
  let close: () => Promise<void>

  beforeAll(async () => {
    const { client, schema = 'image_recommender', table } = await open()
    tables = tablesOf(schema, table)
    queries = {
      query: async <Row>(sql: string, parameters?: readonly unknown[]) =>
        (await client.query(sql, parameters && [...parameters])).rows as Row[],
    }
    const store = await createPostgresStore({ client, schema, table })
    close = () => store.close()
    await store.put(records(400))
    // Places that nobody lives at any more, and rows that moved.
    await store.put(records(100))
    await store.delete(records(200).map(({ id }) => id))
  }, 120_000)
  afterAll(() => close())

  it('finds rows by probing places, none twice, as many as asked', async () => {
    for (const count of [1, 30, 150, 200, 300]) {
      const ids = (await sampleRows(queries, tables, count, PROBE)).map(({ id }) => id)
      expect(ids).toHaveLength(Math.min(count, 200))
      expect(new Set(ids).size).toBe(ids.length)
    }
  })

  it('makes all rows as likely', async () => {
    const seen = new Map<string, number>()
    for (let draw = 0; draw < 400; draw++) {
      for (const { id } of await sampleRows(queries, tables, 5, PROBE)) seen.set(id, (seen.get(id) ?? 0) + 1)
    }
    // 2000 draws over 200 rows, 10 expected of each. Chi-squared with 199 degrees of freedom exceeds 290 once in 30,000.
    let chiSquared = (200 - seen.size) * 10
    for (const count of seen.values()) chiSquared += (count - 10) ** 2 / 10
    expect(chiSquared).toBeLessThan(290)
  }, 60_000)
})
