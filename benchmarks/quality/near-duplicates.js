/**
 * In how many bits the perceptual hashes of near-duplicates differ, and those of other pictures.
 *
 *     node benchmarks/quality/near-duplicates.js [--data FOLDER]
 *
 * Prints tables in Markdown: the demo's gallery, and the photos of `coco-photos` in FOLDER (by default ../shared/data beside the
 * repository; left out where that is missing), each compared with variants of itself and with all others. Build first: npm run build.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { table } from '../search/markdown.js'
import { bundled } from './bundled.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { values } = parseArgs({ options: { data: { type: 'string', default: join(root, '../shared/data') } } })
const sharp = createRequire(join(root, 'packages/core/package.json'))('sharp')
const { differingBits, hashWords, perceptualHash } = await bundled({
  'perceptual-hash': 'onnx-extractor/image/perceptual-hash.ts',
  hamming: 'near-duplicates/hamming.ts',
})
const BITS = [2, 4, 6, 8, 10]

const cropped = (image, { width, height }, share) => {
  const [left, top] = [width, height].map((side) => Math.round((side * share) / 2))
  return image.extract({ left, top, width: width - 2 * left, height: height - 2 * top })
}
const VARIANTS = {
  'half the size': (image, { width }) => image.resize({ width: Math.round(width / 2) }),
  'JPEG of quality 50': (image) => image.jpeg({ quality: 50 }),
  'a third of the size, JPEG of quality 20': (image, { width }) =>
    image.resize({ width: Math.round(width / 3) }).jpeg({ quality: 20 }),
  'WebP of quality 40': (image) => image.webp({ quality: 40 }),
  'brighter by 15 %': (image) => image.modulate({ brightness: 1.15 }),
  'more contrast': (image) => image.linear(1.15, -15),
  'no colours': (image) => image.greyscale(),
  '2 % cut off': (image, size) => cropped(image, size, 0.02),
  '5 % cut off': (image, size) => cropped(image, size, 0.05),
  '10 % cut off': (image, size) => cropped(image, size, 0.1),
}

await report('the gallery', join(root, 'tools/demo-model/gallery'))
const photos = join(values.data, 'coco-photos')
if (existsSync(photos)) await report('photos', photos)
else console.log(`Photos left out: there is no ${photos}. Name the folder that has coco-photos by --data.\n`)

async function report(title, folder) {
  const files = readdirSync(folder).filter((name) => /\.(jpg|webp)$/.test(name))
  const own = []
  const distances = new Map(Object.keys(VARIANTS).map((name) => [name, []]))
  for (const file of files) {
    const bytes = readFileSync(join(folder, file))
    const hash = await hashOf(bytes)
    const size = await sharp(bytes).metadata()
    own.push(hash)
    for (const [name, variant] of Object.entries(VARIANTS)) {
      const changed = await variant(sharp(bytes), size).toBuffer()
      distances.get(name).push(differingBits(...hash, ...(await hashOf(changed))))
    }
  }
  const others = own.flatMap((one, at) => own.slice(at + 1).map((other) => differingBits(...one, ...other)))
  const within = (list, bits) => list.filter((distance) => distance <= bits).length
  const rows = [...distances].map(([name, list]) => [
    name,
    ...BITS.map((bits) => `${Math.round((100 * within(list, bits)) / list.length)} %`),
  ])
  console.log(`## Near-duplicates: ${title}, ${files.length}; differing bits of 64\n`)
  console.log(
    table(
      ['', ...BITS.map((bits) => `at most ${bits}`)],
      [...rows, [`other pairs, of ${others.length}`, ...BITS.map((bits) => within(others, bits))]],
    ),
  )
}

async function hashOf(bytes) {
  const image = sharp(bytes).removeAlpha().toColourspace('srgb')
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  const pixels = info.channels === 3 ? data : Buffer.from([...data].flatMap((value) => [value, value, value]))
  return hashWords(perceptualHash({ data: pixels, width: info.width, height: info.height }))
}
