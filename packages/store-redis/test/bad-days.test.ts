import { readFileSync, rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { contentOf } from './mirror.ts'
import { describeWithPrivateServer, PrivateServer } from './private-server.ts'
import { idsOf, record, records, soFar, turn } from './records.ts'
import { calls, closeStores, open, refusal } from './refusals.ts'

closeStores()

describeWithPrivateServer('a server', () => {
  it('that is out of memory refuses what is put and takes what is deleted, and nothing is half written', async () => {
    const server = await PrivateServer.start('--maxmemory-policy', 'noeviction')
    const client = server.client()
    const store = await open(client)
    await store.put(records(200))
    const large = records(400, 'large').map((it) => ({ ...it, metadata: { text: 'x'.repeat(20_000) } }))
    // Room for some of them: it runs out in the middle.
    const used = /^used_memory:(\d+)/m.exec(await client.info('memory'))![1]!
    await client.config('SET', 'maxmemory', String(Number(used) + 4_000_000))
    const error = await refusal(store.put([...large, ...records(100).map((it) => ({ ...it, tags: ['new'] }))]))
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/OOM.*maxmemory/s) })
    await client.config('SET', 'maxmemory', '1')
    expect(await refusal(store.put([record('one')]))).toMatchObject({ message: expect.stringMatching(/OOM/) })
    expect((await contentOf(store)).size).toBe(200)
    expect([...(await contentOf(store)).values()]).not.toContain('new')
    await store.delete(idsOf(records(150)) as string[])
    expect((await contentOf(store)).size).toBe(50)
    expect((await contentOf(await open(client))).size).toBe(50)
    await client.config('SET', 'maxmemory', '0')
    await store.put(large)
    expect(await store.count()).toBe(450)
  }, 60_000)

  it('that gives up its memory again after a put that failed', async () => {
    const server = await PrivateServer.start()
    const client = server.client()
    const store = await open(client)
    await store.put(records(10))
    const large = records(2000, 'large').map((it) => ({ ...it, metadata: { text: 'x'.repeat(5_000) } }))
    await client.config('SET', 'maxmemory', '6mb')
    await refusal(store.put(large))
    await store.close()
    const keys = await client.keys('*')
    expect(keys.filter((key) => key.includes(':write:'))).toEqual([])
  }, 60_000)

  it('that wants a password', async () => {
    const server = await PrivateServer.start('--requirepass', 'secret')
    const warnings: Error[] = []
    const none = server.client({ maxRetriesPerRequest: 1 })
    const wrong = server.client({ maxRetriesPerRequest: 1, password: 'not-it' })
    for (const client of [none, wrong]) {
      const error = await refusal(open(client, 'p', (warning) => warnings.push(warning)))
      expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/password/) })
      expect(error.message).not.toMatch(/secret|not-it/)
    }
    const store = await open(server.client({ password: 'secret' }), 'p')
    await store.put([record('a')])
  })

  it('that lets a user do too little', async () => {
    const server = await PrivateServer.start()
    const admin = server.client()
    await admin.call('acl', 'setuser', 'reader', 'on', '>secret', '~*', '+@read', '+@connection', '+info')
    const error = await refusal(open(server.client({ username: 'reader', password: 'secret' })))
    expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/NOPERM.*README/s) })
  })

  it('whose user may only what the README lists', async () => {
    const server = await PrivateServer.start()
    const admin = server.client()
    const listed = ['+evalsha', '+eval', '+hmget', '+zcard', '+zrange', '+time', '+hget', '+hset', '+hsetnx', '+hdel']
    const more = [
      '+hexists',
      '+hgetall',
      '+hlen',
      '+rpush',
      '+lrange',
      '+unlink',
      '+zadd',
      '+zrem',
      '+zmscore',
      '+zscore',
      '+hscan',
    ]
    await admin.call('acl', 'setuser', 'app', 'on', '>secret', '~{failures*', ...listed, ...more)
    const warnings: string[] = []
    const client = server.client({ username: 'app', password: 'secret', enableReadyCheck: false })
    const store = await open(client, 'failures', ({ message }) => warnings.push(message))
    await store.put(records(30))
    await store.delete(idsOf(records(3)) as string[])
    expect((await contentOf(store)).size).toBe(27)
    expect(await store.sample(5)).toHaveLength(5)
    expect(warnings.some((warning) => /neither `CONFIG GET` nor `INFO`/.test(warning))).toBe(true)
    // The client itself asks for more than the store does.
    expect(warnings.filter((warning) => !/neither `CONFIG GET`|NOPERM/.test(warning))).toEqual([])
  })

  it('whose user is the one that docs/redis.md makes', async () => {
    const server = await PrivateServer.start('--appendonly', 'yes')
    const page = readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8')
    const [, rules] = /^ACL SETUSER images ([\s\S]+?)^```/m.exec(page)!
    await server.client().call('acl', 'setuser', 'images', ...rules!.trim().split(/\s+/))
    const warnings: string[] = []
    const client = server.client({ username: 'images', password: 'password' })
    const store = await open(client, 'image-recommender', ({ message }) => warnings.push(message))
    await store.put(records(30))
    await store.delete(idsOf(records(3)) as string[])
    expect((await contentOf(store)).size).toBe(27)
    expect(warnings).toEqual([])
  })

  it('that only reads', async () => {
    const master = await PrivateServer.start()
    const replica = await PrivateServer.start('--replicaof', '127.0.0.1', String(master.port))
    const client = replica.client()
    while (!/master_link_status:up/.test(await client.info('replication'))) await turn(20)
    expect(await refusal(open(client))).toMatchObject({
      message: expect.stringMatching(/READONLY.*connect to the master/s),
    })
    // One that became a replica while the store was open.
    await client.call('replicaof', 'no', 'one')
    const store = await open(client)
    await store.put([record('a')])
    await client.call('replicaof', '127.0.0.1', '1')
    expect(await refusal(store.put([record('b')]))).toMatchObject({ message: expect.stringMatching(/READONLY/) })
    await client.call('replicaof', 'no', 'one')
    expect(idsOf(await soFar(store))).toEqual(['a'])
  })

  it('whose disk fails', async () => {
    const server = await PrivateServer.start()
    const client = server.client()
    const store = await open(client)
    await store.put([record('a')])
    await client.config('SET', 'save', '1 1')
    rmSync(server.folder, { recursive: true })
    await client.call('bgsave').catch(() => {})
    while (!/rdb_last_bgsave_status:err/.test(await client.info('persistence'))) await turn(20)
    expect(await refusal(store.put([record('b')]))).toMatchObject({
      message: expect.stringMatching(/MISCONF.*free some space/s),
    })
    expect((await contentOf(store)).size).toBe(1)
    await client.config('SET', 'stop-writes-on-bgsave-error', 'no')
    await store.put([record('b')])
    expect((await contentOf(store)).size).toBe(2)
  })

  it('that is slow fails calls when the client loses patience, and goes on when it can', async () => {
    const server = await PrivateServer.start()
    const store = await open(server.client({ commandTimeout: 150 }))
    await store.put(records(10))
    server.pause()
    try {
      for (const call of calls) {
        expect(await refusal(call(store))).toMatchObject({ message: expect.stringMatching(/timed out.*too long/s) })
      }
    } finally {
      server.resume()
    }
    await store.put(records(10).map((it) => ({ ...it, tags: ['on'] })))
    const content = await contentOf(store)
    for (const { id } of records(10)) expect(content.get(id)).toBe('on')
  }, 30_000)

  it('that is gone fails calls, and the store goes on when it is back', async () => {
    const server = await PrivateServer.start('--appendonly', 'yes')
    const warnings: Error[] = []
    const store = await open(server.client({ maxRetriesPerRequest: 1 }), 'gone', (warning) => warnings.push(warning))
    await store.put(records(10))
    await server.kill()
    for (const call of calls) {
      expect(await refusal(call(store))).toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(/Check that the server runs/),
      })
    }
    expect(warnings.length).toBeGreaterThan(0)
    await server.start()
    while ((await store.count().catch(() => 0)) === 0) await turn(50)
    await store.put(records(20))
    expect((await contentOf(store)).size).toBe(20)
  }, 60_000)
})
