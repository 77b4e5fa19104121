import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRecommender } from '@image-recommender/core'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
import { expect, it } from 'vitest'
import { contract, model, photos } from '../demo.js'

interface Scene {
  readonly name: string
  readonly theme: string
  readonly objects: readonly { readonly label: string }[]
}

it('recognises the exact set of objects on at least 85 % of the scenes, and likes scenes of one theme', async () => {
  const scenes: Scene[] = JSON.parse(readFileSync(`${photos}gallery.json`, 'utf8'))
  expect(scenes.length).toBeGreaterThanOrEqual(380)
  await using recommender = await createRecommender({ extractor: await createMaskRcnnExtractor({ model, contract }) })
  const report = await recommender.addAll(
    scenes.map(({ name }) => ({ id: name, image: () => readFile(photos + name) })),
  )
  expect(report).toEqual({ added: scenes.length, unchanged: 0, failed: [], repeated: [] })

  const themeOf = new Map(scenes.map(({ name, theme }) => [name, theme]))
  let exact = 0
  let neighbours = 0
  let ofTheSameTheme = 0
  for (const { name, theme, objects } of scenes) {
    const page = await recommender.similarTo(name, { limit: 10 })
    const found = new Set<string>(page.objects.map(({ object }) => object))
    const truth = new Set(objects.map(({ label }) => label))
    if (found.size === truth.size && [...truth].every((label) => found.has(label))) exact++
    neighbours += page.items.length
    ofTheSameTheme += page.items.filter(({ id }) => themeOf.get(id) === theme).length
  }
  expect(exact / scenes.length).toBeGreaterThanOrEqual(0.85)
  // By chance it would be about 1 in 20.
  expect(ofTheSameTheme / neighbours).toBeGreaterThan(0.4)
}, 120_000)
