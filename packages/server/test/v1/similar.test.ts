import type { SearchOptions } from '@image-recommender/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sceneEmbedding, sceneExtractor, scenes } from '../scenes.ts'
import { type TestApp, testApp } from '../test-app.ts'
import { toldPage } from './pages.ts'

let test: TestApp
beforeAll(async () => {
  test = await testApp({ extractor: sceneExtractor(), embedding: sceneEmbedding() })
  await test.recommender.addAll(scenes())
})
afterAll(() => test.close())

// It has a near-duplicate beside it, and others with the same objects.
const QUERY = 'image-9'

async function similar(parameters: string) {
  const response = await test.inject(`/v1/images/${QUERY}/similar?${parameters}`)
  expect(response.statusCode, response.body).toBe(200)
  return response.json()
}

describe('GET /v1/images/ID/similar', () => {
  it('gives what the recommender gives, reasons and all', async () => {
    const page = await test.recommender.similarTo(QUERY)
    expect(page.items).toHaveLength(30)
    expect(await similar('')).toEqual(toldPage(page))
  })

  const cases: [parameters: string, options: SearchOptions][] = [
    ['limit=7', { limit: 7 }],
    ['arrangement=0', { weights: { arrangement: 0 } }],
    ['arrangement=9.5', { weights: { arrangement: 9.5 } }],
    ['colors=0', { weights: { colors: 0 } }],
    ['embedding=0', { weights: { embedding: 0 } }],
    ['embedding=7.25&colors=0.5', { weights: { embedding: 7.25, colors: 0.5 } }],
    ['diversity=0.9', { diversity: 0.9 }],
    ['diversity=1', { diversity: 1 }],
    ['mostPerObjectSet=1', { mostPerObjectSet: 1 }],
    ['collapseNearDuplicates=true', { collapseNearDuplicates: true }],
    ['all=frisbee', { where: { objects: { all: ['frisbee'] } } }],
    ['all=frisbee&all=person', { where: { objects: { all: ['frisbee', 'person'] } } }],
    ['any=frisbee&any=person', { where: { objects: { any: ['frisbee', 'person'] } } }],
    ['none=frisbee&none=person', { where: { objects: { none: ['frisbee', 'person'] } } }],
    ['all=car&none=frisbee&any=person', { where: { objects: { all: ['car'], none: ['frisbee'], any: ['person'] } } }],
    ['tag=beach', { where: { tags: { all: ['beach'] } } }],
    ['tag=beach&tag=town', { where: { tags: { all: ['beach', 'town'] } } }],
    ['exclude=image-19', { where: { exclude: ['image-19'] } }],
    ['exclude=image-19&exclude=image-29', { where: { exclude: ['image-19', 'image-29'] } }],
    [
      'limit=5&all=dog&tag=town&exclude=image-19&diversity=0.5&mostPerObjectSet=2&collapseNearDuplicates=true&arrangement=2',
      {
        limit: 5,
        where: { objects: { all: ['dog'] }, tags: { all: ['town'] }, exclude: ['image-19'] },
        diversity: 0.5,
        mostPerObjectSet: 2,
        collapseNearDuplicates: true,
        weights: { arrangement: 2 },
      },
    ],
  ]
  it.each(cases)('takes %s', async (parameters, options) => {
    const page = await test.recommender.similarTo(QUERY, options)
    const answer = await similar(parameters)
    expect(answer).toEqual(toldPage(page))
    // Had it been overlooked, this would be the same.
    expect(answer.items).not.toEqual((await similar('')).items)
  })

  it('takes what is as it is by default', async () => {
    const { items } = await similar('diversity=0&collapseNearDuplicates=false&limit=30')
    expect(items).toEqual((await similar('')).items)
  })

  it('leads from page to page, each image on one of them', async () => {
    const ids: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: { items: { id: string }[]; nextCursor: string | null } = await similar(
        `limit=11&none=frisbee${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    const all = await test.recommender.similarTo(QUERY, { limit: 1000, where: { objects: { none: ['frisbee'] } } })
    expect(ids.length).toBeGreaterThan(22)
    expect(ids).toEqual(all.items.map(({ id }) => id))
  })

  it('refuses a cursor of another question', async () => {
    const { nextCursor } = await similar('limit=11')
    const cursor = encodeURIComponent(nextCursor)
    const response = await test.inject(`/v1/images/${QUERY}/similar?limit=11&all=frisbee&cursor=${cursor}`)
    expect(response.statusCode).toBe(400)
    expect(response.json().error.message).toContain('cursor')
  })

  it('finds by the embedding where nothing was recognised, and tells of what is not stored', async () => {
    const empty = await test.add({})
    const answer = (await test.inject(`/v1/images/${empty}/similar?embedding=0`)).json()
    expect(answer).toEqual(toldPage(await test.recommender.similarTo(empty, { weights: { embedding: 0 } })))
    const unknown = await test.inject('/v1/images/unknown/similar')
    expect(unknown.statusCode).toBe(404)
    expect(unknown.json().error.code).toBe('IMAGE_NOT_FOUND')
    await test.recommender.remove(empty)
  })
})

it('says that nothing was recognised, so that there is nothing to go by', async () => {
  const plain = await testApp()
  await plain.add({ dog: 0.9 })
  const empty = await plain.add({}, 'empty')
  const answer = (await plain.inject(`/v1/images/${empty}/similar`)).json()
  expect(answer).toEqual({ items: [], nextCursor: null, objects: [], nothingRecognised: true })
  await plain.close()
})
