import { afterAll, expect, it } from 'vitest'
import { createPostgresStore } from '../src/index.ts'
import { describeWithServer, serverForSuite } from './databases.ts'
import { record, records } from './records.ts'

describeWithServer('several processes', () => {
  const server = serverForSuite()

  it('start at once on an empty database', async () => {
    for (let round = 0; round < 8; round++) {
      const schema = `${server.schema}_${round}`
      const clients = await Promise.all(Array.from({ length: 8 }, () => server.client()))
      try {
        const stores = await Promise.all(clients.map((client) => createPostgresStore({ client, schema })))
        await Promise.all(stores.map((store, at) => store.put([record(`${at}`)])))
        expect(await stores[0]!.count()).toBe(8)
        for (const store of stores) await store.close()
      } finally {
        await server.admin.query(`drop schema if exists ${schema} cascade`)
      }
    }
  }, 60_000)

  it('write and delete the same images in opposite orders without a deadlock', async () => {
    const options = { schema: server.schema, table: server.freshTable() }
    // Also where the server's default is stricter than the store needs, and would have writers fail that had to wait.
    const strict = server.pool({ options: '-c default_transaction_isolation=serializable' })
    const stores = await Promise.all(
      [server.pool(), strict].map((client) => createPostgresStore({ ...options, client })),
    )
    afterAll(() => Promise.all(stores.map((store) => store.close())))
    // More than one statement takes, so that a transaction holds some rows while it comes to others.
    const forward = records(1300)
    const backward = [...forward].reverse()
    const middle = [...forward.slice(600), ...forward.slice(0, 600)]
    for (let round = 0; round < 4; round++) {
      await Promise.all([
        stores[0]!.put(forward),
        stores[1]!.put(backward),
        stores[0]!.put(middle),
        stores[1]!.delete(backward.map(({ id }) => id)),
        stores[0]!.delete(forward.slice(200, 900).map(({ id }) => id)),
        stores[1]!.put(backward.slice(100, 400)),
      ])
    }
    await stores[0]!.put(forward)
    expect(await stores[1]!.count()).toBe(1300)
  }, 120_000)
})
