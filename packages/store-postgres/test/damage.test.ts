import { RecommenderError } from '@image-recommender/core'
import { expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { createPostgresStore } from '../src/index.ts'
import { RecordReader, type RecordRow, selectRecords } from '../src/records/record-rows.ts'
import { describeEachClient, describeOneClient } from './databases.ts'
import { record } from './records.ts'

const describeClients = inFull ? describeEachClient : describeOneClient

describeClients((open) => {
  it('notices every flipped bit of what is packed, and no other ends in anything but a record or an error', async () => {
    const { client, schema = 'image_recommender', table } = await open()
    const store = await createPostgresStore({ client, schema, table })
    const dense = { vector: Float32Array.from({ length: 81 }, (_, axis) => Math.fround(Math.sin(axis))) }
    const bare = { appearance: null, contentHash: null, tags: [], embedding: null }
    await store.put([record('sparse'), record('dense', { ...dense, ...bare })])
    let flips = 0
    for (const id of ['sparse', 'dense']) {
      const { rows } = await client.query(selectRecords(`from ${schema}.${table} where id = $1`), [id])
      const bytes = Buffer.from((rows as RecordRow[])[0]!.record, 'base64')
      const isPacked = new Set(await packed(id))
      const reader = new RecordReader()
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        const error = errorOf(() => reader.read({ id, record: bytes.toString('base64') }))
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        if (error !== undefined || isPacked.has(bit >> 3)) expect(error, `${id}, bit ${bit}`).toBe('STORE_FAILED')
        flips++
      }
      expect(reader.read({ id, record: bytes.toString('base64') })).toEqual((await store.get([id]))[0])

      /** Where in the row the packed bytes are. */
      async function packed(of: string): Promise<number[]> {
        const { rows } = await client.query(
          `select encode(vector, 'hex') as vector, encode(facts, 'hex') as facts from ${schema}.${table} where id = $1`,
          [of],
        )
        return Object.values(rows[0] as Record<string, string>).flatMap((hex) => {
          const from = bytes.indexOf(Buffer.from(hex, 'hex'))
          expect(from).toBeGreaterThan(0)
          return Array.from({ length: hex.length / 2 }, (_, at) => from + at)
        })
      }
    }
    expect(flips).toBeGreaterThan(5000)
    await store.close()
  }, 60_000)

  it('names the record whose tags somebody has made NULL, or a table', async () => {
    const { client, schema = 'image_recommender', table } = await open()
    const store = await createPostgresStore({ client, schema, table })
    await store.put([record('a'), record('b')])
    for (const tags of ["array['x', null, 'y']", "array[['x'], ['y']]"]) {
      await client.query(`update ${schema}.${table} set tags = ${tags} where id = 'b'`)
      await expect(store.get(['a', 'b'])).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(/'b' cannot be read.*Put it again/s),
      })
    }
    await store.put([record('b')])
    expect(await store.get(['b'])).toEqual([record('b')])
    await store.close()
  })
})

function errorOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return RecommenderError.is(error) ? error.code : `no RecommenderError: ${String(error)}`
  }
}
