// @ts-check
/** Records and index in Redis: one recommender describes pictures, another, without a model and with nothing in memory, searches. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRecommender } from '@image-recommender/core'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
import { createRedisIndex, createRedisStore } from '@image-recommender/store-redis'
import { Redis } from 'ioredis'
import { contract, model, photos } from '../quickstart/demo.js'

const { REDIS_URL } = process.env
if (!REDIS_URL) {
  console.error('REDIS_URL must name a Redis, 7.0 or newer: REDIS_URL=redis://127.0.0.1:6379 npm start')
  process.exit(1)
}
const prefix = 'image-recommender-example'

// Where pictures come in, a model is needed.
const worker = connect()
const ingest = await open(worker, await createMaskRcnnExtractor({ model, contract }))
const names = (await readdir(photos)).filter((name) => /^(airport|beach|kitchen)-.*webp$/.test(name))
const late = 'airport-001.webp'
const others = names.filter((name) => name !== late)
await ingest.addAll(others.map((name) => ({ id: name, image: () => readFile(join(photos, name)) })))

// Where they are looked for, only the names of the objects are. This could be another process, on another machine.
const web = connect()
const site = await open(web, ingest.space)
await show(`Of ${await site.count()} pictures, with an airplane, better still with people:`)

// An index that is shared needs no time to hear of it.
await ingest.add({ id: late, image: await readFile(join(photos, late)) })
await show(`After ${late} has come in:`)

await ingest.close()
await site.close()
// For this example alone: yours stay.
for await (const keys of worker.scanStream({ match: `{${prefix}*` })) if (keys.length > 0) await worker.unlink(keys)
worker.disconnect()
web.disconnect()

function connect() {
  const client = new Redis(/** @type {string} */ (REDIS_URL), { commandTimeout: 10_000 })
  return client.on('error', console.error)
}

/**
 * @template {string} Axis
 * @param {Redis} client
 * @param {import('@image-recommender/core').RecommenderOptions<Axis>['extractor']} extractor
 */
async function open(client, extractor) {
  const { axes } = 'space' in extractor ? extractor.space : extractor
  const store = await createRedisStore({ client, prefix })
  const index = await createRedisIndex({ client, prefix, dimensions: axes.length })
  return createRecommender({ extractor, store, index, onWarning: console.warn })
}

/** @param {string} title */
async function show(title) {
  console.log(title)
  const { items } = await site.recommend({ like: [{ objects: { airplane: 1, person: 0.5 } }], limit: 3 })
  for (const { id, score, because } of items)
    console.log(`${score.toFixed(2)}  ${id}  because of ${because.map(({ name }) => name).join(', ')}`)
}
