/**
 * What candidates cost: of what the ranking could show at best, how much it shows.
 *
 *     node benchmarks/quality/candidates.js [--queries 200]
 *
 * 10,000 images with vectors like those of photographs and looks made at random, which is the hardest case: nothing but the number of
 * candidates helps to find what looks alike. Each query is asked of a recommender that ranks all images, then of others: the sum of the
 * scores of the first 30 as a share of the sum there. Build first: npm run build.
 */
import { parseArgs } from 'node:util'
import { COCO_AXES, createRecommender } from '../../packages/core/dist/index.js'
import { cocoLikeRecords } from '../search/coco-like-records.js'
import { table } from '../search/markdown.js'
import { Random } from '../search/vectors/random.js'

const IMAGES = 10_000
const LIMIT = 30
const { values } = parseArgs({ options: { queries: { type: 'string', default: '200' } } })
const records = cocoLikeRecords('coco', 1)
const images = Array.from({ length: IMAGES }, (_, at) => records.next(`image-${at}`))
/** Of axes whose names nobody knows, none counts for more. */
const unknown = COCO_AXES.map((name) => `a ${name}`)

const best = await filled(unknown, IMAGES)
const others = [
  ['all objects count the same, 100', await filled(unknown, 100)],
  ['300', await filled(unknown, 300)],
  ['rare ones for more, 100', await filled(COCO_AXES, 100)],
  ['200', await filled(COCO_AXES, 200)],
  ['300', await filled(COCO_AXES, 300)],
]
const random = new Random(9)
const rows = []
for (const likes of [1, 3, 10, 100, 500]) {
  const shares = others.map(() => [])
  const queries = Math.ceil(Number(values.queries) / (likes === 1 ? 1 : 5))
  for (let query = 0; query < queries; query++) {
    const like = Array.from({ length: likes }, () => ({ id: `image-${Math.floor(random.fraction() * IMAGES)}` }))
    const most = await sumOf(best, like)
    if (most === 0) continue
    for (const [nth, [, recommender]] of others.entries()) shares[nth].push((await sumOf(recommender, like)) / most)
  }
  rows.push([likes, ...shares.map((list) => mean(list).toFixed(3))])
}
for (const recommender of [best, ...others.map(([, recommender]) => recommender)]) await recommender.close()
console.log(table(['liked images', ...others.map(([name]) => name)], rows))

async function filled(axes, candidates) {
  const extractor = { id: 'coco', axes, threshold: 0.7 }
  const recommender = await createRecommender({
    extractor,
    ranking: { candidates, cutOff: 0 },
    cachedRecords: IMAGES,
  })
  await recommender.put(images)
  return recommender
}

async function sumOf(recommender, like) {
  const { items } = await recommender.recommend({ like, limit: LIMIT })
  return items.reduce((sum, { score }) => sum + score, 0)
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
