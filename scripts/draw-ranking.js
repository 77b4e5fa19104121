/**
 * Draws the pictures of docs/ranking.md: what some scenes of the demo's gallery are recommended with, each row another way of asking.
 *
 *     node scripts/draw-ranking.js
 *
 * Writes docs/images/ranking-*.webp. Packages must be built.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRecommender } from '../packages/core/dist/index.js'
import { createMaskRcnnExtractor } from '../packages/core/dist/mask-rcnn.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const sharp = createRequire(join(root, 'packages/core/package.json'))('sharp')
const demo = join(root, 'tools/demo-model')
const gallery = join(demo, 'gallery')
const out = join(root, 'docs/images')
const [WIDTH, HEIGHT, GAP, COLUMNS] = [150, 112, 6, 7]

const contract = JSON.parse(readFileSync(join(demo, 'model/contract.json'), 'utf8'))
const extractor = await createMaskRcnnExtractor({ model: join(demo, 'model/demo-mask-rcnn.onnx'), contract })
const recommender = await createRecommender({ extractor })
const files = readdirSync(gallery).filter((name) => name.endsWith('.webp'))
const themeOf = (name) => name.replace(/-\d+\.webp$/, '')
await recommender.addAll(files.map((id) => ({ id, image: () => readFileSync(join(gallery, id)), tags: [themeOf(id)] })))
mkdirSync(out, { recursive: true })
const only = { arrangement: 0, colors: 0 }
const byObjects = (id) => recommender.similarTo(id, { limit: COLUMNS - 1, weights: only })

/** Each picture: its rows, each of which a page of recommendations; the query comes first. */
const pictures = {
  objects: (id) => [byObjects(id)],
  arrangement: (id) => [
    byObjects(id),
    recommender.similarTo(id, { limit: COLUMNS - 1, weights: { ...only, arrangement: 1 } }),
  ],
  colors: (id) => [byObjects(id), recommender.similarTo(id, { limit: COLUMNS - 1, weights: { ...only, colors: 1 } })],
  tags: (id) => [
    byObjects(id),
    recommender.recommend({ like: [{ id }, { tags: ['beach'], weight: 0.5 }], limit: COLUMNS - 1, weights: only }),
  ],
  diversity: (id) => [byObjects(id), recommender.similarTo(id, { limit: COLUMNS - 1, weights: only, diversity: 0.5 })],
}
const queries = {
  objects: 'airport-004.webp',
  arrangement: 'harbour-011.webp',
  colors: 'forest-013.webp',
  tags: 'airport-004.webp',
  diversity: 'ski-001.webp',
}
for (const [name, id] of Object.entries(queries)) await draw(name, id, await Promise.all(pictures[name](id)))
await recommender.close()

async function draw(name, query, pages) {
  const tiles = []
  for (const [row, { items }] of pages.entries()) {
    for (const [column, { id }] of [{ id: query }, ...items].entries()) {
      const input = await sharp(join(gallery, id)).resize(WIDTH, HEIGHT, { fit: 'cover' }).toBuffer()
      tiles.push({ input, left: column * (WIDTH + GAP) + (column > 0 ? GAP : 0), top: row * (HEIGHT + GAP) })
    }
  }
  const size = { width: COLUMNS * (WIDTH + GAP), height: pages.length * (HEIGHT + GAP) - GAP }
  const canvas = sharp({ create: { ...size, channels: 4, background: '#0000' } })
  await canvas
    .composite(tiles)
    .webp({ quality: 80 })
    .toFile(join(out, `ranking-${name}.webp`))
}
