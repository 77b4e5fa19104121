/**
 * What masks do for the colours of objects: the demo's gallery as the demo's detector sees it, with masks and without.
 *
 *     node benchmarks/models/colors.js
 *
 * Prints how far the two colours of an object are apart; for each way how often the object whose colour is nearest to an
 * object's is of its class (things of a class are drawn alike), and how far colours are from the mean of their class; and how
 * long an image takes. Distances are Euclidean in CIELAB. Build first: npm run build. Then
 * `node benchmarks/quality/facets.js [--masks]` says what a ranking makes of it.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createMaskRcnnExtractor } from '../../packages/core/dist/mask-rcnn.js'
import { table } from '../search/markdown.js'

const demo = new URL('../../tools/demo-model/', import.meta.url)
const contract = JSON.parse(readFileSync(new URL('model/contract.json', demo), 'utf8'))
const model = fileURLToPath(new URL('model/demo-mask-rcnn.onnx', demo))
const names = JSON.parse(readFileSync(new URL('gallery/gallery.json', demo), 'utf8')).map(({ name }) => name)

const extractors = {
  without: await createMaskRcnnExtractor({ model, contract, threads: 1 }),
  with: await createMaskRcnnExtractor({ model, contract, threads: 1, masks: true }),
}
const elapsed = { without: 0, with: 0 }
const objects = { without: [], with: [] }
for (const name of names) {
  const image = readFileSync(new URL(`gallery/${name}`, demo))
  for (const [masks, extractor] of Object.entries(extractors)) {
    const start = performance.now()
    const extraction = await extractor.extract(image)
    elapsed[masks] += performance.now() - start
    objects[masks].push(...extraction.objects.filter(({ score }) => score >= 0.7))
  }
}
for (const extractor of Object.values(extractors)) await extractor.close()

const apart = objects.with.map(({ color }, at) => distance(color, objects.without[at].color)).sort((a, b) => a - b)
const quantiles = [0.1, 0.5, 0.9].map((share) => apart[Math.floor(share * apart.length)].toFixed(1))
console.log(`${apart.length} objects; 10 %, half, 90 % of their two colours are nearer than ${quantiles.join(', ')}\n`)
console.log(
  table(
    ['colours', 'nearest of the same class', 'from the mean of the class', 'ms an image'],
    Object.entries(objects).map(([masks, all]) => [
      `${masks} masks`,
      `${(100 * sameClass(all)).toFixed(1)} %`,
      fromTheMean(all).toFixed(1),
      (elapsed[masks] / names.length).toFixed(1),
    ]),
  ),
)

function distance(one, other) {
  return Math.hypot(...one.map((value, channel) => value - other[channel]))
}

function sameClass(all) {
  const hits = all.filter((object) => {
    let nearest
    let least = Number.POSITIVE_INFINITY
    for (const other of all) {
      const apart = other === object ? Number.POSITIVE_INFINITY : distance(object.color, other.color)
      if (apart < least) [nearest, least] = [other, apart]
    }
    return nearest.axis === object.axis
  })
  return hits.length / all.length
}

function fromTheMean(all) {
  const classes = new Map()
  for (const object of all) classes.set(object.axis, [...(classes.get(object.axis) ?? []), object])
  let sum = 0
  for (const members of classes.values()) {
    const mean = [0, 1, 2].map(
      (channel) => members.reduce((total, { color }) => total + color[channel], 0) / members.length,
    )
    for (const { color } of members) sum += distance(color, mean)
  }
  return sum / all.length
}
