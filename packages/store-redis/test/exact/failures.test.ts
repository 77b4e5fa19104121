import { RecommenderError, type SimilarityIndex } from '@image-recommender/core'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { indexDirectoryKeysOf, indexKeysOf } from '../../src/exact/index-keys.ts'
import { slotOf } from '../../src/exact/slot.ts'
import { createRedisIndex, type RedisIndexOptions } from '../../src/index.ts'
import { describeWithPrivateServer, PrivateServer } from '../private-server.ts'
import { refusal } from '../refusals.ts'
import { describeBothShapes } from '../servers.ts'
import { closeIndexes, contentOf, entry, open, shape } from './indexes.ts'

closeIndexes()

const some = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, at) => entry(id, { [at]: 0.9, [at + 1]: 0.8 }))
const vector = some[0]!.vector

const calls: readonly ((index: SimilarityIndex) => Promise<unknown>)[] = [
  (index) => index.write({ put: some }),
  (index) => index.write({ delete: ['a'] }),
  (index) => index.write({ put: some }, { from: undefined, to: 'p:1' }),
  (index) => index.position(),
  (index) => index.search({ vector, limit: 3 }),
  (index) => index.counts(),
  (index) => index.counts({ exclude: ['a'] }),
]

describe('options', () => {
  const client = new Redis({ host: '127.0.0.1', port: 1, lazyConnect: true })
  it.each([
    ['client', { client: 'redis://me:secret@host' }],
    ['client', { client: {} }],
    ['dimensions', { client }],
    ['dimensions', { client, dimensions: 0 }],
    ['dimensions', { client, dimensions: 4097 }],
    ['dimensions', { client, dimensions: 1.5 }],
    ['metric', { client, dimensions: 3, metric: 'manhattan' }],
    ['prefix', { client, dimensions: 3, prefix: '{a}' }],
    ['onWarning', { client, dimensions: 3, onWarning: 1 }],
    ['pollInterval', { client, dimensions: 3, pollInterval: 100 }],
  ])('are refused where %s is wrong: %j', async (name, options) => {
    const error = await refusal(createRedisIndex(options as unknown as RedisIndexOptions))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('createRedisIndex') })
    expect(error.message).toContain(name)
    expect(error.message).not.toContain('secret')
  })

  it('are refused where there are none', async () => {
    expect(await refusal(createRedisIndex(undefined as unknown as RedisIndexOptions))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  })
})

describe('slots', () => {
  it('are those of Redis', () => {
    expect(['foo', 'bar', '123456789', ''].map(slotOf)).toEqual([12182, 5061, 12739, 0])
  })

  it('of buckets lie evenly', () => {
    for (const prefix of ['image-recommender', 'a']) {
      const slots = indexKeysOf(prefix, 6).buckets.map(({ state }) => slotOf(/\{(.*)\}/.exec(state)![1]!))
      for (const [bucket, slot] of slots.entries()) expect(Math.floor((slot * 6) / 16_384)).toBe(bucket)
    }
  })
})

describeBothShapes((server) => {
  it('keys of another application are refused, and left alone', async () => {
    const client = server.connect()
    for (const key of ['meta', 'sets', 'log'] as const) {
      const prefix = server.freshPrefix()
      await client.callBuffer('set', indexDirectoryKeysOf(prefix)[key], 'theirs')
      const error = await refusal(open(client, prefix))
      expect(error).toMatchObject({
        code: 'INDEX_FAILED',
        message: expect.stringMatching(/WRONGTYPE.*another `prefix`/s),
      })
      expect(String(await client.callBuffer('get', indexDirectoryKeysOf(prefix)[key]))).toBe('theirs')
    }
  })

  it.each(['state', 'counts', 'dense', 'members', 'places'] as const)(
    'a key of another application among those of a bucket fails a write before anything of its bucket is written: %s',
    async (name) => {
      const client = server.connect()
      const prefix = server.freshPrefix()
      const index = await open(client, prefix)
      await index.write({ put: [some[0]!] })
      const before = await contentOf(index)
      const { buckets } = indexKeysOf(
        prefix,
        Number(await client.callBuffer('hget', indexDirectoryKeysOf(prefix).meta, 'buckets')),
      )
      const taken: (readonly [string | Buffer, unknown])[] = []
      for (const keys of buckets) {
        const names =
          name === 'members'
            ? [Buffer.concat([Buffer.from(keys.members), Buffer.of(1, 2)])]
            : name === 'places'
              ? Array.from({ length: 16_384 / buckets.length }, (_, hash) => `${keys.places}${hash}`)
              : [keys[name]]
        for (const key of names) {
          const kept = await client.callBuffer('dump', key)
          taken.push([key, kept])
          await client.callBuffer('set', key, 'theirs')
        }
      }
      const error = await refusal(
        index.write({ put: [entry('a', { 1: 0.9, 2: 0.8 }), entry('new', { 1: 0.9, 2: 0.7 })] }),
      )
      expect(error).toMatchObject({ code: 'INDEX_FAILED', message: expect.stringMatching(/WRONGTYPE/) })
      for (const [key, kept] of taken) {
        await client.callBuffer('del', key)
        if (kept) await client.callBuffer('restore', key, '0', kept as Buffer)
      }
      expect(await contentOf(index)).toEqual(before)
    },
    60_000,
  )

  it('an index of a newer version, or of another shape, is refused', async () => {
    const client = server.connect()
    const prefix = server.freshPrefix()
    await open(client, prefix)
    const otherShape = {
      code: 'INDEX_FAILED',
      message: expect.stringMatching(/12 dimensions and cosine.*another `prefix`/s),
    }
    expect(await refusal(open(client, prefix, { dimensions: 13 }))).toMatchObject(otherShape)
    expect(await refusal(open(client, prefix, { metric: 'euclidean' }))).toMatchObject(otherShape)
    await client.callBuffer('hset', indexDirectoryKeysOf(prefix).meta, 'format', '2')
    expect(await refusal(open(client, prefix))).toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringMatching(/format 2.*Update the package/s),
    })
  })

  it('a client that was closed gives INDEX_FAILED with advice, and the index can still be closed', async () => {
    const client = server.connect()
    const index = await open(client, server.freshPrefix())
    client.disconnect()
    await new Promise((resolve) => setTimeout(resolve, 20))
    for (const call of calls) {
      expect(await refusal(call(index))).toMatchObject({
        code: 'INDEX_FAILED',
        message: expect.stringMatching(/[Cc]heck that/),
      })
    }
    await index.close()
  })

  it('after closing every call says CLOSED', async () => {
    const index = await open(server.connect(), server.freshPrefix())
    await index.close()
    for (const call of calls) {
      expect(await refusal(call(index))).toMatchObject({
        code: 'CLOSED',
        message: expect.stringContaining('The index'),
      })
    }
  })

  it('scripts that the servers have forgotten are sent again', async () => {
    const client = server.connect()
    const index = await open(client, server.freshPrefix())
    const masters = ('nodes' in client ? client.nodes('master') : [client]) as (typeof client)[]
    for (const call of calls) {
      for (const master of masters) await master.callBuffer('script', 'flush')
      await call(index)
    }
  })
})

describeWithPrivateServer('a server', () => {
  it('that is out of memory refuses what is put and takes what is deleted, and nothing is half written', async () => {
    const server = await PrivateServer.start('--maxmemory-policy', 'noeviction')
    const client = server.client()
    const index = await open(client)
    await index.write({ put: some }, { from: undefined, to: 'p:1' })
    const before = await contentOf(index)
    await client.config('SET', 'maxmemory', '1')
    const moved = some.map(({ id }) => entry(id, { 11: 0.9 }))
    const error = await refusal(index.write({ put: moved }, { from: 'p:1', to: 'p:2' }))
    expect(error).toMatchObject({ code: 'INDEX_FAILED', message: expect.stringMatching(/OOM.*maxmemory/s) })
    expect(await contentOf(index)).toEqual(before)
    expect(await index.position()).toBe('p:1')
    expect(await index.write({ delete: ['a', 'b'] }, { from: 'p:1', to: 'p:2' })).toBe(true)
    expect([...(await contentOf(index)).keys()]).toEqual(['c', 'd', 'e', 'f'])
  })

  it('that only reads says so', async () => {
    const master = await PrivateServer.start()
    const index = await open(master.client())
    const replica = await PrivateServer.start('--replicaof', '127.0.0.1', String(master.port))
    const error = await refusal(open(replica.client()))
    expect(error).toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringMatching(/READONLY.*connect to the master/s),
    })
    await index.close()
  })

  it('that evicts is warned of', async () => {
    const server = await PrivateServer.start('--maxmemory-policy', 'allkeys-lru')
    const warnings: Error[] = []
    await open(server.client(), 'p', { onWarning: (warning) => warnings.push(warning) })
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/createRedisIndex.*allkeys-lru.*noeviction/s),
    ])
  })

  it('that is not there is INDEX_FAILED with advice, and nobody listens any more', async () => {
    const client = new Redis({ host: '127.0.0.1', port: 1, retryStrategy: () => null, lazyConnect: true })
    const listeners = client.listenerCount('error')
    expect(await refusal(createRedisIndex({ client, ...shape }))).toMatchObject({
      code: 'INDEX_FAILED',
      message: expect.stringMatching(/[Cc]heck that/),
    })
    expect(client.listenerCount('error')).toBe(listeners)
    client.disconnect()
  })

  it('that lets a user do too little says what to grant', async () => {
    const server = await PrivateServer.start()
    await server.client().call('acl', 'setuser', 'reader', 'on', '>secret', '~*', '+@read', '+@connection', '+info')
    const error = await refusal(open(server.client({ username: 'reader', password: 'secret' })))
    expect(error).toMatchObject({ code: 'INDEX_FAILED', message: expect.stringMatching(/NOPERM.*README/s) })
    expect(RecommenderError.is(error)).toBe(true)
  })
})
