import { cocoLike, sparseBatch } from './coco-like.js'
import { Nearest } from './nearest.js'
import { checkedQueries, queriesOf, seeds } from './queries.js'

const batchSize = 10_000

/**
 * The distances of the true neighbours, ascending, for each checked query of each kind: found by looking at every image,
 * none of which is kept.
 */
export function findTruth({ size, metric, ks }) {
  const limit = Math.min(size, ks.at(-1))
  const checks = Object.entries(checkedQueries(size)).flatMap(([kind, count]) =>
    queriesOf(kind, count).map((query) => ({ kind, query, ...scanner(metric, query), nearest: new Nearest(limit) })),
  )
  const stream = cocoLike(seeds.images)
  const batch = sparseBatch(batchSize)
  for (let done = 0; done < size; done += batchSize) {
    const count = Math.min(batchSize, size - done)
    stream.fillSparse(batch, count)
    for (const { far, exact, nearest } of checks) {
      for (let at = 0; at < count; at++) {
        const [start, end] = [batch.offsets[at], batch.offsets[at + 1]]
        if (far(batch, start, end, nearest.bound)) continue
        nearest.offer(exact(batch, start, end), done + at)
      }
    }
  }
  const truth = {}
  for (const { kind, nearest } of checks) {
    truth[kind] ??= []
    truth[kind].push(nearest.distances())
  }
  return truth
}

/** `exact`: the distance as `distance.js` has it. `far`: whether it is certainly not below a bound. */
function scanner(metric, query) {
  const ownSquare = query.reduce((sum, value) => sum + value * value, 0)
  return metric === 'euclidean' ? euclidean(query, ownSquare) : cosine(query, ownSquare)
}

function euclidean(query, ownSquare) {
  const far = ({ axes, scores }, start, end, bound) => {
    let square = ownSquare
    for (let at = start; at < end; at++) square += scores[at] * (scores[at] - 2 * query[axes[at]])
    // A sum in another order may differ in its last bits.
    return square > bound * bound + 1e-9
  }
  const exact = ({ axes, scores }, start, end) => {
    let sum = 0
    let at = start
    for (let axis = 0; axis < query.length; axis++) {
      const difference = query[axis] - (at < end && axes[at] === axis ? scores[at++] : 0)
      sum += difference * difference
    }
    return Math.sqrt(sum)
  }
  return { far, exact }
}

function cosine(query, ownSquare) {
  // Axes where either is 0 add nothing, so that the image's own suffice.
  const exact = ({ axes, scores }, start, end) => {
    let [dot, square] = [0, 0]
    for (let at = start; at < end; at++) {
      dot += query[axes[at]] * scores[at]
      square += scores[at] * scores[at]
    }
    return ownSquare === 0 || square === 0 ? 1 : Math.max(0, 1 - dot / Math.sqrt(ownSquare * square))
  }
  return { far: () => false, exact }
}
