import { readdir, readFile } from 'node:fs/promises'
import { createRecommender } from '@image-recommender/core'
import { createMaskRcnnExtractor, pullModel } from '@image-recommender/core/mask-rcnn'

const model = await pullModel('mask-rcnn-r50-fpn-12-int8')
const recommender = await createRecommender({ extractor: await createMaskRcnnExtractor({ model }) })
const names = await readdir('gallery')
await recommender.addAll(names.map((id) => ({ id, image: () => readFile(`gallery/${id}`) })))

const { items } = await recommender.similarTo('airport-004.webp', { limit: 3 })
for (const { id, score, because } of items)
  console.log(score.toFixed(2), id, ...because.map((r) => `${r.name} ${r.contribution.toFixed(2)}`))
