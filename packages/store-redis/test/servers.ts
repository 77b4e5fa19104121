import { randomBytes } from 'node:crypto'
import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5'
import { afterAll, describe } from 'vitest'
import type { RedisIndexClient } from '../src/index.ts'
import { everyBucket, keysOf } from '../src/store/keys.ts'
import { deleteIndex } from './exact/delete-index.ts'

/** A client of a test: what the store takes, and what the test itself needs. */
export type TestClient = RedisIndexClient & {
  disconnect(): void
}

export interface ServerForSuite {
  /** Which servers and which ioredis. */
  readonly name: string
  /** Another client, closed behind the suite. `options` are those of `Redis`, in a Cluster of each of its connections. */
  connect(options?: ConnectionOptions): TestClient
  /** A prefix that no other test has. Its keys are deleted behind the suite. */
  freshPrefix(): string
}

export interface ConnectionOptions {
  readonly protocol?: 2 | 3
  readonly replyMapping?: 'resp3'
  readonly enableAutoPipelining?: boolean
  readonly stringNumbers?: boolean
  readonly keyPrefix?: string
  readonly enableOfflineQueue?: boolean
  readonly lazyConnect?: boolean
  readonly commandTimeout?: number
  readonly maxRetriesPerRequest?: number | null
  readonly enableReadyCheck?: boolean
  readonly username?: string
  readonly password?: string
}

interface Kind {
  readonly name: string
  readonly variable: string
  readonly connect: (url: string, options: ConnectionOptions) => TestClient
}

const single = (url: string, options: ConnectionOptions): TestClient => new Redis(url, { ...options })
const single5 = (url: string, { protocol: _, replyMapping: __, ...options }: ConnectionOptions): TestClient =>
  new Redis5(url, options)
const cluster = (urls: string, options: ConnectionOptions): TestClient => new Cluster(nodesOf(urls), ofCluster(options))
const cluster5 = (urls: string, { protocol: _, replyMapping: __, ...options }: ConnectionOptions): TestClient =>
  new Cluster5(nodesOf(urls), ofCluster(options))

/** What a Cluster does itself, and what each of its connections does. */
function ofCluster({
  enableAutoPipelining,
  keyPrefix,
  enableOfflineQueue,
  lazyConnect,
  ...redisOptions
}: ConnectionOptions) {
  const own = { enableAutoPipelining, keyPrefix, enableOfflineQueue, lazyConnect }
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  return { ...given, redisOptions }
}

function nodesOf(urls: string): { host: string; port: number }[] {
  return urls.split(',').map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }))
}

const kinds: readonly Kind[] = [
  { name: 'Redis 8, ioredis 6', variable: 'TEST_REDIS_URL', connect: single },
  { name: 'Redis 8, ioredis 5', variable: 'TEST_REDIS_URL', connect: single5 },
  { name: 'Redis 7, ioredis 6', variable: 'TEST_REDIS7_URL', connect: single },
  { name: 'Redis 7, ioredis 5', variable: 'TEST_REDIS7_URL', connect: single5 },
  { name: 'Valkey, ioredis 6', variable: 'TEST_VALKEY_URL', connect: single },
  { name: 'Cluster, ioredis 6', variable: 'TEST_REDIS_CLUSTER_URLS', connect: cluster },
  { name: 'Cluster, ioredis 5', variable: 'TEST_REDIS_CLUSTER_URLS', connect: cluster5 },
]

/** Every kind of client over every kind of server. Says of those that are not there that they are skipped, and why. */
export function describeEachServer(suite: (server: ServerForSuite) => void): void {
  for (const kind of kinds) describeKind(kind, suite)
}

/** One single server and one Cluster: for what does not depend on the client's version or the server's. */
export function describeBothShapes(suite: (server: ServerForSuite) => void): void {
  for (const variable of ['TEST_REDIS_URL', 'TEST_REDIS_CLUSTER_URLS']) {
    describeKind(kinds.find((kind) => kind.variable === variable)!, suite)
  }
}

function describeKind({ name, variable, connect }: Kind, suite: (server: ServerForSuite) => void): void {
  const url = process.env[variable]
  const reason = url ? '' : ` (skipped: ${variable} names no server)`
  describe.skipIf(!url)(`${name}${reason}`, () => {
    if (!url) return suite({ name, connect: unreachable, freshPrefix: unreachable })
    const opened: TestClient[] = []
    const prefixes: string[] = []
    afterAll(async () => {
      const sweeper = connect(url, {})
      for (const prefix of prefixes) await deleteKeys(sweeper, prefix)
      for (const client of [...opened, sweeper]) client.disconnect()
    }, 60_000)
    suite({
      name,
      connect(options = {}) {
        const client = connect(url, options)
        opened.push(client)
        return client
      },
      freshPrefix() {
        const prefix = `test:${randomBytes(6).toString('hex')}`
        prefixes.push(prefix)
        return prefix
      },
    })
  })
}

function unreachable(): never {
  throw new Error('a skipped suite has no server')
}

/** All keys of a store and of an index but those of writes that never ended: of them nobody but the server knows the names. */
export async function deleteKeys(client: TestClient, prefix: string): Promise<void> {
  const { directory, buckets } = keysOf(prefix)
  const { meta, ids, feed, open, commits } = directory
  await client.callBuffer('unlink', meta, ids, feed, open, commits)
  await Promise.all(everyBucket.map((bucket) => client.callBuffer('unlink', buckets[bucket]!.records)))
  await deleteIndex(client, prefix)
}
