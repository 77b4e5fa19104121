import { setTimeout as sleep } from 'node:timers/promises'
import { cocoLike } from './coco-like.js'
import { idOf } from './ids.js'
import { summary } from './latency.js'
import { queriesOf, seeds } from './queries.js'
import { Random } from './vectors/random.js'

const writesPerSecond = 10_000
// As many as a store's feed brings at a time.
const batchSize = 1000
const seconds = 10
const mostQueriesPerSecond = 100
const knownIds = 100_000

/**
 * Search while writes arrive: a third new images, a third that have changed, a third deleted. Writes and queries come by
 * the clock, whether or not those before are done, and what a query waits counts as its time.
 */
export async function measureWrites({ size, ks, ids }, index) {
  const [limit] = ks
  const queries = queriesOf('fresh', 1000)
  const writer = new Writer(size, ids)
  // Made beforehand: the one who writes does not make the images either.
  const batches = Array.from({ length: Math.ceil((seconds * writesPerSecond) / batchSize) + 1 }, () => writer.next())
  const queriesPerSecond = await affordable(index, queries, limit)
  const milliseconds = []
  const writing = []
  const start = performance.now()
  const due = { write: 0, query: 0 }
  let written = Promise.resolve()
  while (
    batches.length > 0 &&
    Math.min(due.write, due.query) < seconds * 1000 &&
    performance.now() - start < 3 * seconds * 1000
  ) {
    const what = due.write <= due.query ? 'write' : 'query'
    const wait = due[what] - (performance.now() - start)
    // The clock of timers is coarse; the last bit is spent turning, so that writes go on in the meantime.
    if (wait > 2) await sleep(wait - 2)
    while (performance.now() - start < due[what]) await new Promise(setImmediate)
    if (what === 'write') {
      written = Promise.all([written, write(index, batches.shift(), writing)])
      due.write += (1000 * batchSize) / writesPerSecond
    } else {
      await index.search({ vector: queries[milliseconds.length % queries.length], limit })
      milliseconds.push(performance.now() - start - due.query)
      due.query += 1000 / queriesPerSecond
    }
  }
  await written
  const elapsed = (performance.now() - start) / 1000
  return {
    k: limit,
    batchSize,
    reachedPerSecond: (writing.length * batchSize) / elapsed,
    queriesPerSecond,
    search: summary(milliseconds),
    batch: summary(writing),
  }
}

/** Queries do not wait for it, as they would not for another user's upload. */
async function write(index, { entries, ids }, milliseconds) {
  const begin = performance.now()
  await index.write({ put: entries, delete: ids })
  milliseconds.push(performance.now() - begin)
}

/** As many queries a second as take a third of the time. */
async function affordable(index, queries, limit) {
  const start = performance.now()
  const tries = 20
  for (const vector of queries.slice(0, tries)) await index.search({ vector, limit })
  const seconds = (performance.now() - start) / 1000 / tries
  return Math.max(1, Math.min(mostQueriesPerSecond, Math.floor(1 / 3 / seconds)))
}

class Writer {
  #random = new Random(seeds.writes)
  #stream = cocoLike(seeds.writes)
  #next
  #ids
  /** Numbers of images that are there: a part of them all, that a million fit as well as a hundred. */
  #known

  constructor(size, ids) {
    this.#ids = ids
    this.#next = size
    const count = Math.min(size, knownIds)
    this.#known = Array.from({ length: count }, (_, at) => Math.floor((at * size) / count))
  }

  next() {
    const third = Math.floor(batchSize / 3)
    const changed = Array.from({ length: third }, () => this.#known[this.#random.below(this.#known.length)])
    const gone = Array.from({ length: third }, () => this.#take())
    const added = Array.from({ length: batchSize - 2 * third }, () => this.#next++)
    this.#known.push(...added)
    const entries = [...changed, ...added].map((at) => ({
      id: idOf(at, this.#ids),
      vector: this.#stream.next(),
      tags: [],
    }))
    return { entries, ids: gone.map((at) => idOf(at, this.#ids)) }
  }

  #take() {
    const at = this.#random.below(this.#known.length)
    const taken = this.#known[at]
    this.#known[at] = this.#known.at(-1)
    this.#known.pop()
    return taken
  }
}
