/**
 * One index with one kind of vectors, in a process of its own, so that what others left behind disturbs neither its
 * memory nor its speed.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createExactIndex, openExactIndex } from '../../packages/core/dist/exact-index.js'
import { createHnswIndex, openHnswIndex } from '../../packages/index-hnsw/dist/index.js'
import { summary } from '../search/latency.js'
import { measureNoise } from '../search/noise.js'
import { occupiedBytes } from '../search/occupied-bytes.js'
import { Lateness } from './lateness.js'
import { kinds } from './vectors.js'

const makers = {
  exact: { create: async (options) => createExactIndex(options), open: openExactIndex },
  hnsw: { create: createHnswIndex, open: openHnswIndex },
}
const batchSize = 1000

process.once('message', async (job) => {
  process.send(await measure(job), () => process.disconnect())
})

async function measure({ kind, engine, metric, size, k, queries, efSearch }) {
  const { dimensions, stream } = kinds[kind]
  const options = { dimensions, metric }
  const folder = mkdtempSync(join(tmpdir(), 'benchmark-hnsw-'))
  const path = join(folder, 'index')
  const drawn = draw(stream(2), queries)
  try {
    const before = occupiedBytes().process
    let index = await makers[engine].create(options)
    const build = await fill(index, stream(1), size)
    const memory = occupiedBytes().process - before
    const saved = await timed(() => index.save(path))
    await index.close()
    const rows = []
    for (const ef of engine === 'hnsw' ? efSearch : [undefined]) {
      const opening = new Lateness()
      opening.begin()
      const opened = await timed(() => makers[engine].open(path, ef ? { ...options, efSearch: ef } : options))
      opening.pause()
      index = opened.value
      const asked = await ask(index, drawn, k)
      const recall = ef ? await index.measureRecall(drawn.slice(0, 100), k) : 1
      rows.push({ ef, recall, openSeconds: opened.seconds, opening: opening.end(), ...asked })
      await index.close()
    }
    const file = statSync(path).size
    return { kind, engine, metric, size, build, memory, saveSeconds: saved.seconds, file, rows, noise: measureNoise() }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function fill(index, next, size) {
  const lateness = new Lateness()
  let seconds = 0
  for (let first = 0; first < size; first += batchSize) {
    const count = Math.min(batchSize, size - first)
    const entries = draw(next, count).map((vector, at) => ({ id: `image-${first + at}`, vector, tags: [] }))
    // What the drawing has kept waiting is not the index's doing.
    await new Promise((resolve) => setTimeout(resolve, 5))
    lateness.begin()
    seconds += (await timed(() => index.write({ put: entries }))).seconds
    lateness.pause()
  }
  return { seconds, lateness: lateness.end() }
}

async function ask(index, drawn, k) {
  for (const vector of drawn.slice(0, 200)) await index.search({ vector, limit: k })
  const asking = new Lateness()
  const milliseconds = []
  asking.begin()
  for (const vector of drawn) {
    // As between two requests: searches that never pause would keep all else waiting as long as they go on.
    await new Promise((resolve) => setImmediate(resolve))
    const { seconds } = await timed(() => index.search({ vector, limit: k }))
    milliseconds.push(seconds * 1000)
  }
  asking.pause()
  return { ...summary(milliseconds), asking: asking.end() }
}

function draw(next, count) {
  return Array.from({ length: count }, next)
}

async function timed(act) {
  const start = performance.now()
  const value = await act()
  return { value, seconds: (performance.now() - start) / 1000 }
}
