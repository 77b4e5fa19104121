import type { Metric } from '@image-recommender/core'
import { imageStoreContract, similarityIndexContract } from '@image-recommender/core/testing'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { createPgvectorIndex, createPostgresIndex, createPostgresStore } from '../src/index.ts'
import { describeWithServer, serverForSuite } from './databases.ts'
import { databaseForSuite, describeWithPgvector } from './pgvector/databases.ts'

/** Settings that applications, roles and databases have, and that change what is read, written or meant. */
const oddities: Record<string, pg.PoolConfig> = {
  // As `pg.types.setTypeParser` for every type but text: numbers as BigInt, times as something of theirs, bytes as hex.
  'that reads types in its own way': {
    types: {
      getTypeParser: (oid: number) => (text: string) => (oid === pg.types.builtins.TEXT ? text : { oid, text }),
    } as never,
  },
  'on a server that writes and takes values in its older ways': {
    options: [
      'bytea_output=escape',
      'extra_float_digits=0',
      'standard_conforming_strings=off',
      'array_nulls=off',
      'quote_all_identifiers=on',
      'default_transaction_isolation=serializable',
      'default_transaction_deferrable=on',
      'enable_seqscan=off',
    ]
      .map((setting) => `-c ${setting}`)
      .join(' '),
  },
}

for (const [name, config] of Object.entries(oddities)) {
  describeWithServer(`a client ${name}`, () => {
    const server = serverForSuite()
    let client: pg.Pool | undefined
    const open = () => {
      client ??= server.pool(config)
      return { client, schema: server.schema, table: server.freshTable() }
    }
    imageStoreContract({
      describe,
      it: (name, test) => it(name, test, 60_000),
      create: () => createPostgresStore(open()),
    })
  })
  describeWithServer(`a client ${name}, with an exact index`, () => {
    const server = serverForSuite()
    let client: pg.Pool | undefined
    const options = (shape: { dimensions: number; metric: Metric }) => {
      client ??= server.pool(config)
      return { client, schema: server.schema, table: server.freshTable(), ...shape }
    }
    similarityIndexContract({
      describe,
      it: (name, test) => it(name, test, 60_000),
      create: (shape) => createPostgresIndex(options(shape)),
      async createPair(shape) {
        const shared = options(shape)
        return [await createPostgresIndex(shared), await createPostgresIndex(shared)]
      },
    })
  })
  describeWithPgvector(`a client ${name}, with pgvector`, () => {
    const open = databaseForSuite({}, config)
    it('keeps vectors, finds them again, and turns pages of what is equally far', async () => {
      const { client, table } = await open()
      const options = { client, table, dimensions: 2, metric: 'euclidean' as const }
      await (await createPgvectorIndex(options)).close()
      const index = await createPgvectorIndex(options)
      const ids = Array.from({ length: 300 }, (_, at) => `image-${String(at).padStart(3, '0')}`)
      await index.write({ put: ids.map((id) => ({ id, vector: Float32Array.of(0, 1), tags: ['a "b"', 'NULL'] })) })
      const where = { tags: { all: ['NULL'] }, axes: { all: [{ axis: 1, atLeast: 1 }] } }
      const after = { distance: Math.SQRT2, id: ids[200]! }
      const matches = await index.search({ vector: Float32Array.of(1, 0), limit: 5, where, after })
      expect(matches.map(({ id }) => id)).toEqual(ids.slice(201, 206))
      expect(await index.counts(where)).toEqual({ total: 300, perAxis: Uint32Array.of(0, 300) })
      await expect(createPgvectorIndex({ ...options, dimensions: 3 })).rejects.toMatchObject({ code: 'INDEX_FAILED' })
      await index.close()
    }, 60_000)
  })
}
