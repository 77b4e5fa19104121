import { cocoLike, dimensions } from './coco-like.js'
import { distance } from './distance.js'
import { queriesOf, seeds } from './queries.js'

const batchSize = 10_000

/**
 * Which share of the true neighbours was found. A neighbour that is as near as the last true one counts, whichever of
 * those that are equally near it is. `found`: for each k, for each checked fresh query, the labels that came back.
 */
export function recallOf(found, { size, metric, truth }) {
  const vectors = vectorsOf(new Set(Object.values(found).flat(2)), size)
  const queries = queriesOf('fresh', truth.fresh.length)
  const recall = {}
  for (const [k, perQuery] of Object.entries(found)) {
    let [hits, wanted] = [0, 0]
    perQuery.forEach((labels, at) => {
      const distances = truth.fresh[at].slice(0, Number(k))
      const last = distances.at(-1)
      wanted += distances.length
      for (const label of new Set(labels)) if (distance(metric, queries[at], vectors.get(label)) <= last) hits++
    })
    recall[k] = hits / wanted
  }
  return recall
}

/** The images are drawn once more, so that they need not be kept meanwhile. */
function vectorsOf(labels, size) {
  const stream = cocoLike(seeds.images)
  const dense = new Float32Array(batchSize * dimensions)
  const vectors = new Map()
  for (let done = 0; done < size; done += batchSize) {
    const count = Math.min(batchSize, size - done)
    stream.fill(dense, count)
    for (let at = 0; at < count; at++) {
      if (labels.has(done + at)) vectors.set(done + at, dense.slice(at * dimensions, (at + 1) * dimensions))
    }
  }
  return vectors
}
