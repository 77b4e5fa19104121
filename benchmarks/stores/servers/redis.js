import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { createRedisIndex } from '../../../packages/store-redis/dist/index.js'
import { cocoLike, dimensions } from '../../search/coco-like.js'
import { seeds } from '../../search/queries.js'

// A dependency of the package, not of this folder.
const { Cluster, Redis } = createRequire(new URL('../../../packages/store-redis/package.json', import.meta.url))(
  'ioredis',
)

/** A graph of more takes long to fill: a million, a quarter of an hour. */
const MOST_IN_A_GRAPH = 100_000

/** An exact index in Redis, or in a Cluster of it. */
export async function onRedis({ metric, isCluster }) {
  const variable = isCluster ? 'TEST_REDIS_CLUSTER_URLS' : 'TEST_REDIS_URL'
  const url = process.env[variable]
  if (!url) throw new Error(`${variable} must name ${isCluster ? 'the masters of a Cluster' : 'a Redis server'}.`)
  const client = isCluster ? new Cluster(url.split(',')) : new Redis(url)
  const masters = () => client.nodes?.('master') ?? [client]
  const prefix = `benchmark:${randomBytes(6).toString('hex')}`
  let commands = 0
  const counted = new Proxy(client, {
    get(target, name) {
      if (name === 'callBuffer') commands++
      return typeof target[name] === 'function' ? target[name].bind(target) : target[name]
    },
  })
  const sumOf = async (section, pattern) => {
    let sum = 0
    for (const master of masters()) {
      for (const [, value] of (await master.info(section)).matchAll(pattern)) sum += Number(value)
    }
    return sum
  }
  const [, version] = /^redis_version:(\S+)/m.exec(await client.info('server')) ?? []
  return {
    name: `Redis ${version}${isCluster ? `, Cluster of ${masters().length}` : ''}`,
    open: () => createRedisIndex({ client: counted, prefix, dimensions, metric }),
    settle: async () => {},
    requests: () => commands,
    bytes: () => sumOf('memory', /^used_memory:(\d+)/gm),
    busySeconds: () => sumOf('cpu', /^used_cpu_(?:user|sys)_main_thread:(\S+)/gm),
    peers: (size) =>
      metric === 'cosine' && !isCluster && size <= MOST_IN_A_GRAPH
        ? vectorSets(client, { key: `{${prefix}}:vectors`, size })
        : [],
    async close() {
      for (const master of masters()) await deleteKeys(master, `{${prefix}*`)
      client.disconnect()
    },
  }
}

/** The vector sets of Redis 8, which are graphs: 32 bits a value, with as much effort as comes and with more. They know cosine only. */
async function vectorSets(client, { key, size }) {
  const images = cocoLike(seeds.images)
  try {
    for (let done = 0; done < size; done += 1000) {
      const added = []
      for (let at = 0; at < Math.min(1000, size - done); at++) {
        const vector = images.next()
        if (!vector.some((score) => score > 0)) continue
        added.push(client.call('VADD', key, 'FP32', Buffer.from(vector.buffer), String(done + at), 'NOQUANT'))
      }
      await Promise.all(added)
    }
  } catch (error) {
    if (/unknown command/i.test(error.message)) return []
    throw error
  }
  return [undefined, 500].map((effort) => ({
    name: `vector set${effort ? `, EF ${effort}` : ''}`,
    queries: 200,
    async search({ vector, limit }) {
      const more = effort ? ['EF', effort] : []
      const ids = await client.call('VSIM', key, 'FP32', Buffer.from(vector.buffer), 'COUNT', limit, ...more)
      return ids.map(String)
    },
  }))
}

async function deleteKeys(master, pattern) {
  let cursor = '0'
  do {
    const [next, keys] = await master.scan(cursor, 'MATCH', pattern, 'COUNT', 1000)
    for (const key of keys) await master.unlink(key)
    cursor = next
  } while (cursor !== '0')
}
