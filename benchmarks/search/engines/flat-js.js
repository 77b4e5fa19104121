import { dimensions } from '../coco-like.js'
import { measureHere } from '../measure-here.js'
import { Nearest } from '../nearest.js'

export const missing = () => {}

export const measureEngine = (job) => measureHere(job, { ...engine(job.metric), exact: true })

/** The plain way: all values of all images one behind the other, and each query compared with each of them. */
function engine(metric) {
  const chunks = []
  const scan = metric === 'euclidean' ? euclidean : cosine
  return {
    settings: 'exact scan of dense values',
    add(dense, _first, count) {
      const start = performance.now()
      const values = dense.slice(0, count * dimensions)
      chunks.push({ values, count, squares: metric === 'cosine' ? squaresOf(values, count) : undefined })
      return (performance.now() - start) / 1000
    },
    prepare: (query) => query,
    search(query, k) {
      const nearest = new Nearest(k)
      let first = 0
      for (const chunk of chunks) {
        scan(query, chunk, first, nearest)
        first += chunk.count
      }
      // Distances and labels in order are what a search returns.
      return { labels: nearest.labels(), distances: nearest.distances() }
    },
    distances: (found) => found.distances,
  }
}

function euclidean(query, { values, count }, first, nearest) {
  for (let at = 0, place = 0; at < count; at++) {
    let sum = 0
    for (let axis = 0; axis < dimensions; axis++) {
      const difference = query[axis] - values[place++]
      sum += difference * difference
    }
    const distance = Math.sqrt(sum)
    if (distance < nearest.bound) nearest.offer(distance, first + at)
  }
}

function cosine(query, { values, count, squares }, first, nearest) {
  const ownSquare = squaresOf(query, 1)[0]
  for (let at = 0, place = 0; at < count; at++) {
    let dot = 0
    for (let axis = 0; axis < dimensions; axis++) dot += query[axis] * values[place++]
    const product = ownSquare * squares[at]
    const distance = product === 0 ? 1 : Math.max(0, 1 - dot / Math.sqrt(product))
    if (distance < nearest.bound) nearest.offer(distance, first + at)
  }
}

function squaresOf(values, count) {
  const squares = new Float64Array(count)
  for (let at = 0, place = 0; at < count; at++) {
    for (let axis = 0; axis < dimensions; axis++, place++) squares[at] += values[place] * values[place]
  }
  return squares
}
