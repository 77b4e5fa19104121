import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRecommender } from '@image-recommender/core'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
// Yours: a folder of photos, and `const model = await pullModel('mask-rcnn-r50-fpn-12-int8')`, which needs no contract.
import { contract, model, photos } from './demo.js'

const recommender = await createRecommender({ extractor: await createMaskRcnnExtractor({ model, contract }) })

const files = (await readdir(photos)).filter((name) => name.endsWith('.webp')).slice(0, 100)
await recommender.addAll(files.map((name) => ({ id: name, image: () => readFile(join(photos, name)) })))

const [query] = await recommender.random(1)
const page = await recommender.similarTo(query.id, { limit: 5 })

console.log(`${query.id} shows ${page.objects.map(({ object }) => object).join(', ')}. Similar:`)
for (const { id, score, because, extra } of page.items) {
  const [has, besides] = [because, extra].map((reasons) => reasons.map(({ name }) => name).join(', '))
  console.log(`${score.toFixed(2)}  ${id}  because of ${has}; besides: ${besides || 'nothing'}`)
}
await recommender.close()
