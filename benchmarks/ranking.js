/**
 * How long recommendations take in memory: similar images, objects by name, a history of 500 likes, with ranking and reasons, beside the
 * index's own search for the same number of images.
 *
 *     node --max-old-space-size=16000 benchmarks/ranking.js [--size 1000000] [--queries 1000]
 *
 * Images have boxes, colours, palettes and hashes, made at random. Packages must be built.
 */
import { parseArgs } from 'node:util'
import { createExactIndex } from '../packages/core/dist/exact-index.js'
import { COCO_AXES, createRecommender } from '../packages/core/dist/index.js'
import { cocoLike } from './search/coco-like.js'
import { ALBUMS, cocoLikeRecords } from './search/coco-like-records.js'
import { summary } from './search/latency.js'
import { machine } from './search/machine.js'
import { Random } from './search/vectors/random.js'

const { values } = parseArgs({
  options: { size: { type: 'string', default: '1000000' }, queries: { type: 'string', default: '1000' } },
})
const [size, queries] = [Number(values.size), Number(values.queries)]
const LIMIT = 30
const WARM_UP = 100
const LIKES = 500

const space = { id: 'coco', axes: COCO_AXES, threshold: 0.7 }
const index = createExactIndex({ dimensions: COCO_AXES.length })
const recommender = await createRecommender({ extractor: space, index })
const records = cocoLikeRecords(space.id, 1)
for (let at = 0; at < size; at += 10_000) {
  await recommender.put(Array.from({ length: Math.min(10_000, size - at) }, (_, nth) => records.next(String(at + nth))))
}
const { cpu, cores, node, date } = machine()
console.log(`${size} images, ${queries} queries, ${LIMIT} asked for; ${cpu}, ${cores} cores, Node ${node}, ${date}\n`)
console.log('| what | p50, ms | p99, ms | CPU, ms | p50 to that of the search alone |')
console.log('|---|---:|---:|---:|---:|')

const random = new Random(2)
const anybody = () => String(Math.floor(random.fraction() * size))
const names = COCO_AXES.slice(1)
const anything = () => names[Math.floor(random.fraction() * names.length)]
const draw = cocoLike(3)
const anyTag = () => ALBUMS[Math.floor(random.fraction() * ALBUMS.length)]
let alone
alone = await measure('index.search', () => index.search({ vector: draw.next(), limit: LIMIT }))
await measure('similarTo', () => recommender.similarTo(anybody(), { limit: LIMIT }))
await measure('similarTo, looks left out', () =>
  recommender.similarTo(anybody(), { limit: LIMIT, weights: { arrangement: 0, colors: 0 } }),
)
await measure('similarTo, various', () =>
  recommender.similarTo(anybody(), { limit: LIMIT, diversity: 0.3, mostPerObjectSet: 5, collapseNearDuplicates: true }),
)
await measure('recommend: an image and a tag', () =>
  recommender.recommend({ like: [{ id: anybody() }, { tags: [anyTag()] }], limit: LIMIT }),
)
await measure('recommend: three objects', () => {
  const objects = { [anything()]: 1, [anything()]: 0.7, [anything()]: 0.4 }
  return recommender.recommend({ like: [{ objects }], unlike: [{ objects: { [anything()]: 0.5 } }], limit: LIMIT })
})
await measure(`recommend: ${LIKES} likes`, () => {
  const like = Array.from({ length: LIKES }, () => ({ id: anybody(), weight: 1 + random.fraction() }))
  return recommender.recommend({ like, limit: LIMIT })
})
await measure(`taste of ${LIKES} likes, and recommend`, async () => {
  const like = Array.from({ length: LIKES }, () => ({ id: anybody(), age: random.fraction() * 100 }))
  return recommender.recommend({ taste: await recommender.taste({ like, halfLife: 30 }), limit: LIMIT })
})
await recommender.close()

async function measure(what, ask) {
  for (let at = 0; at < WARM_UP; at++) await ask()
  const milliseconds = []
  const before = process.cpuUsage()
  for (let at = 0; at < queries; at++) {
    const began = performance.now()
    await ask()
    milliseconds.push(performance.now() - began)
  }
  const { user, system } = process.cpuUsage(before)
  const { p50, p99 } = summary(milliseconds)
  const ratio = alone ? `${(p50 / alone).toFixed(1)} ×` : ''
  const cpu = ((user + system) / 1000 / queries).toFixed(2)
  console.log(`| ${what} | ${p50.toFixed(3)} | ${p99.toFixed(2)} | ${cpu} | ${ratio} |`)
  return p50
}
