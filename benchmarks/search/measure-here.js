import { loadavg } from 'node:os'
import { cocoLike, dimensions } from './coco-like.js'
import { summary } from './latency.js'
import { measureNoise } from './noise.js'
import { occupiedBytes } from './occupied-bytes.js'
import { checkedQueries, countOf, kindNames, queriesOf, seeds } from './queries.js'
import { recallOf } from './recall.js'

const batchSize = 10_000
const warmUp = 300

/**
 * Measures an engine in this process: filling it, what it occupies, and queries one after the other. An engine has
 *
 * - `add(dense, first, count)`: takes images that are numbered from `first`; returns the seconds that it took itself,
 * - `prepare(query)`, `search(prepared, k)`: only the latter is measured,
 * - `distances(found)` where it is exact, `labels(found)` where its recall is to be known,
 * - `memory()`, if it keeps account, and `native`, if what it keeps is out of JavaScript's sight.
 */
export async function measureHere(job, engine) {
  const before = occupiedBytes()
  const seconds = await fill(engine, job.size)
  const after = occupiedBytes()
  const queries = []
  const found = {}
  for (const k of job.ks) {
    for (const kind of kindNames) {
      const milliseconds = await ask(engine, queriesOf(kind, countOf(kind, job.queries)), k, job.budget)
      queries.push({ kind, k, ...summary(milliseconds) })
    }
    if (engine.labels) found[k] = (await checked(engine, 'fresh', k, job)).map((it) => engine.labels(it))
  }
  return {
    settings: engine.settings,
    build: { seconds, perSecond: job.size / seconds },
    memory: {
      account: await engine.memory?.(),
      grown: engine.native ? after.process - before.process : after.javascript - before.javascript,
    },
    load: loadavg()[0],
    noise: measureNoise(),
    queries,
    recall: engine.labels && recallOf(found, job),
    exactness: engine.exact && (await checkExactness(engine, job)),
  }
}

/** Returns the seconds within the engine. */
async function fill(engine, size) {
  const stream = cocoLike(seeds.images)
  const dense = new Float32Array(Math.min(size, batchSize) * dimensions)
  let seconds = 0
  for (let done = 0; done < size; done += batchSize) {
    const count = Math.min(batchSize, size - done)
    stream.fill(dense, count)
    seconds += await engine.add(dense, done, count)
  }
  return seconds
}

/** Milliseconds of each query. */
async function ask(engine, queries, k, budget) {
  const prepared = queries.map((query) => engine.prepare(query))
  const start = performance.now()
  const over = (seconds) => performance.now() - start > seconds * 1000
  for (const query of prepared.slice(0, warmUp)) {
    if (over(budget / 5)) break
    await engine.search(query, k)
  }
  const milliseconds = []
  for (const query of prepared) {
    const begin = performance.now()
    await engine.search(query, k)
    milliseconds.push(performance.now() - begin)
    if (over(budget) && milliseconds.length >= 5) break
  }
  return milliseconds
}

async function checked(engine, kind, k, { size }) {
  const results = []
  for (const query of queriesOf(kind, checkedQueries(size)[kind]))
    results.push(await engine.search(engine.prepare(query), k))
  return results
}

/** Every distance must be the true one to the last bit. */
async function checkExactness(engine, job) {
  let compared = 0
  for (const kind of kindNames) {
    for (const k of job.ks) {
      const results = await checked(engine, kind, k, job)
      results.forEach((result, at) => {
        const expected = job.truth[kind][at].slice(0, k)
        const distances = engine.distances(result)
        const wrong = expected.findIndex((distance, rank) => distance !== distances[rank])
        if (wrong >= 0 || distances.length !== expected.length) {
          const what = `${job.engine}, ${job.size} images, ${job.metric}, ${kind} query ${at}, k = ${k}`
          const which = `rank ${wrong}: ${distances[wrong]} instead of ${expected[wrong]}, ${distances.length} matches`
          throw new Error(`Not exact: ${what}, ${which}`)
        }
        compared += expected.length
      })
    }
  }
  return { compared, different: 0 }
}
