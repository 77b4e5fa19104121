/**
 * How fast `createRedisStore` takes and gives whole records with tags and its feed, beside one record at a time.
 *
 *     TEST_REDIS_URL=redis://127.0.0.1:6379 node benchmarks/stores/redis.js [--records 100000]
 *
 * `TEST_REDIS_CLUSTER_URLS` (comma-separated) is measured as well where it is set. Packages must be built.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'

const { createRedisStore } = await import('../../packages/store-redis/dist/index.js')
const { Cluster, Redis } = createRequire(new URL('../../packages/store-redis/package.json', import.meta.url))('ioredis')

const { values } = parseArgs({ options: { records: { type: 'string', default: '100000' } } })
const total = Number(values.records)
const few = Math.min(2000, total)

const urls = { server: process.env.TEST_REDIS_URL, cluster: process.env.TEST_REDIS_CLUSTER_URLS }
if (!urls.server && !urls.cluster) throw new Error('Set TEST_REDIS_URL or TEST_REDIS_CLUSTER_URLS.')

/** What is put. Nobody who reads holds it in memory besides. */
let records = []
if (urls.server) await measure('one server', () => new Redis(urls.server))
if (urls.cluster) await measure('Cluster', () => new Cluster(urls.cluster.split(',')))

async function measure(title, connect) {
  const client = connect()
  records = Array.from({ length: total }, (_, at) => recordOf(at))
  console.log(`\n${title}: ${total} records of ${describeSize()}`)
  console.log(
    '| what | records/s | beside one at a time | CPU here, µs each | CPU server, µs each | longest step |\n|---|---|---|---|---|---|',
  )
  const putSingly = await timed(few, client, async (store) => {
    for (const record of records.slice(0, few)) await store.put([record])
  })
  line('put, one record per call', putSingly, putSingly)
  for (const [size, lanes] of [
    [1000, 1],
    [1000, 4],
    [10_000, 1],
    [10_000, 2],
    [total, 1],
  ]) {
    const figures = await timed(total, client, (store) => putAll(store, size, lanes))
    line(`put, ${size} per call, ${lanes} at once`, figures, putSingly)
  }

  const filled = await timed(total, client, (store) => putAll(store, 1000, 4), { keep: true })
  const ids = records.map(({ id }) => id)
  records = []
  const store = await createRedisStore({ client, prefix: filled.prefix })
  const getSingly = await clocked(client, few, async () => {
    for (const id of ids.slice(0, few)) await store.get([id])
  })
  line('get, one record per call', getSingly, getSingly)
  for (let round = 0; round < 3; round++) {
    const scanned = await clocked(client, total, async () => {
      let count = 0
      for await (const _ of store.scan()) count++
      if (count !== total) throw new Error(`scanned ${count} records of ${total}`)
    })
    line('scan', scanned, getSingly)
  }
  const fed = await clocked(client, total, async () => {
    let count = 0
    for await (const batch of store.changes()) {
      if (batch.length === 0) break
      count += batch.length
    }
    if (count !== total) throw new Error(`the feed named ${count} of ${total}`)
  })
  line('changes, from the beginning', fed, getSingly)
  const deleted = await clocked(client, total, async () => {
    for (let at = 0; at < total; at += 10_000) await store.delete(ids.slice(at, at + 10_000))
  })
  line('delete, 10000 per call', deleted, putSingly)
  await store.close()
  await deleteKeys(client, filled.prefix)
  client.disconnect()
}

/** Fills an empty store. */
async function timed(count, client, work, { keep = false } = {}) {
  const prefix = `benchmark:${randomBytes(6).toString('hex')}`
  const store = await createRedisStore({ client, prefix })
  const figures = await clocked(client, count, () => work(store))
  if ((await store.count()) !== count) throw new Error('records are missing')
  await store.close()
  if (!keep) await deleteKeys(client, prefix)
  return { ...figures, prefix }
}

async function clocked(client, count, work) {
  globalThis.gc?.()
  const delays = monitorEventLoopDelay({ resolution: 10 })
  const serverBefore = await serverSeconds(client)
  const before = process.cpuUsage()
  delays.enable()
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  delays.disable()
  const { user, system } = process.cpuUsage(before)
  const server = (await serverSeconds(client)) - serverBefore
  return {
    perSecond: count / seconds,
    here: (user + system) / count,
    server: (server * 1e6) / count,
    longest: delays.max / 1e6,
  }
}

/** How long the servers' main threads have been busy so far. */
async function serverSeconds(client) {
  let seconds = 0
  for (const master of client.nodes?.('master') ?? [client]) {
    const said = await master.info('cpu')
    for (const [, value] of said.matchAll(/^used_cpu_(?:user|sys)_main_thread:(\S+)/gm)) seconds += Number(value)
  }
  return seconds
}

async function putAll(store, size, lanes) {
  let at = 0
  const lane = async () => {
    while (at < total) {
      const from = at
      at += size
      await store.put(records.slice(from, from + size))
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

async function deleteKeys(client, prefix) {
  for (const master of client.nodes?.('master') ?? [client]) {
    let cursor = '0'
    do {
      const [next, keys] = await master.scan(cursor, 'MATCH', `{${prefix}*`, 'COUNT', 1000)
      for (const key of keys) await master.unlink(key)
      cursor = next
    } while (cursor !== '0')
  }
}

function line(what, { perSecond, here, server, longest }, { perSecond: singly }) {
  const factor = (perSecond / singly).toFixed(1)
  const rate = Math.round(perSecond).toLocaleString('en')
  console.log(
    `| ${what} | ${rate} | ${factor} × | ${here.toFixed(1)} | ${server.toFixed(1)} | ${longest.toFixed(0)} ms |`,
  )
}

function describeSize() {
  const [record] = records
  return `${record.objects.length} objects, ${record.vector.length} axes, ${record.tags.length} tags`
}

function recordOf(at) {
  const random = (salt) => Math.fround(createHash('md5').update(`${salt} ${at}`).digest().readUInt32LE() / 2 ** 32)
  const vector = new Float32Array(81)
  const objects = Array.from({ length: 3 }, (_, object) => {
    const axis = 1 + Math.floor(random(`axis ${object}`) * 80)
    const score = Math.fround(0.7 + 0.3 * random(`score ${object}`))
    vector[axis] = score
    return { axis, score, box: [random(1), random(2), random(3), random(4)], color: [random(5), random(6), random(7)] }
  })
  return {
    id: `image-${String(at).padStart(7, '0')}`,
    spaceId: 'mask-rcnn-r50-fpn-12/4409935e/800',
    objects,
    vector,
    width: 640,
    height: 480,
    appearance: {
      palette: Array.from({ length: 5 }, (_, share) => ({
        color: [random(8), random(9), random(share)],
        share: 0.125,
      })),
      hash: '00ff00ff12345678',
    },
    tags: [`album:${at % 1000}`, 'summer'],
    metadata: { title: `Beach ${at}`, taken: 2024 },
    contentHash: createHash('sha256').update(String(at)).digest('hex'),
    embedding: null,
  }
}
