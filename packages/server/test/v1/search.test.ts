import { readdir } from 'node:fs/promises'
import type { SearchOptions } from '@image-recommender/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fields, formWith } from '../forms.ts'
import { picture, withObjects } from '../pictures.ts'
import { sceneEmbedding, sceneExtractor, scenes } from '../scenes.ts'
import { type TestApp, testApp } from '../test-app.ts'
import { toldPage } from './pages.ts'

let test: TestApp
beforeAll(async () => {
  test = await testApp({ extractor: sceneExtractor(), embedding: sceneEmbedding() })
  await test.recommender.addAll(scenes())
})
afterAll(() => test.close())

const query = picture({ dog: 0.9, car: 0.8 }, 'a look of its own')
const search = async (fields: Fields = {}, bytes = query) =>
  test.inject({ method: 'POST', url: '/v1/search', ...(await formWith(bytes, { fields })) })

describe('POST /v1/search', () => {
  const cases: [fields: Fields, options: SearchOptions][] = [
    [{}, {}],
    [{ limit: '3' }, { limit: 3 }],
    [{ all: 'frisbee' }, { where: { objects: { all: ['frisbee'] } } }],
    [{ all: ['frisbee', 'person'] }, { where: { objects: { all: ['frisbee', 'person'] } } }],
    [
      { any: ['frisbee', 'person'], none: 'car', tag: 'town' },
      { where: { objects: { any: ['frisbee', 'person'], none: ['car'] }, tags: { all: ['town'] } } },
    ],
    [
      { arrangement: '0', colors: '2.5', embedding: '0.5', diversity: '0.4' },
      { weights: { arrangement: 0, colors: 2.5, embedding: 0.5 }, diversity: 0.4 },
    ],
    [
      { exclude: ['image-19', 'image-29'], mostPerObjectSet: '2', collapseNearDuplicates: 'true' },
      { where: { exclude: ['image-19', 'image-29'] }, mostPerObjectSet: 2, collapseNearDuplicates: true },
    ],
  ]
  it.each(cases)('with %j gives what the recommender gives', async (fields, options) => {
    const response = await search(fields)
    expect(response.statusCode).toBe(200)
    expect(response.json()).toEqual(toldPage(await test.recommender.similarToImage(query, options)))
  })

  it('leads from page to page, the image sent again with the cursor', async () => {
    const first = (await search({ limit: '10' })).json()
    const second = (await search({ limit: '10', cursor: first.nextCursor })).json()
    const both = await test.recommender.similarToImage(query, { limit: 20 })
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id)
    expect(ids).toEqual(both.items.map(({ id }) => id))
  })

  it('stores nothing', async () => {
    const before = await test.recommender.count()
    await search()
    expect(await test.recommender.count()).toBe(before)
    expect(await readdir(test.uploads)).toEqual([])
    expect(await readdir(test.cache).catch(() => [])).toEqual([])
  })

  it('says of what is no image that it is none', async () => {
    const svg = withObjects(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), { dog: 0.9 })
    for (const bytes of [Buffer.from('no image'), svg, Buffer.from('\x89PNG\r\n\x1a\nno picture', 'latin1')]) {
      const response = await search({}, bytes)
      expect(response.statusCode).toBe(415)
      expect(response.json().error.code).toBe('IMAGE_UNREADABLE')
    }
  })
})
