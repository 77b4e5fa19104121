/**
 * What `createPgvectorIndex` finds and how long it takes, on object vectors and on dense ones, beside `createPostgresIndex` and
 * the exact index in memory over the same vectors and queries; every answer is compared with brute force.
 *
 *     TEST_POSTGRES_URL=postgres://… node benchmarks/stores/pgvector.js [--size 100000] [--queries 200] [--kinds objects,dense-128]
 *         [--engines pgvector,pgvector-half,postgres,memory] [--metric cosine]
 *
 * The server must let one make a database, with pgvector in it. Packages must be built.
 */
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { createExactIndex } from '../../packages/core/dist/exact-index.js'
import { distanceOf } from '../../packages/core/dist/index.js'
import { createPgvectorIndex, createPostgresIndex } from '../../packages/store-postgres/dist/index.js'
import { kinds } from '../hnsw/vectors.js'
import { summary } from '../search/latency.js'
import { machine } from '../search/machine.js'

// A dependency of the package, not of this folder.
const pg = createRequire(new URL('../../packages/store-postgres/package.json', import.meta.url))('pg')

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '100000' },
    queries: { type: 'string', default: '200' },
    kinds: { type: 'string', default: 'objects,dense-128' },
    engines: { type: 'string', default: 'pgvector,pgvector-half,postgres,memory' },
    metric: { type: 'string', default: 'cosine' },
  },
})
const [size, queries] = [values.size, values.queries].map(Number)
const { metric } = values
const k = 30
// A transaction that writes for long holds back the feeds of everybody on the server.
const AT_ONCE = 500
const EF_SEARCH = [40, 100, 200]

if (!process.env.TEST_POSTGRES_URL) throw new Error('TEST_POSTGRES_URL must name a PostgreSQL server.')
const admin = new pg.Client(process.env.TEST_POSTGRES_URL)
await admin.connect()
const name = `bench_pgvector_${process.pid}`
await admin.query(`create database ${name}`)
const address = new URL(process.env.TEST_POSTGRES_URL)
address.pathname = `/${name}`
const client = new pg.Pool({ connectionString: address.href, max: 4 })
try {
  await client.query('create extension vector')
  const { cpu, cores, node, date } = machine()
  const [{ version }] = (await client.query("select extversion as version from pg_extension where extname = 'vector'"))
    .rows
  console.log(`${size} vectors, ${queries} queries, k = ${k}, ${metric}, pgvector ${version}, ${date}`)
  console.log(`${cpu}, ${cores} cores, Node ${node}, the server on the same machine\n`)
  console.log('| vectors | index | found | p50, ms | p99, ms | puts/s | on disk, bytes a vector |')
  console.log('|---|---|---:|---:|---:|---:|---:|')
  for (const kind of values.kinds.split(',')) await measureKind(kind)
} finally {
  await client.end()
  await admin.query(`drop database ${name} with (force)`)
  await admin.end()
}

async function measureKind(kind) {
  const { dimensions, stream } = kinds[kind]
  const next = stream(1)
  const entries = Array.from({ length: size }, (_, at) => ({ id: `image-${at}`, vector: next(), tags: [] }))
  const draw = stream(2)
  const asked = Array.from({ length: queries }, draw)
  const farthest = asked.map((vector) => kthDistance(entries, vector))
  const engines = {
    pgvector: () => graph(false),
    'pgvector-half': () => graph(true),
    postgres: () =>
      one('createPostgresIndex', () =>
        createPostgresIndex({ client, dimensions, metric, table: `exact_${dimensions}` }),
      ),
    memory: () => one('createExactIndex, in memory', async () => createExactIndex({ dimensions, metric })),
  }
  for (const engine of values.engines.split(',')) await engines[engine]()

  async function graph(halfvec) {
    const options = { client, dimensions, metric, halfvec, table: `graph_${dimensions}_${halfvec}` }
    let filled = await fill(await createPgvectorIndex(options))
    await client.query(`analyze image_recommender.${options.table}_vectors`)
    filled.bytes = await sizeOf(options.table)
    for (const efSearch of EF_SEARCH) {
      const index = await createPgvectorIndex({ ...options, efSearch })
      await ask(`createPgvectorIndex${halfvec ? ', halfvec' : ''}, efSearch ${efSearch}`, index, filled)
      await index.close()
      filled = {}
    }
  }

  async function one(title, create) {
    const index = await create()
    const filled = await fill(index)
    if (index.shared) {
      await client.query('vacuum analyze')
      filled.bytes = await sizeOf(`exact_${dimensions}`)
    }
    await ask(title, index, filled)
    await index.close()
  }

  async function fill(index) {
    const began = performance.now()
    for (let at = 0; at < size; at += AT_ONCE) await index.write({ put: entries.slice(at, at + AT_ONCE) })
    return { perSecond: (1000 * size) / (performance.now() - began) }
  }

  async function ask(title, index, { perSecond, bytes }) {
    for (const vector of asked.slice(0, 20)) await index.search({ vector, limit: k })
    const milliseconds = []
    let found = 0
    for (const [at, vector] of asked.entries()) {
      const began = performance.now()
      const matches = await index.search({ vector, limit: k })
      milliseconds.push(performance.now() - began)
      found += matches.filter(({ distance }) => distance <= farthest[at]).length
    }
    const { p50, p99 } = summary(milliseconds)
    const share = `${((100 * found) / (k * queries)).toFixed(1)} %`
    const rest = [perSecond, bytes && bytes / size].map((value) =>
      value ? Math.round(value).toLocaleString('en') : '',
    )
    console.log(
      `| ${kind}, ${dimensions} values | ${title} | ${share} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${rest.join(' | ')} |`,
    )
  }
}

/** By brute force. */
function kthDistance(entries, query) {
  const distance = distanceOf(metric)
  const distances = Float64Array.from(entries, ({ vector }) => distance(query, vector))
  return distances.sort()[k - 1]
}

async function sizeOf(table) {
  const { rows } = await client.query(
    "select sum(pg_total_relation_size(oid))::text as size from pg_class where relkind = 'r' and relname like $1",
    [`${table}%`],
  )
  return Number(rows[0].size)
}
