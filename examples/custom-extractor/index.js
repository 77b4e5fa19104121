// @ts-check
/** Searches by an extractor of one's own: which pictures have the colours of another, or those that one names. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRecommender } from '@image-recommender/core'
import { photos } from '../quickstart/demo.js'
import { createColorHistogramExtractor } from './color-histogram.js'

const recommender = await createRecommender({ extractor: createColorHistogramExtractor() })
const files = (await readdir(photos)).filter((name) => name.endsWith('.webp')).slice(0, 100)
await recommender.addAll(files.map((name) => ({ id: name, image: () => readFile(join(photos, name)) })))

// Where vectors are not made of objects, distance alone ranks. It falls apart by axes all the same: these are the reasons.
show('The colours of airport-004.webp have', await recommender.similarTo('airport-004.webp', { limit: 3 }))
show(
  'As much yellow as sky blue, and some red, have',
  await recommender.recommend({
    like: [{ objects: { yellow: 1, sky: 1 } }],
    where: { objects: { all: [{ object: 'red', atLeast: 0.1 }] } },
    limit: 3,
  }),
)
await recommender.close()

/**
 * @param {string} title
 * @param {import('@image-recommender/core').Page} page
 */
function show(title, { items }) {
  console.log(`${title}:`)
  for (const { id, distance, because } of items) {
    const reasons = because.slice(0, 3).map(({ name, contribution }) => `${name} ${contribution.toFixed(2)}`)
    console.log(`distance ${distance.toFixed(2)}  ${id}  because of ${reasons.join(', ')}`)
  }
}
