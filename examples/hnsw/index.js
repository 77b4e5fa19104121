// @ts-check
/** HNSW over embeddings, and what it finds of what exact search finds among the very same vectors. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createMemoryStore, createRecommender } from '@image-recommender/core'
import { createEmbeddingExtractor } from '@image-recommender/core/embedding'
import { createHnswIndex } from '@image-recommender/index-hnsw'
import { encoder, photos } from '../quickstart/demo.js'

const NEIGHBOURS = 10

// The exact index is the default. Embeddings are kept in the store, with the other facts.
const store = createMemoryStore()
const extractor = await createEmbeddingExtractor(encoder)
const exact = await createRecommender({ extractor, store })
const files = (await readdir(photos)).filter((name) => name.endsWith('.webp')).slice(0, 200)
await exact.addAll(files.map((name) => ({ id: name, image: () => readFile(join(photos, name)) })))

const opened = [exact]
const dimensions = extractor.space.axes.length
console.log(
  `${files.length} pictures, vectors of ${dimensions} values. Of the ${NEIGHBOURS} nearest of each, HNSW finds`,
)
// The last line is what you get if you ask for nothing. A graph is for hundreds of thousands of vectors: up to efSearch · m / 4, which
// is 800 then, the index compares all of them, and here there are fewer.
for (const options of [{ m: 4, efConstruction: 10, efSearch: 10 }, { efSearch: 10 }, {}]) {
  // An index is a view of the store: this one is filled when the recommender is made.
  const index = await createHnswIndex({ dimensions, ...options })
  const approximate = await createRecommender({ extractor: extractor.space, store, index })
  let found = 0
  for (const id of files) {
    const truth = await exact.similarTo(id, { limit: NEIGHBOURS })
    const { items } = await approximate.similarTo(id, { limit: NEIGHBOURS })
    // What is as near as the last of the true ones is one of them.
    const farthest = Math.max(...truth.items.map(({ distance }) => distance))
    found += items.filter(({ distance }) => distance <= farthest).length
  }
  const recall = found / (files.length * NEIGHBOURS)
  // Among vectors of your own, the index itself tells what it finds of them; here the picture that is asked about is counted, too.
  const measured = await index.measureRecall(files.length, NEIGHBOURS)
  console.log(`${percent(recall)}, measureRecall says ${percent(measured)}: ${JSON.stringify(options)}`)
  opened.push(approximate)
}
// The store is of all of them. One that stays open would go on following it.
for (const recommender of opened) await recommender.close()

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(1)} %`
}
