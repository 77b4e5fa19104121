/**
 * An application over a database in a folder, with an index that it saves now and then. It tells what it has found when it is ready, and then
 * writes until it meets its end. What it is about to do and what it has been told is done it writes down first, where a kill cannot take it away.
 */
import { appendFileSync, existsSync } from 'node:fs'
import { createRecommender } from '@image-recommender/core'
import { createExactIndex, openExactIndex } from '@image-recommender/core/exact-index'
import { createFakeExtractor, fakeImage, seededRandom } from '@image-recommender/core/testing'
import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'
import { startEmbeddedPostgres } from '@image-recommender/server/service'
import { createPostgresStore } from '@image-recommender/store-postgres'
import { Fate } from '../../many-processes/replica/fate.js'
import { connectionWithPoints, indexWithPoints, storeWithPoints } from '../../many-processes/replica/points.js'

const { database, snapshot, journal, kind, seed, plan } = JSON.parse(process.argv[2])
const random = seededRandom(seed)
const fate = new Fate(plan, random)

const { pool } = await startEmbeddedPostgres({ folder: database })
pool.on('connect', (connection) => connectionWithPoints(connection, fate))
const extractor = extractorWithPoints(createFakeExtractor())
const index = await openIndex({ dimensions: extractor.space.axes.length })
const store = await createPostgresStore({ client: pool })
const recommender = await createRecommender({
  extractor,
  store: storeWithPoints(store, fate),
  index: indexWithPoints(index, fate),
  ranking: { by: 'distance' },
})
process.on('disconnect', () => process.exit())
process.once('message', () => Promise.all([write(0), write(1), save()]))
process.send?.(await found())

/** @param {{ dimensions: number }} shape */
async function openIndex(shape) {
  const isSaved = existsSync(snapshot)
  if (kind === 'exact') return isSaved ? openExactIndex(snapshot, shape) : createExactIndex(shape)
  return isSaved ? openHnswIndex(snapshot, shape) : createHnswIndex(shape)
}

function extractorWithPoints(/** @type {import('@image-recommender/core').FeatureExtractor} */ extractor) {
  return {
    ...extractor,
    extract: async (/** @type {Uint8Array} */ image) => {
      await fate.linger('while an image is described')
      return extractor.extract(image)
    },
  }
}

/** All that is there, by the store, the index and the recommender. */
async function found() {
  const records = []
  for await (const { id, vector, metadata } of store.scan()) records.push({ id, vector: [...vector], metadata })
  const searches = []
  for (const objects of [{ dog: 1 }, { cat: 0.9, car: 0.8 }, { person: 1, dog: 0.8 }]) {
    const { items } = await recommender.recommend({ like: [{ objects }], limit: 1000 })
    searches.push({ objects, items: items.map(({ id, distance }) => ({ id, distance })) })
  }
  const { total, perAxis } = await index.counts()
  return { records, searches, counts: { total, perAxis: [...perAxis] }, count: await recommender.count() }
}

/** Two do so at once, each with images of its own. @param {number} nth */
async function write(nth) {
  for (let number = 2 * Math.floor(1e6 * random()) + nth; ; number += 2) {
    const ids = Array.from({ length: 1 + Math.floor(4 * random()) }, () => `${nth}-${Math.floor(25 * random())}`)
    const chance = random()
    if (chance < 0.25) await journalled({ number, ids, removes: true }, () => recommender.remove(ids))
    else if (chance < 0.6) await journalled({ number, ids: [ids[0]] }, () => recommender.add(imageOf(ids[0], number)))
    else {
      const different = [...new Set(ids)]
      const images = different.map((id) => imageOf(id, number))
      await journalled({ number, ids: different }, async () => {
        const { failed } = await recommender.addAll(images)
        if (failed.length > 0) throw failed[0].error
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 5 * random()))
  }
}

async function save() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 30 * random()))
    await index.save(snapshot)
    await fate.linger('behind a save')
  }
}

async function journalled(/** @type {object} */ begun, /** @type {() => Promise<unknown>} */ act) {
  appendFileSync(journal, `${JSON.stringify(begun)}\n`)
  await act()
  appendFileSync(journal, `${JSON.stringify({ ...begun, isDone: true })}\n`)
}

/** Now and then one in which nothing is recognised. @param {string} id @param {number} number */
function imageOf(id, number) {
  const names = ['dog', 'cat', 'car', 'person', 'frisbee']
  const objects = random() < 0.15 ? {} : { [names[number % 5]]: 0.7 + 0.3 * random(), [names[(number >> 3) % 5]]: 0.9 }
  return { id, image: fakeImage(objects, `${number}`), metadata: { number } }
}
