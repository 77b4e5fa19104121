/**
 * Exact search on a server, where nothing but the class sets is in memory: how long it takes, and that every answer is that of
 * the exact index in memory, which the search benchmark holds against brute force.
 *
 *     TEST_POSTGRES_URL=postgres://… node benchmarks/stores/exact-index.js [--size 1000000] [--metric cosine] [--queries 1000]
 */
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { createPostgresIndex } from '../../packages/store-postgres/dist/index.js'
import { cocoLike, dimensions } from '../search/coco-like.js'
import { core } from '../search/core.js'
import { summary } from '../search/latency.js'
import { queriesOf, seeds } from '../search/queries.js'

// A dependency of the package, not of this folder.
const pg = createRequire(new URL('../../packages/store-postgres/package.json', import.meta.url))('pg')

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1000000' },
    metric: { type: 'string', default: 'cosine' },
    queries: { type: 'string', default: '1000' },
    k: { type: 'string', default: '30' },
    keep: { type: 'boolean', default: false },
  },
})
const { metric } = values
const [size, queries, limit] = [values.size, values.queries, values.k].map(Number)
const schema = `bench_${metric}_${size}`
const pool = new pg.Pool({ connectionString: process.env.TEST_POSTGRES_URL, max: 4 })
const { createExactIndex } = await core()
const memory = createExactIndex({ dimensions, metric })

const [{ exists }] = (await pool.query('select to_regnamespace($1) is not null as exists', [schema])).rows
let index = await createPostgresIndex({ client: pool, schema, dimensions, metric })
const began = performance.now()
const stream = cocoLike(seeds.images)
for (let done = 0; done < size; done += 10_000) {
  const entries = Array.from({ length: Math.min(10_000, size - done) }, (_, at) => ({
    id: String(done + at),
    vector: stream.next(),
    tags: [],
  }))
  await memory.put(entries)
  if (!exists) await index.put(entries)
}
if (!exists) {
  const seconds = (performance.now() - began) / 1000
  console.log(`${size} images put in ${seconds.toFixed(1)} s, making them included: ${Math.round(size / seconds)}/s`)
  await pool.query(`vacuum analyze ${schema}.exact_index_members`)
}
const opening = performance.now()
index = await createPostgresIndex({ client: pool, schema, dimensions, metric })
console.log(`opened in ${((performance.now() - opening) / 1000).toFixed(2)} s`)

for (const kind of ['fresh', 'unheard', 'twelve']) {
  const taken = []
  for (const vector of queriesOf(kind, kind === 'fresh' ? queries : Math.min(100, queries))) {
    const start = performance.now()
    const found = await index.search({ vector, limit })
    taken.push(performance.now() - start)
    const wanted = await memory.search({ vector, limit })
    const wrong = wanted.findIndex(({ id, distance }, at) => found[at]?.id !== id || found[at].distance !== distance)
    if (wrong >= 0 || found.length !== wanted.length) throw new Error(`${kind}: match ${wrong} is not equal`)
  }
  const { p50, p95, p99 } = summary(taken)
  console.log(
    `${metric}, k ${limit}, ${kind}: p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)}, p99 ${p99.toFixed(2)}; all equal`,
  )
}
if (!values.keep) await pool.query(`drop schema ${schema} cascade`)
await pool.end()
