/**
 * Exact search on a server, where nothing but the class sets is in memory: how long it takes, what it costs the server, and that
 * every answer is that of the exact index in memory, which the search benchmark holds against brute force.
 *
 *     TEST_POSTGRES_URL=postgres://… node benchmarks/stores/exact-index.js [--server postgres] [--size 1000000]
 *
 * `--server redis` takes `TEST_REDIS_URL`, `--server cluster` takes `TEST_REDIS_CLUSTER_URLS` (comma-separated). Packages must
 * be built.
 */
import { parseArgs } from 'node:util'
import { cocoLike, dimensions } from '../search/coco-like.js'
import { exactIndexEntry } from '../search/exact-index.js'
import { summary } from '../search/latency.js'
import { digits, grouped, table } from '../search/markdown.js'
import { countOf, queriesOf, seeds } from '../search/queries.js'
import { onPostgres } from './servers/postgres.js'
import { onRedis } from './servers/redis.js'

const { values } = parseArgs({
  options: {
    server: { type: 'string', default: 'postgres' },
    size: { type: 'string', default: '1000000' },
    metric: { type: 'string', default: 'cosine' },
    queries: { type: 'string', default: '1000' },
    k: { type: 'string', default: '30,300' },
  },
})
const { metric } = values
const [size, queries] = [values.size, values.queries].map(Number)
const WARM_UP = 100

const names = { fresh: 'like the images', unheard: 'six classes at random', twelve: 'twelve objects' }

const servers = {
  postgres: () => onPostgres({ metric }),
  redis: () => onRedis({ metric, isCluster: false }),
  cluster: () => onRedis({ metric, isCluster: true }),
}
const server = await servers[values.server]()
const { createExactIndex } = await exactIndexEntry()
const memory = createExactIndex({ dimensions, metric })
console.log(`\n${grouped(size)} images, ${metric}, ${server.name}\n`)
try {
  await fill()
  await comparePeers(await search())
} finally {
  await server.close()
}

async function fill() {
  const index = await server.open()
  const [bytesBefore, busyBefore] = [await server.bytes(), await server.busySeconds()]
  let seconds = 0
  const images = cocoLike(seeds.images)
  for (let done = 0; done < size; done += 10_000) {
    const entries = Array.from({ length: Math.min(10_000, size - done) }, (_, at) => ({
      id: String(done + at),
      vector: images.next(),
      tags: [],
    })).filter(({ vector }) => vector.some((score) => score > 0))
    await memory.write({ put: entries })
    const began = performance.now()
    for (let at = 0; at < entries.length; at += 1000) await index.write({ put: entries.slice(at, at + 1000) })
    seconds += (performance.now() - began) / 1000
  }
  const began = performance.now()
  const { total } = await index.counts()
  const counting = performance.now() - began
  const busy = (await server.busySeconds()) - busyBefore
  const bytes = (await server.bytes()) - bytesBefore
  await index.close()
  await server.settle()
  console.log(
    `Filled with ${grouped(total / seconds)} images/s, 1,000 a call, ${digits((busy * 1e6) / total)} µs of the server's processor each; ${grouped(bytes / total)} bytes an image; all are counted in ${grouped(counting)} ms.`,
  )
}

/** Resolves to the median for 30 like the images. */
async function search() {
  const opening = performance.now()
  const index = await server.open()
  console.log(`Opened by another process in ${digits((performance.now() - opening) / 1000)} s.\n`)
  // Here, as everywhere, code is slow before it is compiled.
  for (const vector of queriesOf('fresh', 2 * WARM_UP).slice(WARM_UP)) await index.search({ vector, limit: 30 })
  const rows = []
  let p50OfFresh = Number.NaN
  for (const limit of values.k.split(',').map(Number)) {
    for (const kind of ['fresh', 'unheard', 'twelve']) {
      const asked = queriesOf(kind, countOf(kind, queries))
      const [requestsBefore, busyBefore, cpuBefore] = [
        server.requests(),
        await server.busySeconds(),
        process.cpuUsage(),
      ]
      const { taken, answers } = await timed(asked, (vector) => index.search({ vector, limit }))
      const { user, system } = process.cpuUsage(cpuBefore)
      const busy = (await server.busySeconds()) - busyBefore
      const requests = server.requests() - requestsBefore
      for (const [at, vector] of asked.entries()) {
        assertEqual(answers[at], await memory.search({ vector, limit }), `${kind}, k ${limit}, query ${at}`)
      }
      const { p50, p95, p99 } = summary(taken)
      if (kind === 'fresh' && limit === 30) p50OfFresh = p50
      const each = (sum) => digits(sum / asked.length)
      rows.push([
        names[kind],
        limit,
        ...[p50, p95, p99].map(digits),
        each(requests),
        each(busy * 1000),
        each((user + system) / 1000),
        'all equal',
      ])
    }
  }
  await index.close()
  console.log(
    table(
      ['queries', 'k', 'p50 ms', 'p95 ms', 'p99 ms', 'requests', 'CPU there, ms', 'CPU here, ms', 'to memory'],
      rows,
    ),
  )
  return p50OfFresh
}

/** What else these servers have, asked for 30 like the images. */
async function comparePeers(p50OfOurs) {
  const rows = []
  for (const peer of await server.peers(size)) {
    const asked = queriesOf('fresh', Math.min(peer.queries, queries))
    const { taken, answers } = await timed(asked, (vector) => peer.search({ vector, limit: 30 }))
    let found = 0
    for (const [at, vector] of asked.entries()) found += (await trueAmong(answers[at], vector)) / answers[at].length
    const { p50, p99 } = summary(taken)
    rows.push([
      peer.name,
      digits(p50),
      digits(p99),
      `${digits((100 * found) / asked.length)} %`,
      digits(p50 / p50OfOurs),
    ])
  }
  if (rows.length > 0)
    console.log(`\n${table(['beside it, k 30', 'p50 ms', 'p99 ms', 'found', 'its p50 : ours'], rows)}`)
}

/** How many of these are as near as the last of the true neighbours. */
async function trueAmong(ids, vector) {
  const nearest = await memory.search({ vector, limit: ids.length })
  const farthest = nearest.at(-1).distance
  let [near, after] = [new Set(nearest.map(({ id }) => id)), nearest.at(-1)]
  for (let more = nearest; more.length > 0 && more.at(-1).distance <= farthest; ) {
    more = await memory.search({ vector, limit: 1000, after })
    for (const { id, distance } of more) if (distance <= farthest) near.add(id)
    after = more.at(-1)
  }
  return ids.filter((id) => near.has(id)).length
}

async function timed(asked, work) {
  const taken = []
  const answers = []
  for (const vector of asked) {
    const start = performance.now()
    answers.push(await work(vector))
    taken.push(performance.now() - start)
  }
  return { taken, answers }
}

function assertEqual(found, wanted, what) {
  const wrong = wanted.findIndex(({ id, distance }, at) => found[at]?.id !== id || found[at].distance !== distance)
  if (wrong >= 0 || found.length !== wanted.length) throw new Error(`${what}: match ${wrong} is not equal`)
}
