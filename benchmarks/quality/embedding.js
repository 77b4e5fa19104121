/**
 * What an embedding adds to a ranking by objects, and what it is alone.
 *
 *     node benchmarks/quality/embedding.js
 *
 * The demo's gallery: scenes of the theme of each scene, among the ten best. The encoder is the backbone of the demo's detector, which
 * has learned to find emoji and nothing else; its backdrops are painted by theme. So this says that the parts work together, and
 * nothing about photographs. Beside it: the detector's objects alone, cosine of its vectors, and chance. Also how long an image
 * takes in one thread, with decoding. Build first: npm run build.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createEmbeddingExtractor } from '../../packages/core/dist/embedding.js'
import { createRecommender } from '../../packages/core/dist/index.js'
import { createMaskRcnnExtractor } from '../../packages/core/dist/mask-rcnn.js'
import { measureRanking } from '../../packages/core/dist/testing.js'
import { table } from '../search/markdown.js'

const demo = new URL('../../tools/demo-model/', import.meta.url)
const json = (name) => JSON.parse(readFileSync(new URL(name, demo), 'utf8'))
const model = (name) => fileURLToPath(new URL(`model/${name}.onnx`, demo))
const gallery = json('gallery/gallery.json')
const PLACES = 10

const detector = () =>
  createMaskRcnnExtractor({
    model: model('demo-mask-rcnn'),
    contract: json('model/contract.json'),
    workers: 1,
    threads: 1,
  })
const encoder = () =>
  createEmbeddingExtractor({
    model: model('demo-encoder'),
    contract: json('model/encoder-contract.json'),
    workers: 1,
    threads: 1,
  })
/** Looks would tell themes apart, too. */
const plain = { cutOff: 0, weights: { arrangement: 0, colors: 0 } }
const ways = {
  'objects, by cosine': { extractor: await detector(), ranking: { by: 'distance' } },
  'objects, ranked': { extractor: await detector(), ranking: plain },
  'objects, ranked with arrangement and colours': { extractor: await detector(), ranking: { cutOff: 0 } },
  'embedding alone': { extractor: await encoder() },
  'objects and embedding, ranked': {
    extractor: await detector(),
    embedding: { extractor: await encoder() },
    ranking: plain,
  },
}

const judgements = gallery.map(({ name, theme }) => ({
  query: name,
  relevant: gallery.filter((other) => other.theme === theme && other.name !== name).map((other) => other.name),
}))
const chance =
  judgements.reduce((sum, { relevant }) => sum + relevant.length / (gallery.length - 1), 0) / gallery.length

console.log(`Node ${process.version}, ${gallery.length} scenes\n`)
const rows = []
for (const [way, options] of Object.entries(ways)) {
  const recommender = await createRecommender(options)
  const begun = performance.now()
  for (const { name } of gallery)
    await recommender.add({ id: name, image: readFileSync(new URL(`gallery/${name}`, demo)) })
  const milliseconds = (performance.now() - begun) / gallery.length
  const rank = async (id, limit) => (await recommender.similarTo(id, { limit })).items.map((item) => item.id)
  const { ndcg, recall } = await measureRanking(rank, judgements, { limit: PLACES })
  // As many as can be found are more than there are places, so that this recall is the precision.
  rows.push([way, ndcg.toFixed(3), recall.toFixed(3), milliseconds.toFixed(1)])
  await recommender.close()
}
rows.push(['by chance', chance.toFixed(3), chance.toFixed(3), ''])
console.log(table(['neighbours by', `NDCG@${PLACES}`, `precision@${PLACES}`, 'ms an image'], rows))
