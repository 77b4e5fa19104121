import type { ImageStore } from '@image-recommender/core'
import { afterEach, expect, it } from 'vitest'
import type { RedisClient } from '../src/client/client.ts'
import { createRedisStore } from '../src/index.ts'
import { everyBucket, keysOf } from '../src/store/keys.ts'
import { commit, enlist } from '../src/store/scripts/write-scripts.ts'
import { FaultyClient } from './faulty-client.ts'
import { contentOf } from './mirror.ts'
import { idsOf, record, records, soFar } from './records.ts'
import { describeBothShapes, type TestClient } from './servers.ts'

describeBothShapes((server) => {
  let client: TestClient
  const stores: ImageStore[] = []
  const open = async (prefix: string, given?: RedisClient) => {
    client ??= server.connect()
    const store = await createRedisStore({ client: given ?? client, prefix })
    stores.push(store)
    return store
  }
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })

  /** As if so many milliseconds had passed since every write was last heard of. In one step: a write may just be ending. */
  async function age(prefix: string, milliseconds: number): Promise<void> {
    const { meta, open: opened, commits } = keysOf(prefix).directory
    const source = `
redis.call('HSET', KEYS[1], 'swept', 0)
-- An open write: when. A committed one: first, last, when, buckets.
for key, pattern in pairs({[KEYS[2]] = '^()(%d+)(.*)$', [KEYS[3]] = '^%d+ %d+ ()(%d+)(.*)$'}) do
  local writes = redis.call('HGETALL', key)
  for at = 1, #writes, 2 do
    local from, when, rest = string.match(writes[at + 1], pattern)
    local aged = string.sub(writes[at + 1], 1, from - 1) .. string.format('%.0f', when - ARGV[1]) .. rest
    redis.call('HSET', key, writes[at], aged)
  end
end`
    await client.callBuffer('eval', source, '3', meta, opened, commits, milliseconds)
  }

  async function fields(key: string): Promise<string[]> {
    return ((await client.callBuffer('hkeys', key)) as Buffer[]).map(String)
  }

  /** Everything that is kept of writes that have not ended. */
  async function leftovers(prefix: string): Promise<string[]> {
    const { directory, buckets } = keysOf(prefix)
    const found: string[] = []
    for (const key of [directory.open, directory.commits]) {
      found.push(...(await fields(key)).map((write) => `${key} ${write}`))
    }
    for (const bucket of everyBucket) {
      const writes = await client.callBuffer('hget', buckets[bucket]!.records, '\0')
      if (writes) found.push(`bucket ${bucket} ${writes}`)
    }
    for (const write of known) {
      for (const key of [directory.staged(write), ...buckets.map(({ staged }) => staged(write))]) {
        if (Number(await client.callBuffer('exists', key)) > 0) found.push(key)
      }
    }
    return found
  }
  const known = new Set<string>()

  /** A process that dies in its commit, before it or behind it. */
  async function dieInCommit(
    prefix: string,
    fate: 'refused' | 'unanswered',
    write: (store: ImageStore) => Promise<void>,
  ) {
    const faulty = new FaultyClient(client)
    const store = await open(prefix, faulty.client)
    let dead = false
    faulty.fateOf = (command, args) => {
      if (dead) return 'refused'
      // Whether the server knows the script is not up to this test. So it never does, and the next command is the one.
      if (command === 'evalsha' && args[0] === commit.sha1) return 'unknown'
      if (command !== 'eval' || args[0] !== commit.source) return 'sent'
      dead = true
      known.add(String(args[8]))
      return fate
    }
    await expect(write(store)).rejects.toMatchObject({ code: 'STORE_FAILED' })
    expect(dead).toBe(true)
  }

  it('of a write that never committed are called off a minute later, by any writer', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await bystander.put(records(20))
    await dieInCommit(prefix, 'refused', (store) => store.put(records(20).map((it) => ({ ...it, tags: ['never'] }))))
    await bystander.put([record('other')])
    expect(await leftovers(prefix)).not.toEqual([])
    await age(prefix, 30_000)
    await bystander.put([record('other')])
    expect(await leftovers(prefix)).not.toEqual([])
    await age(prefix, 31_000)
    await bystander.put([record('other')])
    await bystander.close()
    expect(await leftovers(prefix)).toEqual([])
    expect(new Set((await contentOf(await open(prefix))).values())).not.toContain('never')
  })

  it('of a write that committed are brought to their place by any writer', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await dieInCommit(prefix, 'unanswered', (store) => store.put(records(20)))
    expect(await leftovers(prefix)).not.toEqual([])
    await age(prefix, 6_000)
    await bystander.put([record('other')])
    await bystander.close()
    expect(await leftovers(prefix)).toEqual([])
    expect((await contentOf(await open(prefix))).size).toBe(21)
  })

  it('are found though the clock of the server went back', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await dieInCommit(prefix, 'unanswered', (store) => store.put(records(20)))
    await age(prefix, 6_000)
    await client.callBuffer('hset', keysOf(prefix).directory.meta, 'swept', String(Date.now() + 3_600_000))
    await bystander.put([record('other')])
    await bystander.close()
    expect(await leftovers(prefix)).toEqual([])
  })

  it('of a write that committed are brought to their place by a process that starts, at once', async () => {
    const prefix = server.freshPrefix()
    await (await open(prefix)).put(records(20))
    await dieInCommit(prefix, 'unanswered', (store) => store.delete(idsOf(records(15)) as string[]))
    const started = await open(prefix)
    expect(await leftovers(prefix)).toEqual([])
    expect((await contentOf(started)).size).toBe(5)
  })

  it('of a write that was called off are thrown away by any reader', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await dieInCommit(prefix, 'refused', (store) => store.put(records(20)))
    const { open: opened, staged } = keysOf(prefix).directory
    await client.callBuffer('del', opened, ...Array.from(known, staged))
    expect(await bystander.get(idsOf(records(20)) as string[])).toEqual(Array(20).fill(undefined))
    expect(await leftovers(prefix)).toEqual([])
  })

  it('are applied before the same images are written again', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await dieInCommit(prefix, 'unanswered', (store) => store.put(records(20)))
    await bystander.put(records(5).map((it) => ({ ...it, tags: ['again'] })))
    await bystander.delete([records(20).at(-1)!.id])
    await bystander.close()
    expect(await leftovers(prefix)).toEqual([])
    const content = await contentOf(await open(prefix))
    expect([...content.values()].filter((tags) => tags === 'again')).toHaveLength(5)
    expect(content.size).toBe(19)
  })

  it.each([
    ['first', 0],
    ['last', 19],
  ])('are applied before the %s image alone is written again', async (_, at) => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await dieInCommit(prefix, 'unanswered', (store) => store.put(records(20)))
    const { id } = records(20)[at]!
    await bystander.put([record(id, { tags: ['again'] })])
    await bystander.close()
    expect(await leftovers(prefix)).toEqual([])
    expect((await contentOf(await open(prefix))).get(id)).toBe('again')
  })

  it('do not hold up whoever writes other images', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await dieInCommit(prefix, 'unanswered', (store) => store.put([record('a')]))
    await bystander.put([record('b')])
    expect(await leftovers(prefix)).not.toEqual([])
    expect(idsOf(await soFar(bystander))).toEqual(['a', 'b'])
    expect(idsOf(await bystander.get(['a', 'b']))).toEqual(['a', 'b'])
  })

  it.each([
    ['put', (store: ImageStore) => store.put(records(10).map((it) => ({ ...it, tags: ['slow'] })))],
    ['delete', (store: ImageStore) => store.delete(idsOf(records(10)) as string[])],
  ])('of a %s that was only slow are written again by whoever was slow', async (name, write) => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    await bystander.put(records(10))
    const faulty = new FaultyClient(client)
    const slow = await open(prefix, faulty.client)
    let called = 0
    faulty.before = async (_, args) => {
      if (args[0] !== commit.sha1 && args[0] !== commit.source) return
      if (called++ > 0) return
      await age(prefix, 61_000)
      await bystander.put([record('other')])
    }
    await write(slow)
    expect(called).toBeGreaterThan(1)
    const content = await contentOf(bystander)
    content.delete('other')
    expect(new Set(content.values())).toEqual(name === 'put' ? new Set(['slow']) : new Set())
  })

  it('of a write whose ids the server has lost are written again, not without them', async () => {
    const prefix = server.freshPrefix()
    await open(prefix)
    const faulty = new FaultyClient(client)
    const store = await open(prefix, faulty.client)
    let commits = 0
    faulty.before = async (_, args) => {
      if (args[0] === commit.sha1 && commits++ === 0) await client.callBuffer('del', String(args[7]))
    }
    await store.put(records(10))
    expect(commits).toBe(2)
    expect((await contentOf(store)).size).toBe(10)
  })

  it('of a write that was called off while it staged are not what it commits', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    const faulty = new FaultyClient(client)
    const slow = await open(prefix, faulty.client)
    let enlisted = 0
    faulty.before = async (_, args) => {
      if (args[0] !== enlist.sha1 || enlisted++ > 0) return
      await age(prefix, 61_000)
      await bystander.put([record('other')])
    }
    await slow.put(records(10))
    expect(enlisted).toBe(2)
    expect((await contentOf(bystander)).size).toBe(11)
  })

  it('are not made of a write that takes long and shows signs of life', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    const faulty = new FaultyClient(client)
    const slow = await open(prefix, faulty.client)
    let commits = 0
    faulty.before = async (_, args) => {
      if (args[0] !== enlist.sha1 && args[0] !== commit.sha1) return
      if (args[0] === commit.sha1) commits++
      await age(prefix, 40_000)
      await bystander.put([record('other')])
    }
    await slow.put(records(10))
    expect(commits).toBe(1)
    expect((await contentOf(bystander)).size).toBe(11)
  })

  it('of a write that is always too slow are an error that says so', async () => {
    const prefix = server.freshPrefix()
    const bystander = await open(prefix)
    const faulty = new FaultyClient(client)
    const slow = await open(prefix, faulty.client)
    faulty.before = async (_, args) => {
      if (args[0] === commit.sha1 || args[0] === commit.source) await age(prefix, 61_000)
    }
    await expect(slow.put(records(10))).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('10 images'),
    })
    expect(await bystander.count()).toBe(0)
    await slow.close()
    expect(await leftovers(prefix)).toEqual([])
  })
})
