/**
 * Derives what the generator needs from the real vectors. It is counts and quantiles; sets of classes are named only where
 * at least two images have them, and no image's scores are kept.
 *
 *     node benchmarks/search/derive-statistics.js
 */
import { writeFileSync } from 'node:fs'
import { dimensions } from './vectors/class-sets.js'
import { fitScores } from './vectors/fit-scores.js'
import { fitSets } from './vectors/fit-sets.js'
import { levels, measure, quantile } from './vectors/measure.js'
import { realVectors } from './vectors/real-vectors.js'
import { SetCounter } from './vectors/set-counter.js'
import { packPairs } from './vectors/set-tables.js'

const vectors = realVectors()
const measured = measure(vectors)
const { commonSets, firstPairs, affinity, singles, rareSizes, leaning, odd, oddShares } = fitSets(measured)
const short = (values) => Array.from(values, (value) => Number(value.toPrecision(4)))

const statistics = {
  of: 'Mask R-CNN over the 5,000 images of COCO val2017, best score of each class from 0.7 upwards',
  measured: {
    images: measured.count,
    sizes: measured.sizes,
    classes: measured.classes,
    pairs: pairCounts(measured.pairs),
    distinctSets: distinctSets(),
    scores: scoreSummary(measured.scores),
  },
  sets: {
    commonSets: commonSets.map(({ set, weight }) => `${set.join()}=${weight}`).join(' '),
    rareSizes: short(rareSizes),
    singles,
    firstPairs: packPairs(firstPairs),
    affinity: packPairs(affinity),
    leaning: leaning.map(short),
    odd: short(odd),
    oddShares,
  },
  scores: fitScores(measured),
}
writeFileSync(new URL('statistics.json', import.meta.url), `${JSON.stringify(packed(statistics), null, 2)}\n`)

/** Above the diagonal, row by row. */
function pairCounts(pairs) {
  return Array.from(pairs).filter((_, at) => at >= dimensions && Math.floor(at / dimensions) < at % dimensions)
}

/** In subsamples of several sizes, each the mean over all the parts that the data falls into. */
function distinctSets() {
  const counts = {}
  for (const size of [312, 625, 1250, 2500, 5000]) {
    const parts = Math.floor(measured.count / size)
    let total = 0
    for (let part = 0; part < parts; part++) {
      const counter = new SetCounter()
      for (let at = part; at < parts * size; at += parts) {
        const set = []
        for (let axis = 0; axis < dimensions; axis++) if (vectors[at * dimensions + axis] > 0) set.push(axis)
        counter.add(set, 0, set.length)
      }
      total += counter.distinct
    }
    counts[size] = Math.round(total / parts)
  }
  return counts
}

function scoreSummary(scores) {
  const values = Float64Array.from(scores, ({ score }) => score).sort()
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length
  const classMeans = measured.classes.map((count, axis) => {
    const own = scores.filter((it) => it.axis === axis)
    return count > 0 ? own.reduce((total, { score }) => total + score, 0) / count : 0
  })
  return {
    mean,
    deviation: Math.sqrt(variance),
    quantiles: levels.map((level) => Number(quantile(values, level).toFixed(7))),
    classMeans: short(classMeans),
  }
}

/** Lists of numbers as text, a line each. */
function packed(value) {
  if (Array.isArray(value)) return value.every((it) => typeof it === 'number') ? value.join(' ') : value.map(packed)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, packed(it)]))
}
