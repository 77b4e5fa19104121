/**
 * One process of many over a store: a recommender, which writes at random when it is told to, and ends where it is to end. Calls
 * come as messages.
 */
import { createRecommender, RecommenderError } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { Fate } from './fate.js'
import { DIMENSIONS, hotId, randomRecord, SPACE } from './images.js'
import { Clients, openIndex, openStore } from './parts.js'
import { indexWithPoints, storeWithPoints } from './points.js'

const { place, kind, seed, fate: plan, snapshot } = JSON.parse(process.argv[2])
const random = seededRandom(seed)
const fate = new Fate(plan, random)
const clients = new Clients(place, fate)
const { index, recommender } = await start()

async function start() {
  try {
    const index = await openIndex(kind, place, clients, DIMENSIONS, snapshot)
    const store = storeWithPoints(await openStore(place, clients), fate)
    const parts = { extractor: SPACE, store, index: indexWithPoints(index, fate) }
    return { index, recommender: await createRecommender(parts) }
  } catch (error) {
    console.error(error)
    // Its connection was cut. Whoever runs applications starts them again.
    process.exit(RecommenderError.is(error) && error.code.endsWith('_FAILED') ? 75 : 1)
  }
}

let isStorming = false
let storm = Promise.resolve()
const counts = { writes: 0, failures: {} }

async function blow() {
  while (isStorming) {
    const some = Array.from({ length: 1 + Math.floor(4 * random()) }, () => hotId(random))
    const write =
      random() < 0.3 ? recommender.remove(some) : recommender.put(some.map((id) => randomRecord(id, random)))
    try {
      await write
      counts.writes++
    } catch (error) {
      // Its connection was cut. It may have been written or not, and may be written again.
      const why = `${error.code} ${error.cause?.code ?? error.cause?.message}`
      counts.failures[why] = (counts.failures[why] ?? 0) + 1
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    if (snapshot && random() < 0.1) {
      fate.during('amid a save', 5)
      await index.save(snapshot)
    }
    await new Promise((resolve) => setTimeout(resolve, 10 * random()))
  }
}

const calls = {
  storm: () => {
    isStorming = true
    // Two at a time: a process has more than one request.
    storm = Promise.all([blow(), blow()])
  },
  calm: async () => {
    isStorming = false
    await storm
    return counts
  },
  put: (ids) => recommender.put(ids.map((id) => randomRecord(id, random))),
  remove: (ids) => recommender.remove(ids),
  /** All that the index has, as it gives it. */
  search: async (vector) => {
    const matches = await index.search({ vector: Float32Array.from(vector), limit: 10_000 })
    return matches.map(({ id, distance, vector }) => ({ id, distance, vector: [...vector] }))
  },
  counts: async () => {
    const { total, perAxis } = await index.counts()
    return { total, perAxis: [...perAxis] }
  },
  close: async () => {
    await recommender.close()
    await clients.close()
    process.disconnect()
  },
}

process.on('message', async ({ id, name, given }) => {
  try {
    process.send?.({ id, answer: await calls[name](given) })
  } catch (error) {
    process.send?.({ id, error: `${error.code ?? ''} ${error.message}` })
  }
})
// Whoever started it is gone.
process.on('disconnect', () => process.exit())
process.send?.({ ready: true })
