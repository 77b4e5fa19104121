import type { ImageStore } from '@image-recommender/core'
import { describe, expect, it } from 'vitest'
import { isCluster, type ScriptArgument } from '../src/client/client.ts'
import { createRedisStore } from '../src/index.ts'
import { hashTag } from '../src/prefix.ts'
import { FaultyClient } from './faulty-client.ts'
import { contentOf } from './mirror.ts'
import { idsOf, record, records, soFar } from './records.ts'
import { refusal } from './refusals.ts'
import { type ConnectionOptions, describeEachServer, type TestClient } from './servers.ts'

async function useEverything(store: ImageStore): Promise<void> {
  await store.put(records(300))
  await store.put([record('ä😀', { tags: ['odd'] })])
  await store.delete(idsOf(records(20)) as string[])
  expect((await contentOf(store)).size).toBe(281)
  expect(await store.sample(7)).toHaveLength(7)
  expect((await store.get(['ä😀', 'nobody']))[0]!.tags).toEqual(['odd'])
  const changes = await soFar(store)
  expect(changes).toHaveLength(301)
  expect(await soFar(store, changes[299]!.position)).toEqual(changes.slice(300))
}

/** What these tests ask of a client besides. */
interface EventSource {
  once(event: 'ready', listener: () => void): unknown
  subscribe(channel: string): Promise<unknown>
}

/** Ways in which applications set up their clients, and which change what replies look like or how commands travel. */
const manners: readonly (readonly [string, ConnectionOptions])[] = [
  ['as it comes', {}],
  ['RESP2', { protocol: 2 }],
  ['RESP3 replies as they are', { protocol: 3, replyMapping: 'resp3' }],
  ['numbers as text', { stringNumbers: true }],
  ['automatic pipelines', { enableAutoPipelining: true }],
  ['a prefix before every key', { keyPrefix: 'application:' }],
  ['a prefix that is a hash tag', { keyPrefix: '{application}:' }],
  ['a prefix and automatic pipelines', { keyPrefix: 'application:', enableAutoPipelining: true }],
  ['a connection that is made when it is needed', { lazyConnect: true }],
  ['patience for ever', { maxRetriesPerRequest: null }],
]

describeEachServer((server) => {
  describe('a client that was set up with', () => {
    it.each(manners)('%s', async (_, options) => {
      const warnings: string[] = []
      const store = await createRedisStore({
        client: server.connect(options),
        prefix: server.freshPrefix(),
        onWarning: ({ message }) => warnings.push(message),
      })
      await useEverything(store)
      await store.close()
      expect(warnings.filter((warning) => /neither/.test(warning))).toEqual([])
    })
  })

  describe('a client that', () => {
    it.each([
      ['is connected, and lets nothing wait', {}],
      ['is connected when it is needed, and lets nothing wait', { lazyConnect: true }],
    ])('%s, works, and says so before that', async (_, options) => {
      const client = server.connect({ enableOfflineQueue: false, ...options }) as TestClient & EventSource
      const early = await refusal(createRedisStore({ client, prefix: server.freshPrefix() }))
      expect(early).toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(/enableOfflineQueue.*ready/s),
      })
      // The refused command has made it connect.
      if (client.status !== 'ready') await new Promise<void>((resolve) => client.once('ready', resolve))
      const store = await createRedisStore({ client, prefix: server.freshPrefix() })
      await useEverything(store)
      await store.close()
    })

    it('is subscribed to a channel works, or is refused with advice where its protocol does not let it', async () => {
      const client = server.connect() as TestClient & EventSource
      await client.subscribe('nobody-speaks-here')
      const creating = createRedisStore({ client, prefix: server.freshPrefix() })
      if (!isCluster(client) && /ioredis 5/.test(server.name)) {
        const error = await refusal(creating)
        expect(error).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/subscribed.*duplicate/s) })
        return
      }
      const store = await creating
      await useEverything(store)
      await store.close()
    })
  })

  it('sends no command whose keys are not all in one hash tag, and uses more than one', async () => {
    const prefix = server.freshPrefix()
    const faulty = new FaultyClient(server.connect())
    const tags = new Set<string>()
    faulty.before = async (command, args) => {
      if (command === 'info' || command === 'config') return
      const used = new Set(keysIn(command, args).map((key) => /^\{([^{}]+)\}:/.exec(key)?.[1]))
      expect([...used]).toHaveLength(1)
      for (const tag of used) tags.add(tag!)
    }
    const store = await createRedisStore({ client: faulty.client, prefix })
    await useEverything(store)
    await store.close()
    expect(tags.has(prefix)).toBe(true)
    expect(tags.size).toBe(65)
    expect([...tags].every((tag) => hashTag(tag).startsWith(hashTag(prefix).slice(0, -1)))).toBe(true)
  })

  it('has records on every master', async () => {
    const client = server.connect()
    const prefix = server.freshPrefix()
    const store = await createRedisStore({ client, prefix })
    await store.put(records(500))
    await store.close()
    for (const master of (isCluster(client) ? client.nodes('master') : [client]) as TestClient[]) {
      const keys = (await master.callBuffer('keys', `{${prefix}/*`)) as Buffer[]
      expect(keys.length).toBeGreaterThan(10)
    }
  })
})

function keysIn(command: string, args: readonly ScriptArgument[]): string[] {
  if (command === 'eval' || command === 'evalsha') return args.slice(2, 2 + Number(args[1])).map(String)
  return [String(args[0])]
}
