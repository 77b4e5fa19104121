/** What an embedding is for, with the backbone of the demo's detector as the encoder, on the demo's gallery. */
import { fileURLToPath } from 'node:url'
import { createEmbeddingExtractor } from '@image-recommender/core/embedding'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
import { expect, it } from 'vitest'
import { createRecommender, type Page, type Recommender } from '../../src/index.ts'
import { demoContract, demoModel, gallery, picture } from '../mask-rcnn/demo.ts'
import { demoEncoder, themes } from './demo.ts'

const NEIGHBOURS = 5
/** Every third picture: five or six of each theme. */
const names = gallery.map(({ name }) => name).filter((_, at) => at % 3 === 0)

const fill = (recommender: Recommender) =>
  recommender.addAll(names.map((name) => ({ id: name, image: () => picture(name) })))

/** Which share of the nearest are of the theme of what was asked for. */
function sameTheme(id: string, page: Page): number {
  expect(page.items).toHaveLength(NEIGHBOURS)
  return page.items.filter((item) => themes.get(item.id) === themes.get(id)).length / NEIGHBOURS
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

it('alone, by distance: pictures of a theme are far nearer to each other than by chance', async () => {
  await using recommender = await createRecommender({ extractor: await createEmbeddingExtractor(demoEncoder) })
  await fill(recommender)
  const shares: number[] = []
  for (const name of names) shares.push(sameTheme(name, await recommender.similarTo(name, { limit: NEIGHBOURS })))
  // By chance it is 1 in 28.
  expect(mean(shares)).toBeGreaterThan(0.35)
})

it('beside a detector: finds neighbours of pictures in which that recognises nothing', async () => {
  // Somebody's detector, which knows vehicles alone.
  const vehicles = new Set<string | null>(['bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat'])
  const labels = demoContract.labels.map((label) => (vehicles.has(label) ? label : null))
  const options = { model: fileURLToPath(demoModel), contract: { ...demoContract, labels } }
  await using blind = await createRecommender({ extractor: await createMaskRcnnExtractor(options) })
  await using recommender = await createRecommender({
    extractor: await createMaskRcnnExtractor(options),
    embedding: { extractor: await createEmbeddingExtractor(demoEncoder) },
  })
  await fill(blind)
  await fill(recommender)
  const shares: number[] = []
  for (const name of names) {
    const page = await recommender.similarTo(name, { limit: NEIGHBOURS })
    if (page.objects.length > 0) continue
    expect(await blind.similarTo(name)).toMatchObject({ items: [], nothingRecognised: true })
    expect(page.nothingRecognised).toBe(false)
    expect(page.items[0]!.because).toMatchObject([{ kind: 'facet', name: 'embedding' }])
    shares.push(sameTheme(name, page))
  }
  expect(shares.length).toBeGreaterThan(50)
  expect(mean(shares)).toBeGreaterThan(0.35)
})
