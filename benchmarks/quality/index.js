/**
 * `npm run bench:quality [-- --data FOLDER --write-docs]`: how good the ranking is. NDCG@30 by captions that people wrote for 2,500 images of
 * COCO val2017, whose vectors a Mask R-CNN made.
 *
 * The data is not in the repository: `coco-captions/` and `coco-val2017-mask-rcnn/` in FOLDER, see benchmarks/README.md.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { COCO_AXES, createRecommender } from '../../packages/core/dist/index.js'
import { measureRanking, seededRandom } from '../../packages/core/dist/testing.js'
import { writeDocs } from '../search/write-docs.js'
import { readCaptions } from './captions.js'
import { variants } from './variants.js'

const LIMIT = 30
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: fileURLToPath(new URL('../../../shared/data', import.meta.url)) },
    'write-docs': { type: 'boolean', default: false },
  },
})
const folders = ['coco-captions', 'coco-val2017-mask-rcnn'].map((name) => join(values.data, name))
const lacking = folders.find((folder) => !existsSync(folder))
if (lacking) {
  console.log(`Nothing is measured: ${lacking} is not there. Name the folder of the data with --data.`)
  process.exit(0)
}

const { names, relevance } = readCaptions(folders[0])
const vectors = readVectors(folders[1])
const idf = idfOf(vectors)
const half = halves()
const lines = [
  `${names.length} images, each a query once; NDCG@${LIMIT}, on two random halves of the queries and on all.`,
  '',
  '| ranking | one half | other half | all |',
  '|---|---:|---:|---:|',
]
const images = vectors.map((vector) =>
  [...vector].flatMap((score, axis) => (score > 0 ? [[axis, Math.min(score, 1 - 1e-9)]] : [])),
)
for (const [name, variant] of Object.entries(variants)) {
  const score = variant(images, idf)
  await report(name, async (query) => ranked(query, score))
}
const recommender = await filledRecommender(COCO_AXES)
await report('**ours, through `similarTo`: the best of 100 candidates**', through(recommender))
lines.push('', ...(await worthOfScores()), '', ...(await worthOfCandidates()))
await recommender.close()
console.log(lines.join('\n'))
if (values['write-docs']) writeDocs('ranking.md', 'quality', lines.join('\n'))

async function report(name, rank) {
  lines.push(`| ${name} | ${(await qualityOf(rank)).map((value) => value.toFixed(3)).join(' | ')} |`)
}

/** On one half, on the other, and on all. */
async function qualityOf(rank) {
  const quality = []
  for (const wanted of [0, 1]) {
    quality.push((await measureRanking((query) => rank(Number(query)), judgements(wanted), { limit: LIMIT })).ndcg)
  }
  return [...quality, (quality[0] + quality[1]) / 2]
}

function through(recommender) {
  return async (query) => {
    const { items } = await recommender.similarTo(names[query], { limit: LIMIT })
    return items.map(({ id }) => id)
  }
}

/** How many candidates it takes, by which distance they are the nearest. Of axes whose names nobody knows, none counts for more. */
async function worthOfCandidates() {
  const rows = []
  for (const candidates of [30, 60, 100, 200, 300, 600]) {
    const columns = []
    for (const axes of [COCO_AXES.map((name) => `a ${name}`), COCO_AXES]) {
      const recommender = await filledRecommender(axes, candidates)
      columns.push((await qualityOf(through(recommender)))[2].toFixed(3))
      await recommender.close()
    }
    rows.push(`| ${candidates} | ${columns.join(' | ')} |`)
  }
  return ['| candidates | all objects count the same | rare ones for more |', '|---:|---:|---:|', ...rows]
}

function* judgements(wanted) {
  for (let query = 0; query < names.length; query++) {
    if (half[query] !== wanted) continue
    const relevant = {}
    for (let other = 0; other < names.length; other++) {
      const gain = relevance(query, other)
      if (other !== query && gain > 0) relevant[names[other]] = gain
    }
    yield { query: String(query), relevant }
  }
}

function ranked(query, score) {
  const scored = names.map((name, other) => ({ name, other, score: score(query, other) }))
  scored.sort((a, b) => b.score - a.score || a.other - b.other)
  return scored
    .filter(({ other }) => other !== query)
    .slice(0, LIMIT)
    .map(({ name }) => name)
}

/** What scores are worth, and so where to end: the relevance of images with such a score, by that of any image. */
async function worthOfScores() {
  const ends = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1]
  const sums = ends.map(() => ({ images: 0, relevance: 0 }))
  const rows = new Map(names.map((name, row) => [name, row]))
  let [anybody, pairs] = [0, 0]
  for (let query = 0; query < names.length; query += 10) {
    const { items } = await recommender.similarTo(names[query], { limit: 1000 })
    for (const { id, score } of items) {
      const sum = sums[ends.findIndex((end) => score <= end)]
      sum.images++
      sum.relevance += relevance(query, rows.get(id))
    }
    for (let other = 0; other < names.length; other++) {
      if (other === query) continue
      anybody += relevance(query, other)
      pairs++
    }
  }
  return [
    '| score | images | relevance, that of any image being 1 |',
    '|---|---:|---:|',
    ...sums.flatMap(({ images, relevance }, at) =>
      images === 0
        ? []
        : [`| ${ends[at - 1]} to ${ends[at]} | ${images} | ${(relevance / images / (anybody / pairs)).toFixed(2)} |`],
    ),
  ]
}

async function filledRecommender(axes, candidates) {
  const space = { id: 'coco', axes, threshold: 0.7 }
  const recommender = await createRecommender({ extractor: space, ranking: { cutOff: 0, candidates } })
  const records = names.map((id, row) => ({
    id,
    spaceId: space.id,
    objects: [...vectors[row]].flatMap((score, axis) => (score > 0 ? [{ axis, score, box: null, color: null }] : [])),
    vector: vectors[row],
    width: 640,
    height: 480,
    appearance: null,
    tags: [],
    metadata: {},
    contentHash: null,
  }))
  await recommender.put(records)
  return recommender
}

/** Of the images that have captions, in their order. */
function readVectors(folder) {
  const bytes = readFileSync(join(folder, 'vectors.f32'))
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  const rows = readFileSync(join(folder, 'names.txt'), 'utf8').trim().split('\n')
  const rowOf = new Map(rows.map((name, row) => [name, row]))
  const dimensions = COCO_AXES.length
  return names.map((name) => all.slice(rowOf.get(name) * dimensions, (rowOf.get(name) + 1) * dimensions))
}

function idfOf(vectors) {
  return Float64Array.from(COCO_AXES, (_, axis) => {
    const count = vectors.filter((vector) => vector[axis] > 0).length
    return 1 + Math.log((1 + vectors.length) / (1 + count))
  })
}

/** 0 for a random half of the queries, 1 for the other. */
function halves() {
  const random = seededRandom(1)
  const shuffled = names.map((_, query) => ({ query, place: random() })).sort((a, b) => a.place - b.place)
  const half = new Uint8Array(names.length)
  for (const { query } of shuffled.slice(names.length / 2)) half[query] = 1
  return half
}
