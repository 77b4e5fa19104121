/**
 * What arrangement and colours add to a ranking by objects, and what they cost.
 *
 *     node benchmarks/quality/facets.js [--data FOLDER] [--masks] [--window 100]
 *
 * Prints tables in Markdown. A score is objects · (1 + A · arrangement + C · colours) / (1 + A + C); the best 100 by objects
 * alone are ordered by it, the others come behind.
 *
 * 1. The demo's gallery, as the demo's detector sees it: scenes of the theme of each scene, NDCG@10 and precision@10. Its
 *    backdrops are painted by theme, so that colours tell themes there better than they do in photos.
 * 2. Real photos with true boxes (`coco-photos` in FOLDER, by default ../shared/data beside the repository; left out where
 *    that is missing). Each photo is to be found again by a variant of it: a part of 80 to 90 %, a mirror image, other
 *    light, all of these, each as a JPEG of low quality. Boxes follow exactly; then on both sides 15 % of the objects are
 *    dropped, 5 % get another class, sides move by 4 %. Among the others are eight for each photo with the same objects
 *    elsewhere: boxes and colours of the same class from other photos, the palette of another. Mean reciprocal rank.
 *    Weights are chosen on every other photo, the rest is reported.
 * 3. What it costs where only objects matter: the same photos, NDCG@10 by how far their true classes agree.
 * 4. Microseconds of CPU time a candidate.
 *
 * Object colours come from boxes, in the gallery from masks with `--masks`. Build first: npm run build.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createMaskRcnnExtractor } from '../../packages/core/dist/mask-rcnn.js'
import { seededRandom } from '../../packages/core/dist/testing.js'
import { table } from '../search/markdown.js'
import { bundled } from './bundled.js'
import { likeness } from './variants.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(root, '../shared/data') },
    masks: { type: 'boolean', default: false },
    window: { type: 'string', default: '100' },
  },
})
const { Arrangement, Colors, lookOf, objectColor, palette } = await bundled({
  arrangement: 'ranking/arrangement.ts',
  colors: 'ranking/colors.ts',
  look: 'ranking/look.ts',
  'object-color': 'onnx-extractor/image/object-color.ts',
  palette: 'onnx-extractor/image/palette.ts',
})

const WINDOW = Number(values.window)
const WEIGHTS = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3]
/** Weights that are shown whatever is chosen: arrangement, colours. */
const SHOWN = [
  [0, 0],
  [0.5, 0],
  [1, 0],
  [2, 0],
  [0, 0.5],
  [0, 1],
  [0, 2],
  [0.5, 0.5],
  [1, 1],
  [2, 2],
]

console.log(`Node ${process.version}\n`)
const gallery = await describedGallery()
reportGallery(gallery)
const photos = join(values.data, 'coco-photos')
if (existsSync(join(photos, 'objects.json'))) {
  const seen = await seenPhotos(photos)
  reportFoundAgain(seen)
  reportPrice(seen)
  reportCost(seen)
} else console.log(`\nPhotos left out: there is no ${photos}. Name the folder that has coco-photos by --data.\n`)

// What is ranked.

async function describedGallery() {
  const demo = new URL('../../tools/demo-model/', import.meta.url)
  const contract = JSON.parse(readFileSync(new URL('model/contract.json', demo), 'utf8'))
  const model = fileURLToPath(new URL('model/demo-mask-rcnn.onnx', demo))
  const extractor = await createMaskRcnnExtractor({ model, contract, threads: 1, masks: values.masks })
  const images = []
  for (const { name, theme } of JSON.parse(readFileSync(new URL('gallery/gallery.json', demo), 'utf8'))) {
    const { objects, appearance } = await extractor.extract(readFileSync(new URL(`gallery/${name}`, demo)))
    images.push({
      theme,
      ...withLook(
        objects.filter(({ score }) => score >= 0.7),
        appearance,
      ),
    })
  }
  await extractor.close()
  return images
}

/** `originals`: one record for each photo; `queries`: variants; `others`: the same objects elsewhere. */
async function seenPhotos(folder) {
  const random = seededRandom(7)
  const sharp = createRequire(join(root, 'packages/core/package.json'))('sharp')
  const truth = Object.entries(JSON.parse(readFileSync(join(folder, 'objects.json'), 'utf8')))
  const labels = [...new Set(truth.flatMap(([, { objects }]) => objects.map(({ label }) => label)))].sort()
  const originals = []
  const queries = []
  for (const [number, [name, { objects }]] of truth.entries()) {
    const bytes = readFileSync(join(folder, name))
    const whole = await pixelsOf(sharp(bytes))
    const scene = {
      image: sharp(bytes),
      width: whole.width,
      height: whole.height,
      objects: objects
        .filter(({ crowd }) => crowd === 0)
        .map(({ label, box: [x, y, width, height] }) => ({
          axis: labels.indexOf(label) + 1,
          box: { left: x, top: y, right: x + width, bottom: y + height },
        })),
    }
    const classes = new Set(scene.objects.map(({ axis }) => axis))
    originals.push({ number, classes, ...describedAs(scene.objects, whole, labels.length, random) })
    const variants = {
      part: partOf(scene, random),
      mirrored: mirrored(scene),
      light: relit(scene, random),
      'part, light': relit(partOf(scene, random), random),
      all: mirrored(relit(partOf(scene, random), random)),
    }
    for (const [kind, variant] of Object.entries(variants)) {
      const pixels = await pixelsOf(sharp(await variant.image.jpeg({ quality: 50 }).toBuffer()))
      const query = { number, kind, ...describedAs(variant.objects, pixels, labels.length, random) }
      if (query.objects.length > 0) queries.push(query)
    }
  }
  const others = originals.flatMap((original) =>
    Array.from({ length: 8 }, () => elsewhere(original, originals, random)),
  )
  return { originals, queries, others: others.filter(({ objects }) => objects.length > 0) }
}

async function pixelsOf(image) {
  const { data, info } = await image.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

function partOf({ image, width, height, objects }, random) {
  const scale = 0.8 + 0.1 * random()
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)]
  const [x, y] = [Math.floor(random() * (width - wide + 1)), Math.floor(random() * (height - high + 1))]
  const clipped = ({ left, top, right, bottom }) => ({
    left: Math.max(0, left - x),
    top: Math.max(0, top - y),
    right: Math.min(wide, right - x),
    bottom: Math.min(high, bottom - y),
  })
  return {
    image: image.clone().extract({ left: x, top: y, width: wide, height: high }),
    width: wide,
    height: high,
    objects: objects
      .map(({ axis, box }) => ({ axis, box: clipped(box), before: area(box) }))
      .filter(({ box, before }) => area(box) > before / 4),
  }
}

function area({ left, top, right, bottom }) {
  return Math.max(0, right - left) * Math.max(0, bottom - top)
}

function mirrored({ image, width, height, objects }) {
  const across = ({ left, top, right, bottom }) => ({ left: width - right, top, right: width - left, bottom })
  const boxes = objects.map(({ axis, box }) => ({ axis, box: across(box) }))
  return { image: image.clone().flop(), width, height, objects: boxes }
}

/** Each of red, green and blue up to 12 % stronger or weaker and up to 20 of 255 brighter or darker. */
function relit({ image, ...rest }, random) {
  const within = (reach) => [0, 1, 2].map(() => reach * (2 * random() - 1))
  const factors = within(0.12).map((change) => 1 + change)
  return { image: image.clone().linear(factors, within(20)), ...rest }
}

/** What an imperfect detector would make of true boxes. */
function describedAs(objects, pixels, classes, random) {
  const found = []
  for (const { axis, box } of objects) {
    if (random() < 0.15) continue
    const shift = (along) => 0.04 * along * normal(random)
    const [wide, high] = [box.right - box.left, box.bottom - box.top]
    const visible = {
      left: Math.max(0, box.left + shift(wide)),
      top: Math.max(0, box.top + shift(high)),
      right: Math.min(pixels.width, box.right + shift(wide)),
      bottom: Math.min(pixels.height, box.bottom + shift(high)),
    }
    if (visible.right - visible.left < 2 || visible.bottom - visible.top < 2) continue
    found.push({
      axis: random() < 0.05 ? 1 + Math.floor(random() * classes) : axis,
      score: someScore(random),
      box: [
        visible.left / pixels.width,
        visible.top / pixels.height,
        (visible.right - visible.left) / pixels.width,
        (visible.bottom - visible.top) / pixels.height,
      ],
      color: objectColor(pixels, pixels, { axis, score: 1, box: visible, visible, mask: null }),
    })
  }
  found.sort((one, other) => other.score - one.score)
  return withLook(found, { palette: palette(pixels), hash: '' })
}

function withLook(objects, appearance) {
  return { objects, appearance, look: lookOf(objects, appearance) }
}

/** 0.7 to 0.999, crowded below 1. */
function someScore(random) {
  return 1 - 10 ** -(0.53 + 2.5 * random())
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** About the same objects, where and how coloured those of other photos are. */
function elsewhere({ number, objects }, originals, random) {
  const pick = (list) => list[Math.floor(random() * list.length)]
  const rest = originals.filter((original) => original.number !== number)
  const all = rest.flatMap((original) => original.objects)
  const result = []
  for (const { axis, box } of objects) {
    const chance = random()
    const copies = chance < 0.1 ? 0 : chance < 0.2 ? 2 : 1
    const same = all.filter((object) => object.axis === axis)
    for (let copy = 0; copy < copies; copy++) {
      const place = same.length > 2 ? pick(same).box : jittered(box, random)
      result.push({ axis, score: someScore(random), box: place, color: pick(same.length > 2 ? same : all).color })
    }
  }
  result.sort((one, other) => other.score - one.score)
  return { number: -1, ...withLook(result, pick(rest).appearance) }
}

function jittered([, , width, height], random) {
  const scale = Math.exp(0.5 * normal(random))
  const [wide, high] = [Math.min(1, width * scale), Math.min(1, height * scale)]
  return [random() * (1 - wide), random() * (1 - high), wide, high]
}

// How it is ranked.

/** For each query the score of each image by objects, rarities being those of the images. */
function objectScores(queries, images) {
  const axes = 1 + Math.max(...[...queries, ...images].flatMap(({ objects }) => objects.map(({ axis }) => axis)))
  const best = ({ objects }) => {
    const scores = new Map()
    for (const { axis, score } of objects) scores.set(axis, Math.max(scores.get(axis) ?? 0, Math.min(score, 1 - 1e-9)))
    return [...scores]
  }
  const shown = images.map(best)
  const counts = new Uint32Array(axes)
  for (const [axis] of shown.flat()) counts[axis]++
  const idf = Float64Array.from(counts, (count) => 1 + Math.log((1 + images.length) / (1 + count)))
  const scoreOf = likeness()([...shown, ...queries.map(best)], idf)
  return queries.map((_, query) => images.map((_, image) => scoreOf(images.length + query, image)))
}

/** For each query the scores of each image by objects, arrangement and colours. */
function facets(queries, images) {
  const byObjects = objectScores(queries, images)
  return queries.map((query, at) => {
    const arrangement = new Arrangement(query.look)
    const colours = new Colors(query.look)
    return {
      objects: byObjects[at],
      arrangement: images.map(({ look }) => arrangement.likeness(look)),
      colours: images.map(({ look }) => colours.likeness(look)),
    }
  })
}

/** The images' numbers, best first, of which `without` is none. Of equal ones, chance decides, the same for all weights. */
function ranked({ objects, arrangement, colours }, [A, C], without) {
  const order = [...objects.keys()].filter((image) => image !== without)
  const byChance = (one, other) => scattered(one) - scattered(other)
  order.sort((one, other) => objects[other] - objects[one] || byChance(one, other))
  const scores = objects.map((score, image) => score * (1 + A * arrangement[image] + C * colours[image]))
  const window = order.slice(0, WINDOW).sort((one, other) => scores[other] - scores[one] || byChance(one, other))
  return [...window, ...order.slice(WINDOW)]
}

function scattered(number) {
  return Math.imul(number + 1, 0x9e3779b1) >>> 0
}

// What is told of it.

function reportGallery(images) {
  const found = facets(images, images)
  const isSame = (query) => (image) => (images[image].theme === images[query].theme ? 1 : 0)
  const measured = (weights) =>
    images.map((_, query) => {
      const order = ranked(found[query], weights, query)
      const top = order.slice(0, 10).map(isSame(query))
      return { ndcg: ndcg(top, order.map(isSame(query))), precision: mean(top) }
    })
  const alone = measured([0, 0])
  const rows = SHOWN.map((weights) => {
    const now = measured(weights)
    const gains = now.map(({ ndcg }, query) => ndcg - alone[query].ndcg)
    return [...weights, fixed(mean(now.map((it) => it.ndcg))), gain(gains), fixed(mean(now.map((it) => it.precision)))]
  })
  console.log(`## Gallery: the same theme, ${images.length} scenes\n`)
  console.log(table(['A: arrangement', 'C: colours', 'NDCG@10', 'gain ± standard error', 'precision@10'], rows))
}

function reportFoundAgain({ originals, queries, others }) {
  const kinds = [...new Set(queries.map(({ kind }) => kind))]
  for (const [title, images] of [
    ['photos alone', originals],
    ['photos and the same objects elsewhere', [...originals, ...others]],
  ]) {
    const found = facets(queries, images)
    const reciprocals = (weights, isAsked) =>
      queries.flatMap((query, at) =>
        isAsked(query) ? [{ ...query, value: 1 / (1 + ranked(found[at], weights).indexOf(query.number)) }] : [],
      )
    const choosing = ({ number }) => number % 2 === 0
    const reporting = ({ number }) => number % 2 === 1
    const chosen = (pairs) => {
      const values = pairs.map((weights) => mean(reciprocals(weights, choosing).map(({ value }) => value)))
      return pairs[values.indexOf(Math.max(...values))]
    }
    const alone = reciprocals([0, 0], reporting)
    const row = (name, weights) => {
      const now = reciprocals(weights, reporting)
      const gains = byPhoto(now.map(({ number, value }, at) => ({ number, value: value - alone[at].value })))
      const ofKind = (kind) => fixed(mean(now.filter((it) => it.kind === kind).map(({ value }) => value)))
      return [name, ...weights, ...kinds.map(ofKind), fixed(mean(now.map(({ value }) => value))), gain(gains)]
    }
    const arrangementOnly = WEIGHTS.map((A) => [A, 0])
    const coloursOnly = WEIGHTS.map((C) => [0, C])
    const both = WEIGHTS.flatMap((A) => WEIGHTS.map((C) => [A, C]))
    console.log(`\n## Found again: mean reciprocal rank among ${images.length} ${title}\n`)
    console.log(
      table(
        ['', 'A', 'C', ...kinds, 'mean', 'gain ± standard error'],
        [
          row('chosen, arrangement only', chosen(arrangementOnly)),
          row('chosen, colours only', chosen(coloursOnly)),
          row('chosen, both', chosen(both)),
          ...SHOWN.map((weights) => row('', weights)),
        ],
      ),
    )
  }
}

/** Variants of one photo are no independent witnesses: the mean of each photo's. */
function byPhoto(values) {
  const numbers = [...new Set(values.map(({ number }) => number))]
  return numbers.map((photo) => mean(values.filter(({ number }) => number === photo).map(({ value }) => value)))
}

function reportPrice({ originals }) {
  const found = facets(originals, originals)
  const frequency = (axis) => originals.filter(({ classes }) => classes.has(axis)).length
  const weight = (axis) => 1 + Math.log((1 + originals.length) / (1 + frequency(axis)))
  const sum = (axes) => [...axes].reduce((whole, axis) => whole + weight(axis), 0)
  const agreement = (one, other) =>
    sum([...one].filter((axis) => other.has(axis))) / Math.max(1e-9, sum(new Set([...one, ...other])))
  const measured = (weights) =>
    originals.map(({ classes }, query) => {
      const gains = ranked(found[query], weights, query).map((image) => agreement(classes, originals[image].classes))
      return ndcg(gains.slice(0, 10), gains)
    })
  const alone = measured([0, 0])
  const rows = SHOWN.map((weights) => {
    const now = measured(weights)
    return [...weights, fixed(mean(now)), gain(now.map((value, at) => value - alone[at]))]
  })
  console.log(`\n## The price: NDCG@10 by the true classes alone, ${originals.length} photos\n`)
  console.log(table(['A: arrangement', 'C: colours', 'NDCG@10', 'gain ± standard error'], rows))
}

function reportCost({ originals, others }) {
  const box = (at) => [(at % 10) / 10, Math.floor(at / 10) / 10, 0.08, 0.09]
  const person = (at) => ({ axis: 1, score: 1 - at / 1000, box: box(at), color: [50 + at / 10, at % 7, at % 5] })
  const crowd = withLook(
    Array.from({ length: 100 }, (_, at) => person(at)),
    originals[0].appearance,
  )
  const rows = [
    ['photos', originals, [...originals, ...others]],
    ['crowds of 100', [crowd], Array.from({ length: WINDOW }, () => crowd)],
  ].map(([name, queries, images]) => {
    const arrangement = perCandidate(queries, images, (query) => {
      const compared = new Arrangement(query.look)
      return ({ look }) => compared.likeness(look)
    })
    const colours = perCandidate(queries, images, (query) => {
      const compared = new Colors(query.look)
      return ({ look }) => compared.likeness(look)
    })
    return [name, mean(images.map(({ objects }) => objects.length)).toFixed(1), arrangement, colours]
  })
  console.log('\n## Microseconds of CPU time a candidate\n')
  console.log(table(['', 'objects, mean', 'arrangement', 'colours'], rows))
}

/** Of CPU time, since machines are shared: the best of thirty rounds of a fiftieth of a second. */
function perCandidate(queries, images, prepared) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 30; round++) {
    let calls = 0
    const start = performance.now()
    const before = process.cpuUsage().user
    while (performance.now() - start < 20) {
      for (const query of queries.slice(0, 10)) {
        const likeness = prepared(query)
        for (const image of images) likeness(image)
        calls += images.length
      }
    }
    best = Math.min(best, (process.cpuUsage().user - before) / calls)
  }
  return best.toFixed(1)
}

function ndcg(top, all) {
  const discounted = (gains) => gains.reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0)
  const ideal = discounted([...all].sort((a, b) => b - a).slice(0, top.length))
  return ideal === 0 ? 1 : discounted(top) / ideal
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

function gain(differences) {
  const middle = mean(differences)
  const spread = Math.sqrt(mean(differences.map((it) => (it - middle) ** 2)) / (differences.length - 1))
  return `${middle < 0 ? '-' : '+'}${fixed(Math.abs(middle))} ± ${fixed(spread)}`
}

function fixed(value) {
  return value.toFixed(3)
}
