import { afterEach, describe, expect, it } from 'vitest'
import type { RedisClient, RedisConnection } from '../src/client/client.ts'
import { warnOfLosses } from '../src/client/durability.ts'
import { createRedisStore } from '../src/index.ts'
import { describeWithPrivateServer, PrivateServer } from './private-server.ts'

/** A server that says so of itself. `undefined`: it does not let this user ask. */
function server(settings: unknown, info: string | undefined): RedisConnection {
  const unused = async () => null
  const denied = (command: string) => new Error(`NOPERM User app has no permissions to run the '${command}' command`)
  return {
    evalsha: unused,
    eval: unused,
    hmgetBuffer: async () => [],
    async config() {
      if (settings === undefined) throw denied('config|get')
      return settings
    },
    async info() {
      if (info === undefined) throw denied('info')
      return info
    },
    on: () => {},
    removeListener: () => {},
  }
}

async function warningsOf(client: RedisClient): Promise<string[]> {
  const warnings: string[] = []
  await warnOfLosses(client, ({ message }) => warnings.push(message))
  return warnings
}

const settings = (appendonly: string, policy: string) => ['appendonly', appendonly, 'maxmemory-policy', policy]
const durable = settings('yes', 'noeviction')

describe('warnings at creation', () => {
  it.each([
    ['nothing where nothing is lost', durable, []],
    ['nothing of a policy that leaves our keys alone', settings('yes', 'volatile-lru'), []],
    ['appendonly no', settings('no', 'noeviction'), [/`appendonly no`.*Set `appendonly yes`/]],
    ['a policy that evicts', settings('yes', 'allkeys-lru'), [/`maxmemory-policy allkeys-lru`.*noeviction/]],
    ['both', settings('no', 'allkeys-random'), [/appendonly/, /allkeys-random/]],
    ['replies of RESP3', { appendonly: 'no', 'maxmemory-policy': 'allkeys-lfu' }, [/appendonly/, /allkeys-lfu/]],
    ['bytes', settings('no', 'noeviction').map((text) => Buffer.from(text)), [/appendonly/]],
  ])('name %s', async (_, reply, expected) => {
    const warnings = await warningsOf(server(reply, undefined))
    expect(warnings).toHaveLength(expected.length)
    for (const [at, pattern] of expected.entries()) expect(warnings[at]).toMatch(pattern)
  })

  it('come from INFO where CONFIG is forbidden', async () => {
    const info = (aof: number, policy: string) => `# Memory\r\nmaxmemory_policy:${policy}\r\naof_enabled:${aof}\r\n`
    expect(await warningsOf(server(undefined, info(1, 'noeviction')))).toEqual([])
    expect(await warningsOf(server(undefined, info(0, 'allkeys-lru')))).toHaveLength(2)
    expect(await warningsOf(server([], info(0, 'noeviction')))).toHaveLength(1)
  })

  it('say that nobody knows where both are', async () => {
    expect(await warningsOf(server(undefined, undefined))).toEqual([
      expect.stringMatching(/neither `CONFIG GET` nor `INFO`/),
    ])
  })

  it('look at every master of a Cluster, and come once', async () => {
    const masters = [
      server(durable, ''),
      server(settings('no', 'noeviction'), ''),
      server(settings('no', 'allkeys-lru'), ''),
    ]
    const warnings = await warningsOf({ ...server(durable, ''), nodes: () => masters })
    expect(warnings).toEqual([
      expect.stringMatching(/Cluster.*appendonly/),
      expect.stringMatching(/Cluster.*allkeys-lru/),
    ])
  })

  it('are not made of other failures', async () => {
    const broken = { ...server(durable, ''), config: async () => Promise.reject(new Error('Connection is closed.')) }
    await expect(warningsOf(broken)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })
})

describeWithPrivateServer('warnings of a server', () => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  it.each([
    [['--appendonly', 'yes'], []],
    [
      ['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru'],
      [/appendonly no/, /allkeys-lru/],
    ],
  ])('%j', async (config, expected) => {
    const own = await PrivateServer.start(...config)
    const warnings: string[] = []
    const store = await createRedisStore({ client: own.client(), onWarning: ({ message }) => warnings.push(message) })
    closing.push(() => store.close())
    expect(warnings).toHaveLength(expected.length)
    for (const [at, pattern] of expected.entries()) expect(warnings[at]).toMatch(pattern)
  })
})
