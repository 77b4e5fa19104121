import { RecommenderError } from '@image-recommender/core'
import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5'
import { describe, expect, it } from 'vitest'
import type { RedisClient } from '../src/client/client.ts'
import { failure } from '../src/client/failure.ts'
import { createRedisStore } from '../src/index.ts'
import { bucketOf, keysOf } from '../src/store/keys.ts'
import { contentOf } from './mirror.ts'
import { idsOf, record, records, soFar, turn } from './records.ts'
import { calls, closeStores, open, refusal } from './refusals.ts'
import { describeBothShapes, describeEachServer, type TestClient } from './servers.ts'

closeStores()

describe('a message', () => {
  it('leaves the password of an address out', () => {
    const error = failure(new Error('cannot reach redis://somebody:secret@cache.example/0'))
    expect(error.message).toContain('cache.example')
    expect(error.message).not.toMatch(/secret|somebody/)
  })

  it('is not wrapped twice', () => {
    const error = new RecommenderError('CLOSED', 'closed')
    expect(failure(error)).toBe(error)
  })

  it('comes without the arguments of the command, and so does its cause', () => {
    const said = Object.assign(new Error('ERR no'), { command: { name: 'evalsha', args: ['secret'] } })
    const error = failure(Object.assign(new Error('all failed'), { lastNodeError: said }))
    expect(JSON.stringify([error, error.cause, said])).not.toContain('secret')
    expect(error.message).toContain('ERR no')
  })

  it.each([
    ['LOADING Redis is loading the dataset in memory', /still reading its data/],
    ['MASTERDOWN Link with MASTER is down', /Some of the Cluster/],
    ['CLUSTERDOWN Hash slot not served', /all its masters run/],
    ["CROSSSLOT Keys in request don't hash to the same slot", /Cluster itself/],
    ['All keys in the pipeline should belong to the same slots allocation group', /autoPipeliningIgnoredCommands/],
    ['MOVED 866 127.0.0.1:6381', /give a `Cluster`/],
    ['NOREPLICAS Not enough good replicas to write.', /min-replicas-to-write/],
    ['BUSY Redis is busy running a script.', /script of somebody/],
    [
      'Too many Cluster redirections. Last error: ReplyError: TRYAGAIN Multiple keys request during rehashing of slot',
      /on its way to another master.*maxRedirections/,
    ],
    ["ERR Error compiling script: user_script:1: unexpected symbol near '#'", /Redis 7.0/],
    ['Command timed out', /commandTimeout/],
    ['Reached the max retries per request limit (which is 20).', /Check that the server runs/],
    ["Stream isn't writeable and enableOfflineQueue options is false", /create the store when the client is "ready"/],
    ["Cluster isn't ready and enableOfflineQueue options is false", /create the store when the client is "ready"/],
    ['something new', /The cause has what the client said/],
  ])('about %j gives advice', (said, advice) => {
    expect(failure(new Error(said)).message).toMatch(advice)
  })

  it('is there for what is no error too', () => {
    for (const odd of [undefined, null, 'text', 7, {}]) {
      expect(failure(odd)).toMatchObject({ code: 'STORE_FAILED', cause: odd })
    }
  })
})

describe('a server that is not there', () => {
  const nowhere = { host: '127.0.0.1', port: 1, retryStrategy: () => null, lazyConnect: true }
  it.each([
    ['Redis of ioredis 6', () => new Redis(nowhere)],
    ['Redis of ioredis 5', () => new Redis5(nowhere)],
    ['Cluster of ioredis 6', () => new Cluster([nowhere], { clusterRetryStrategy: () => null, lazyConnect: true })],
    ['Cluster of ioredis 5', () => new Cluster5([nowhere], { clusterRetryStrategy: () => null, lazyConnect: true })],
  ])('is STORE_FAILED with advice, no matter the client: %s', async (_, connect) => {
    const client = connect()
    const listeners = client.listenerCount('error')
    const error = await refusal(createRedisStore({ client: client as RedisClient }))
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/Check that|check that/) })
    expect(client.listenerCount('error')).toBe(listeners)
    client.disconnect()
  })

  it('is a warning too, where the client says so', async () => {
    const warnings: Error[] = []
    const client = new Redis({ ...nowhere, maxRetriesPerRequest: 0 })
    await refusal(createRedisStore({ client, onWarning: (warning) => warnings.push(warning) }))
    expect(warnings.length).toBeGreaterThan(0)
    client.disconnect()
  })
})

describeBothShapes((server) => {
  let client: TestClient
  const connected = () => {
    client ??= server.connect()
    return client
  }

  it.each(['meta', 'ids', 'feed', 'open', 'commits'] as const)(
    'a key of another application in the place of ours is refused: %s',
    async (key) => {
      const prefix = server.freshPrefix()
      await connected().callBuffer('set', keysOf(prefix).directory[key], 'theirs')
      const error = await refusal(open(client, prefix))
      expect(error).toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(/WRONGTYPE.*another `prefix`/s),
      })
      expect(String(await client.callBuffer('get', keysOf(prefix).directory[key]))).toBe('theirs')
    },
  )

  it.each(['ids', 'feed', 'commits'] as const)(
    'one that comes later fails the write, and nothing of it is written: %s',
    async (key) => {
      const prefix = server.freshPrefix()
      const store = await open(connected(), prefix)
      await store.put([record('a', { tags: ['old'] })])
      await store.close()
      const reopened = await open(client, prefix)
      const before = await soFar(reopened)
      const { directory } = keysOf(prefix)
      const kept = await client.callBuffer('dump', directory[key])
      await client.callBuffer('set', directory[key], 'theirs')
      const refused = await refusal(reopened.put([record('a', { tags: ['new'] }), record('b')]))
      expect(refused.message).toMatch(/WRONGTYPE/)
      await client.callBuffer('del', directory[key])
      if (kept) await client.callBuffer('restore', directory[key], '0', kept as Buffer)
      expect(await contentOf(reopened)).toEqual(new Map([['a', 'old']]))
      expect(await soFar(reopened)).toEqual(before)
    },
  )

  it('a bucket that is of another type fails what concerns it, and nothing else', async () => {
    const prefix = server.freshPrefix()
    const store = await open(connected(), prefix)
    await store.put([record('a')])
    const { buckets } = keysOf(prefix)
    const of = (id: string) => buckets[bucketOf(id)]!.records
    await client.callBuffer('set', of('b'), 'theirs')
    expect(of('a')).not.toBe(of('b'))
    expect(await refusal(store.put([record('b'), record('a', { tags: ['new'] })]))).toMatchObject({
      message: expect.stringMatching(/WRONGTYPE/),
    })
    expect(await refusal(store.get(['b']))).toMatchObject({ message: expect.stringMatching(/WRONGTYPE/) })
    expect((await store.get(['a']))[0]?.tags).not.toEqual(['new'])
    expect(idsOf(await soFar(store))).toEqual(['a'])
  })

  it('keys of a newer version are refused, and left alone', async () => {
    const prefix = server.freshPrefix()
    const { meta } = keysOf(prefix).directory
    await connected().callBuffer('hset', meta, 'format', '2', 'epoch', 'newer')
    const error = await refusal(open(client, prefix))
    expect(error).toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/format 2.*Update the package/s),
    })
    await client.callBuffer('hset', meta, 'format', 'other')
    expect(await refusal(open(client, prefix))).toMatchObject({ message: expect.stringMatching(/format/) })
    expect(String(await client.callBuffer('hget', meta, 'epoch'))).toBe('newer')
  })

  it('a record of a newer version, or a damaged one, is named', async () => {
    const prefix = server.freshPrefix()
    const store = await open(connected(), prefix)
    await store.put([record('good'), record('newer')])
    const { buckets } = keysOf(prefix)
    for (const { records: key } of buckets) {
      if (Number(await client.callBuffer('hexists', key, 'newer')))
        await client.callBuffer('hset', key, 'newer', '\x7f')
    }
    expect(idsOf(await store.get(['good']))).toEqual(['good'])
    const error = await refusal(store.get(['good', 'newer']))
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/"newer".*newer version/) })
    await store.put([record('newer')])
    expect(idsOf(await store.get(['newer']))).toEqual(['newer'])
  })

  it('scripts that the servers have forgotten are sent again', async () => {
    const prefix = server.freshPrefix()
    const store = await open(connected(), prefix)
    await store.put(records(30))
    const masters = ('nodes' in client ? client.nodes('master') : [client]) as TestClient[]
    for (const master of masters) await master.callBuffer('script', 'flush')
    await store.put(records(40))
    for (const master of masters) await master.callBuffer('script', 'flush')
    expect((await contentOf(store)).size).toBe(40)
  })
})

describeEachServer((server) => {
  it('a connection that breaks does not end the process, and the store goes on', async () => {
    const client = server.connect()
    const warnings: Error[] = []
    const store = await open(client, server.freshPrefix(), (warning) => warnings.push(warning))
    await store.put(records(10))
    const feed = store.changes()[Symbol.asyncIterator]()
    expect((await feed.next()).value).toHaveLength(10)
    const masters = ('nodes' in client ? client.nodes('master') : [client]) as TestClient[]
    await Promise.all(
      masters.map((master) => master.callBuffer('client', 'kill', 'type', 'normal', 'skipme', 'no').catch(() => {})),
    )
    await store.put(records(20))
    expect((await contentOf(store)).size).toBe(20)
    const named = new Set<string>()
    while (named.size < 20) for (const { id } of (await feed.next()).value) named.add(id)
    await feed.return?.()
  })

  it('a client that was closed gives STORE_FAILED, and the store can still be closed', async () => {
    const client = server.connect()
    const store = await open(client, server.freshPrefix())
    client.disconnect()
    await turn(20)
    for (const call of calls) expect(await refusal(call(store))).toMatchObject({ code: 'STORE_FAILED' })
    expect(await refusal(soFar(store))).toMatchObject({ code: 'STORE_FAILED' })
    await store.close()
  })
})
