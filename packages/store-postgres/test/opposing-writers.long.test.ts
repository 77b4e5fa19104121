import { expect, it } from 'vitest'
import { createPostgresIndex, createPostgresStore } from '../src/index.ts'
import { describeWithServer, serverForSuite } from './databases.ts'
import { records } from './records.ts'

const ROUNDS = 50
const [forward, backward] = [records(1100), records(1100).reverse()]
const orders = [
  forward,
  backward,
  [...forward.slice(500), ...forward.slice(0, 500)],
  [...backward.slice(300), ...backward.slice(0, 300)],
]

describeWithServer('four writers of the same images, each in another order', () => {
  const server = serverForSuite()

  it(`never deadlock, ${ROUNDS} times, and each put is there whole`, async () => {
    const options = { schema: server.schema, table: server.freshTable() }
    const stores = await Promise.all(orders.map(() => createPostgresStore({ ...options, client: server.pool() })))
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        stores.map((store, writer) =>
          store.put(orders[writer]!.map((it) => ({ ...it, tags: [`${round}/${writer}`] }))),
        ),
      )
      const tags = (await stores[round % 4]!.get(forward.map(({ id }) => id))).map((it) => it!.tags[0])
      expect(new Set(tags).size).toBe(1)
      expect(tags[0]).toMatch(new RegExp(`^${round}/`))
    }
    for (const store of stores) await store.close()
  }, 600_000)

  it(`never deadlock in an index, ${ROUNDS} times`, async () => {
    const options = { schema: server.schema, table: server.freshTable(), dimensions: 81 }
    const indexes = await Promise.all(orders.map(() => createPostgresIndex({ ...options, client: server.pool() })))
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        indexes.map((index, writer) =>
          index.write(
            writer === round % 4
              ? { delete: orders[writer]!.map(({ id }) => id) }
              : { put: orders[writer]!.map(({ id, vector }) => ({ id, vector, tags: [`${round}`] })) },
          ),
        ),
      )
    }
    await indexes[0]!.write({ put: forward.map(({ id, vector }) => ({ id, vector, tags: [] })) })
    expect((await indexes[1]!.counts()).total).toBe(forward.length)
    for (const index of indexes) await index.close()
  }, 600_000)
})
