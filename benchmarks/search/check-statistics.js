/**
 * Holds generated vectors against the statistics of the real ones.
 *
 *     node benchmarks/search/check-statistics.js [--largest 10000000]
 */
import { parseArgs } from 'node:util'
import { cocoLike, dimensions, sparseBatch } from './coco-like.js'
import { levels, measure, quantile } from './vectors/measure.js'
import { SetCounter } from './vectors/set-counter.js'
import { readStatistics } from './vectors/statistics.js'

const { values } = parseArgs({ options: { largest: { type: 'string', default: '10000000' } } })
const { measured } = readStatistics()

const sample = 300_000
const drawn = measure(cocoLike(1).fill(new Float32Array(sample * dimensions)))
const scale = measured.images / sample
const line = (what, ...columns) => console.log(what.padEnd(30), ...columns.map((column) => String(column).padStart(9)))

line(`${sample} drawn`, 'real', 'drawn')
for (const [size, count] of measured.sizes.entries())
  line(`images with ${size}`, count, (drawn.sizes[size] * scale).toFixed(1))

const classes = drawn.classes.map((count) => count * scale)
line('class counts, correlation', '', correlation(measured.classes, classes).toFixed(5))
const off = measured.classes.map((count, axis) => ({ axis, count, off: Math.abs(classes[axis] - count) }))
const standard = ({ count, off }) => off / Math.sqrt(Math.max(1, count))
const worst = off.filter(({ count }) => count > 0).sort((a, b) => standard(b) - standard(a))
for (const { axis, count } of worst.slice(0, 4)) line(`  furthest off: class ${axis}`, count, classes[axis].toFixed(1))
line(
  '  largest relative, from 50 up',
  '',
  percent(Math.max(...off.filter(({ count }) => count >= 50).map((it) => it.off / it.count))),
)

const pairs = Array.from(drawn.pairs)
  .filter((_, at) => at >= dimensions && Math.floor(at / dimensions) < at % dimensions)
  .map((count) => count * scale)
line('pair counts, correlation', '', correlation(measured.pairs, pairs).toFixed(5))
line('  of their logarithms, from 5', '', logCorrelation().toFixed(5))
const total = (counts) => counts.reduce((sum, count) => sum + count, 0)
line('  pairs in all', total(measured.pairs), total(pairs).toFixed(0))
line(
  '  misplaced share',
  '',
  percent(total(pairs.map((count, at) => Math.abs(count - measured.pairs[at]))) / 2 / total(pairs)),
)

const scores = Float64Array.from(drawn.scores, ({ score }) => score).sort()
const mean = total(Array.from(scores)) / scores.length
line('scores, mean', measured.scores.mean.toFixed(4), mean.toFixed(4))
const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length)
line('  standard deviation', measured.scores.deviation.toFixed(4), deviation.toFixed(4))
for (const [at, level] of levels.entries())
  line(`  at ${level}`, measured.scores.quantiles[at].toFixed(5), quantile(scores, level).toFixed(5))
const means = Array(dimensions).fill(0)
for (const { axis, score } of drawn.scores) means[axis] += score / drawn.classes[axis]
const known = measured.classes.flatMap((count, axis) => (count >= 50 ? [axis] : []))
line(
  '  class means, correlation',
  '',
  correlation(
    known.map((axis) => measured.scores.classMeans[axis]),
    known.map((axis) => means[axis]),
  ).toFixed(4),
)

console.log('\ndifferent sets of classes')
const repeats = 20
for (const [size, count] of Object.entries(measured.distinctSets)) {
  let sum = 0
  for (let seed = 0; seed < repeats; seed++) sum += distinct(100 + seed, [Number(size)])[size]
  line(`among ${size}`, count, (sum / repeats).toFixed(0))
}
const start = performance.now()
const marks = [100_000, 1_000_000, 10_000_000, 100_000_000].filter((mark) => mark <= Number(values.largest))
for (const [size, count] of Object.entries(distinct(1, marks))) {
  const heaps = measured.distinctSets[5000] * (Number(size) / 5000) ** 0.84
  line(`among ${size}`, `(${heaps.toFixed(0)})`, count)
}
console.log('(in brackets: what real sets would grow to if they went on with the exponent 0.84)')
line('counted in seconds', '', ((performance.now() - start) / 1000).toFixed(1))

speed()

function speed() {
  const count = 1_000_000
  const batch = sparseBatch(10_000)
  const dense = new Float32Array(10_000 * dimensions)
  for (const [what, fill] of [
    ['sparse', (stream) => stream.fillSparse(batch)],
    ['dense', (stream) => stream.fill(dense)],
  ]) {
    const stream = cocoLike(3)
    fill(stream)
    const begin = performance.now()
    for (let done = 0; done < count; done += 10_000) fill(stream)
    line(`million vectors/s, ${what}`, '', (count / (performance.now() - begin) / 1000).toFixed(2))
  }
}

function distinct(seed, sizes) {
  const stream = cocoLike(seed)
  const counter = new SetCounter()
  const counts = {}
  let done = 0
  for (const size of sizes) {
    while (done < size) {
      const count = Math.min(10_000, size - done)
      const batch = sparseBatch(count)
      stream.fillSparse(batch)
      for (let at = 0; at < count; at++) counter.add(batch.axes, batch.offsets[at], batch.offsets[at + 1])
      done += count
    }
    counts[size] = counter.distinct
  }
  return counts
}

function logCorrelation() {
  const known = measured.pairs.flatMap((count, at) => (count >= 5 ? [at] : []))
  return correlation(
    known.map((at) => Math.log(measured.pairs[at])),
    known.map((at) => Math.log(pairs[at] + 0.1)),
  )
}

function correlation(left, right) {
  const count = left.length
  const [leftMean, rightMean] = [left, right].map((values) => values.reduce((sum, value) => sum + value, 0) / count)
  let [both, leftSquare, rightSquare] = [0, 0, 0]
  for (let at = 0; at < count; at++) {
    both += (left[at] - leftMean) * (right[at] - rightMean)
    leftSquare += (left[at] - leftMean) ** 2
    rightSquare += (right[at] - rightMean) ** 2
  }
  return both / Math.sqrt(leftSquare * rightSquare)
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}
