// @ts-check
/** Two processes over one Postgres, each with an index of its own in memory: what one adds, the other finds. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { createRecommender } from '@image-recommender/core'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
import { createPostgresStore } from '@image-recommender/store-postgres'
import pg from 'pg'
import { contract, model, photos } from '../quickstart/demo.js'

const { DATABASE_URL } = process.env
const SCHEMA = 'image_recommender_example'
const client = DATABASE_URL ? new pg.Pool({ connectionString: DATABASE_URL }) : await PGlite.create()

await (process.argv[2] === 'add' ? addOne() : search())
await ('end' in client ? client.end() : client.close())

async function search() {
  const recommender = await open()
  await add(recommender, 'airport-004.webp', 'airport-017.webp', 'beach-001.webp')
  const nearest = async () => (await recommender.similarTo('airport-004.webp', { limit: 1 })).items[0]?.id
  say(`the nearest to airport-004.webp is ${await nearest()}`)

  if (DATABASE_URL) {
    const [code] = await once(fork(fileURLToPath(import.meta.url), ['add']), 'exit')
    if (code !== 0) throw new Error('The other process has failed.')
  } else {
    say('no other can open its PGlite, so the other recommender is in it, too')
    await addOne()
  }
  // It hears of the other's images by the store's feed, a moment after they are there.
  const signal = AbortSignal.timeout(30_000)
  while ((await nearest()) !== 'airport-014.webp') await pause(20, undefined, { signal })
  say(`now it is ${await nearest()}`)
  await recommender.close()
  // For this example alone: yours stay.
  const { query } = /** @type {{ query(sql: string): Promise<unknown> }} */ (client)
  await query.call(client, `drop schema ${SCHEMA} cascade`)
}

/** What the other one does. */
async function addOne() {
  const recommender = await open()
  await add(recommender, 'airport-014.webp')
  await recommender.close()
}

async function open() {
  const extractor = await createMaskRcnnExtractor({ model, contract, workers: 1 })
  const store = await createPostgresStore({ client, schema: SCHEMA })
  const recommender = await createRecommender({ extractor, store, onWarning: console.warn })
  say(`a recommender over ${DATABASE_URL ? 'Postgres' : 'PGlite'}, which has ${await recommender.count()} pictures`)
  return recommender
}

/**
 * @param {import('@image-recommender/core').Recommender} recommender
 * @param {string[]} names
 */
async function add(recommender, ...names) {
  for (const name of names) await recommender.add({ id: name, image: await readFile(join(photos, name)) })
  say(`added ${names.join(', ')}`)
}

/** @param {string} text */
function say(text) {
  console.log(`process ${process.pid}: ${text}`)
}
