import type { ImageStore } from '@image-recommender/core'
import type pg from 'pg'
import { afterEach, expect, it } from 'vitest'
import { createPostgresStore } from '../src/index.ts'
import { putStatement, RecordColumns } from '../src/records/record-columns.ts'
import { tablesOf } from '../src/store/tables.ts'
import { describeWithServer, serverForSuite } from './databases.ts'
import { idsOf, record, soFar, turn } from './records.ts'

describeWithServer('a transaction that commits late', () => {
  const server = serverForSuite()
  const stores: ImageStore[] = []
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })

  async function open(pollInterval = 20) {
    const table = server.freshTable()
    const options = { client: server.pool(), schema: server.schema, table, pollInterval }
    const store = await createPostgresStore(options)
    stores.push(store)
    return { store, table }
  }

  async function beginAndWrite(connection: pg.Client, table: string, id: string) {
    await connection.query('begin')
    const columns = new RecordColumns()
    columns.add(record(id))
    await connection.query(putStatement(tablesOf(server.schema, table)), columns.parameters())
  }

  it('is not lost to a reader that has seen later ones', async () => {
    const { store, table } = await open()
    const slow = await server.client()
    await beginAndWrite(slow, table, 'slow')
    await store.put([record('fast')])

    const stop = new AbortController()
    const seen: string[] = []
    let empties = 0
    const reader = (async () => {
      for await (const batch of store.changes({ signal: stop.signal })) {
        seen.push(...batch.map(({ id }) => id))
        if (batch.length === 0) empties++
      }
    })()
    // It waits a moment for the slow one, and then says that this was all for now: nobody waits for ever.
    while (empties === 0) await turn(20)
    expect(seen).toEqual([])
    await slow.query('commit')
    while (seen.length < 2) await turn(20)
    stop.abort()
    await reader
    expect(seen).toEqual(['slow', 'fast'])
  }, 20_000)

  it('is not lost to a reader that comes back with a position', async () => {
    const { store, table } = await open()
    await store.put([record('first')])
    const position = (await soFar(store)).at(-1)!.position
    const slow = await server.client()
    await beginAndWrite(slow, table, 'slow')
    await store.put([record('fast')])
    const between = await soFar(store, position)
    await slow.query('commit')
    const behind = await soFar(store, between.at(-1)?.position ?? position)
    expect(idsOf([...between, ...behind]).sort()).toEqual(['fast', 'slow'])
  }, 20_000)

  it('delays what was written meanwhile no longer than it lasts', async () => {
    // The poll would come after an hour.
    const { store, table } = await open(3_600_000)
    const slow = await server.client()
    await beginAndWrite(slow, table, 'slow')
    await store.put([record('fast')])
    setTimeout(() => void slow.query('commit'), 150)
    expect(idsOf(await soFar(store))).toEqual(['slow', 'fast'])
  }, 20_000)

  it('is not lost when it is rolled back either', async () => {
    const { store, table } = await open()
    const slow = await server.client()
    await beginAndWrite(slow, table, 'slow')
    await store.put([record('fast')])
    await slow.query('rollback')
    expect(idsOf(await soFar(store))).toEqual(['fast'])
  }, 20_000)

  it('loses nothing under many writers, one of them deleting, and a reader that starts over and over', async () => {
    const { store } = await open()
    let writing = true
    const writers = Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let round = 0; round < 40; round++) {
          if (writer === 3) await store.delete([`0-${round}`, `1-${round - 5}`])
          else await store.put([record(`${writer}-${round}`), record('shared', { tags: [`${writer}-${round}`] })])
        }
      }),
    ).finally(() => {
      writing = false
    })
    const mirror = new Map<string, readonly string[]>()
    let position: string | undefined
    const follow = async () => {
      for (const change of await soFar(store, position)) {
        const [now] = await store.get([change.id])
        if (now) mirror.set(change.id, now.tags)
        else mirror.delete(change.id)
        position = change.position
      }
    }
    while (writing) await follow()
    await writers
    await follow()
    const stored = new Map<string, readonly string[]>()
    for await (const { id, tags } of store.scan()) stored.set(id, tags)
    expect(new Map([...mirror].sort())).toEqual(new Map([...stored].sort()))
  }, 60_000)
})
