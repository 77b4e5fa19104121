import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RedisClient } from '../src/client/client.ts'
import { failure } from '../src/client/failure.ts'
import { createRedisIndex, createRedisStore, type RedisIndexClient } from '../src/index.ts'
import { describeWithPrivateServer, PrivateServer } from './private-server.ts'

const SECRET = 's3cret'

/** Every way to write a password into an address, as far as ioredis understands it. */
const forms = (place: string) => [
  `redis://:${SECRET}@${place}`,
  `redis://me:${SECRET}@${place}`,
  `redis://me:${SECRET}@${place}/2`,
  `redis://me:${SECRET}%2F%40@${place}`,
  `redis://me:${SECRET}:and:more@${place}`,
  `redis://me:${SECRET}%20%3F@${place}`,
  `redis://${SECRET}@${place}`,
  `redis://${place}?password=${SECRET}`,
  `redis://${place}/0?username=me&password=${SECRET}`,
  `redis://me@${place}?password=${SECRET}%26`,
  `REDIS://me:${SECRET}@${place}`,
  `//:${SECRET}@${place}`,
]

interface Options {
  readonly maxRetriesPerRequest: number
  readonly retryStrategy: (times: number) => number | null
}

const connect6 = (address: string, options: Options) => new Redis(address, options)
const connect5 = (address: string, options: Options) => new Redis5(address, options)

/** All that somebody may print of what store and index say when they cannot be opened. */
async function saidOf(address: string): Promise<string> {
  const said: string[] = []
  // At once: what is told of first must not wait for what makes it fit to be shown.
  const hear = (it: unknown) => said.push(`${inspect(it, { depth: 20, showHidden: true })} ${JSON.stringify(it)}`)
  for (const connect of [connect6, connect5]) {
    const options = { maxRetriesPerRequest: 1, retryStrategy: (times: number) => (times > 2 ? null : 10) }
    const client = connect(address, options)
    // Where nobody listens, ioredis writes to the console.
    client.on('error', () => {})
    onTestFinished(() => client.disconnect())
    const parts = {
      client: client as RedisClient & RedisIndexClient,
      onWarning: hear,
    }
    for (const create of [() => createRedisStore(parts), () => createRedisIndex({ ...parts, dimensions: 3 })]) {
      await create().then(() => hear('opened'), hear)
    }
  }
  expect(said.length).toBeGreaterThan(3)
  return said.join('\n')
}

describe('a server that is not there', () => {
  it.each(forms('127.0.0.1:1'))('%s', async (address) => {
    expect(await saidOf(address)).not.toContain(SECRET)
  })
})

describeWithPrivateServer('a server that wants another password', () => {
  it('is told of, and the password is not', async () => {
    const server = await PrivateServer.start('--requirepass', 'another')
    for (const address of forms(`127.0.0.1:${server.port}`)) {
      const said = await saidOf(address)
      expect(said, address).not.toContain(SECRET)
      expect(said, address).toMatch(/WRONGPASS|NOAUTH/)
    }
  }, 60_000)
})

it('what a message quotes of an address has no password', () => {
  for (const address of [...forms('cache:6379'), `redis://me:${SECRET}/more@cache`, `redis://me:a@${SECRET}@cache`])
    expect(failure(new Error(`cannot reach ${address}, and gives up`)).message).not.toContain(SECRET)
})
