/**
 * Asks the exact index thousands of random queries while images come, change and go, and holds every answer against a
 * comparison with every image: the same ids in the same order, and distances equal to the last bit. It ends at the first
 * difference.
 *
 *     node benchmarks/search/exactness/index.js [--sizes 5000,100000,1000000] [--queries 10000] [--metrics euclidean,cosine]
 */
import { parseArgs } from 'node:util'
import { cocoLike, dimensions } from '../coco-like.js'
import { exactIndexEntry } from '../exact-index.js'
import { queriesOf } from '../queries.js'
import { Random } from '../vectors/random.js'
import { Collection, idOfImage, tagsOfImage } from './collection.js'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '5000,100000,1000000' },
    metrics: { type: 'string', default: 'euclidean,cosine' },
    queries: { type: 'string', default: '10000' },
  },
})
/** After so many queries a share of all images comes, changes or goes. */
const queriesARound = 100
const shareARound = 0.01

for (const size of values.sizes.split(',').map(Number)) {
  for (const metric of values.metrics.split(',')) {
    const began = performance.now()
    const { compared, size: end } = await compare(size, metric, Number(values.queries))
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    console.log(
      `${size} images at first, ${end} at last, ${metric}: ${values.queries} queries, ${compared} matches, all equal (${seconds} s)`,
    )
  }
}

async function compare(size, metric, queries) {
  const { createExactIndex } = await exactIndexEntry()
  const index = createExactIndex({ dimensions, metric })
  const collection = new Collection(metric)
  const world = { index, collection, random: new Random(size), stream: cocoLike(1), next: 0 }
  await add(world, size)
  const asked = { fresh: queriesOf('fresh', queries), unheard: queriesOf('unheard', queries) }
  let compared = 0
  for (let at = 0; at < queries; at++) {
    if (at % queriesARound === 0) await churn(world, Math.ceil(size * shareARound))
    const vector = asked[world.random.below(10) === 0 ? 'unheard' : 'fresh'][at]
    const request = requestFor(vector, world)
    const expected = collection.search(request)
    const found = await index.search(request)
    const wrong = expected.findIndex(({ id, distance }, n) => found[n]?.id !== id || found[n].distance !== distance)
    if (wrong >= 0 || found.length !== expected.length) {
      const what = JSON.stringify({ ...request, vector: [...vector] })
      throw new Error(`Query ${at}, ${metric}, ${collection.size} images, match ${wrong}: ${what}`)
    }
    compared += found.length
  }
  await index.close()
  return { compared, size: collection.size }
}

/** Plain, filtered, behind a match, or both; 30 matches, now and then 1, 300 or 3,000. */
function requestFor(vector, { random, collection, next }) {
  const request = { vector, limit: [30, 30, 30, 30, 1, 300, 30, 30, 30, 3000][random.below(10)] }
  if (random.below(2) === 0) request.where = filterFor(vector, random, next)
  if (random.below(4) === 0) {
    const depth = 1 + random.below(300)
    request.after = collection.search({ ...request, limit: depth }).at(-1)
  }
  return request
}

function filterFor(vector, random, next) {
  const own = [...vector.keys()].filter((axis) => vector[axis] > 0)
  const axis = () => (random.below(2) === 0 ? own[random.below(own.length)] : 1 + random.below(dimensions - 1))
  const condition = () => ({ axis: axis(), ...(random.below(3) === 0 && { atLeast: 0.7 + 0.3 * random.fraction() }) })
  const some = () => Array.from({ length: random.below(3) }, condition)
  const exclude = Array.from({ length: random.below(20) }, () => idOfImage(random.below(next)))
  const tags = [{}, { all: ['even'] }, { none: ['even'] }, { all: ['tenth'] }][random.below(4)]
  return { axes: { all: some(), any: some(), none: some() }, tags, exclude }
}

/** A third of `count` new, a third changed, a third gone. */
async function churn(world, count) {
  const { index, collection, random } = world
  const third = Math.ceil(count / 3)
  await add(world, third)
  const changed = Array.from({ length: third }, () => random.below(world.next))
  await put(world, changed)
  const gone = Array.from({ length: third }, () => random.below(world.next))
  for (const image of gone) collection.delete(image)
  await index.write({ delete: gone.map(idOfImage) })
}

async function add(world, count) {
  for (let left = count; left > 0; left -= 1000) {
    const images = Array.from({ length: Math.min(left, 1000) }, () => world.next++)
    await put(world, images)
  }
}

async function put({ index, collection, stream }, images) {
  const entries = images.map((image) => ({ id: idOfImage(image), vector: stream.next(), tags: tagsOfImage(image) }))
  for (const [at, image] of images.entries()) collection.put(image, entries[at].vector)
  await index.write({ put: entries })
}
