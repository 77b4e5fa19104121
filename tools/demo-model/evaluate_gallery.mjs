// Runs the gallery through the detector as the product does and compares the classes it finds with the true ones.
//
//     node evaluate_gallery.mjs [--model FILE] [--gallery FOLDER] [--threads N] [--failures]
//
// modules.mjs tells where onnxruntime-node and sharp are taken from.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { requireModule } from './modules.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const ort = requireModule('onnxruntime-node')
const sharp = requireModule('sharp')

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(here, 'model/demo-mask-rcnn.onnx') },
    gallery: { type: 'string', default: path.join(here, 'gallery') },
    threads: { type: 'string', default: '2' },
    failures: { type: 'boolean', default: false },
  },
})

const SHORT_SIDE = 256
const LONG_SIDE = 320
const MULTIPLE = 32
const MEAN_BGR = [102.9801, 115.9465, 122.7717]
const THRESHOLD = 0.7
const NEIGHBOURS = 10

// The one list of the classes is in emoji.py; the label of a class is its place in the list plus one.
function readClassNames() {
  const source = fs.readFileSync(path.join(here, 'emoji.py'), 'utf8')
  const block = /COCO_CLASSES = \(([\s\S]*?)\)\.split/.exec(source)[1]
  return [...block.matchAll(/'([^']*)'/g)]
    .map((match) => match[1])
    .join('')
    .split(',')
}

/** Decodes a picture into the detector's input: float32 [3, height, width], BGR minus the mean, zeros at the rim. */
async function preprocess(file) {
  const image = sharp(file).autoOrient().flatten({ background: '#ffffff' })
  const { width, height } = await sharp(file).autoOrient().metadata()
  const scale = Math.min(SHORT_SIDE / Math.min(width, height), LONG_SIDE / Math.max(width, height))
  const w = Math.round(width * scale)
  const h = Math.round(height * scale)
  const rgb = await image.resize(w, h, { kernel: 'linear', fit: 'fill' }).toColourspace('srgb').raw().toBuffer()
  const paddedWidth = Math.ceil(w / MULTIPLE) * MULTIPLE
  const paddedHeight = Math.ceil(h / MULTIPLE) * MULTIPLE
  const plane = paddedWidth * paddedHeight
  const data = new Float32Array(3 * plane)
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const from = 3 * (y * w + x)
      const to = y * paddedWidth + x
      for (let channel = 0; channel < 3; channel++) {
        data[channel * plane + to] = rgb[from + 2 - channel] - MEAN_BGR[channel]
      }
    }
  }
  return new ort.Tensor('float32', data, [3, paddedHeight, paddedWidth])
}

/** The best score of each class at or above the threshold, 0 for the others: 81 values, the first of no use. */
function presenceVector(labels, scores) {
  const vector = new Float32Array(81)
  scores.forEach((score, k) => {
    const label = Number(labels[k])
    if (score >= THRESHOLD && score > vector[label]) vector[label] = score
  })
  return vector
}

function cosine(a, b) {
  let dot = 0
  let aa = 0
  let bb = 0
  for (let k = 0; k < a.length; k++) {
    dot += a[k] * b[k]
    aa += a[k] * a[k]
    bb += b[k] * b[k]
  }
  return aa && bb ? dot / Math.sqrt(aa * bb) : 0
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

const percent = (share) => `${(100 * share).toFixed(1)} %`
const tally = (counts) =>
  [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none'
const count = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1)

const names = readClassNames()
const entries = JSON.parse(fs.readFileSync(path.join(options.gallery, 'gallery.json'), 'utf8'))
const session = await ort.InferenceSession.create(options.model, {
  intraOpNumThreads: Number(options.threads),
  interOpNumThreads: 1,
})
await session.run({ image: new ort.Tensor('float32', new Float32Array(3 * 256 * 320), [3, 256, 320]) }) // warm up

const missing = new Map()
const extra = new Map()
const themes = new Map()
const decodeTimes = []
const detectTimes = []
const vectors = []
const failures = []
for (const entry of entries) {
  const start = performance.now()
  const input = await preprocess(path.join(options.gallery, entry.name))
  const decoded = performance.now()
  const { labels, scores } = await session.run({ image: input })
  detectTimes.push(performance.now() - decoded)
  decodeTimes.push(decoded - start)

  const vector = presenceVector(labels.data, scores.data)
  vectors.push(vector)
  const found = new Set(names.filter((_, k) => vector[k + 1] > 0))
  const truth = new Set(entry.objects.map((object) => object.label))
  const lost = [...truth].filter((name) => !found.has(name))
  const invented = [...found].filter((name) => !truth.has(name))
  for (const name of lost) count(missing, name)
  for (const name of invented) count(extra, name)
  const theme = themes.get(entry.theme) ?? { exact: 0, scenes: 0 }
  theme.scenes += 1
  theme.exact += lost.length + invented.length === 0
  themes.set(entry.theme, theme)
  if (lost.length + invented.length) failures.push({ name: entry.name, missing: lost, extra: invented })
}

let sameTheme = 0
let chance = 0
let pairs = 0
for (let k = 0; k < entries.length; k++) {
  const neighbours = entries
    .map((entry, other) => ({ theme: entry.theme, other, similarity: cosine(vectors[k], vectors[other]) }))
    .filter(({ other }) => other !== k)
    .sort((a, b) => b.similarity - a.similarity || a.other - b.other)
    .slice(0, NEIGHBOURS)
  sameTheme += neighbours.filter(({ theme }) => theme === entries[k].theme).length
  pairs += neighbours.length
  chance += (themes.get(entries[k].theme).scenes - 1) / (entries.length - 1) / entries.length
}

const objects = entries.reduce((sum, entry) => sum + entry.objects.length, 0)
console.log(`${entries.length} scenes, ${objects} objects, threshold ${THRESHOLD}`)
console.log(`classes found exactly: ${percent(1 - failures.length / entries.length)} of the scenes`)
for (const [name, { exact, scenes }] of themes) console.log(`    ${name.padEnd(20)} ${exact} of ${scenes}`)
console.log(`missing: ${tally(missing)}`)
console.log(`extra: ${tally(extra)}`)
console.log(`same theme among the ${NEIGHBOURS} nearest: ${percent(sameTheme / pairs)} (chance ${percent(chance)})`)
const [decoding, detecting] = [decodeTimes, detectTimes].map((times) => median(times).toFixed(1))
console.log(`median ms per picture: decoding ${decoding}, detector ${detecting} (${options.threads} threads)`)
if (options.failures) {
  for (const failure of failures) {
    console.log(`${failure.name}: missing [${failure.missing.join(', ')}], extra [${failure.extra.join(', ')}]`)
  }
}
