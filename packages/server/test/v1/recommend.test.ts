import type { RecommendOptions } from '@image-recommender/core'
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

const recommend = (body: object) => test.inject({ method: 'POST', url: '/v1/recommend', payload: body })

describe('POST /v1/recommend', () => {
  const cases: RecommendOptions[] = [
    { like: [{ id: 'image-9' }] },
    { like: [{ id: 'image-9', weight: 3 }, { id: 'image-0' }] },
    { like: [{ objects: { frisbee: 1, person: 0.5 } }] },
    { like: [{ tags: ['beach'] }] },
    { like: [{ id: 'image-9' }, { objects: { frisbee: 1 }, weight: 2 }, { tags: ['beach'], weight: 0.5 }] },
    { like: [{ objects: { dog: 1 } }], unlike: [{ id: 'image-3' }, { objects: { person: 1 } }, { tags: ['sea'] }] },
    { like: [{ objects: { dog: 1 } }], where: { objects: { all: ['frisbee', { object: 'dog', atLeast: 0.85 }] } } },
    { like: [{ objects: { dog: 1 } }], where: { objects: { any: ['frisbee', 'car'], none: ['person'] } } },
    { like: [{ objects: { dog: 1 } }], where: { tags: { any: ['beach'], none: ['town'] }, exclude: ['image-0'] } },
    { like: [{ id: 'image-9' }], weights: { arrangement: 0, colors: 3, embedding: 0.5 } },
    { like: [{ id: 'image-9' }], diversity: 0.7, mostPerObjectSet: 2, collapseNearDuplicates: true, limit: 7 },
  ]
  it.each(cases)('%j gives what the recommender gives', async (body) => {
    const page = await test.recommender.recommend(body)
    expect(page.items.length).toBeGreaterThan(1)
    const response = await recommend(body)
    expect(response.statusCode, response.body).toBe(200)
    expect(response.json()).toEqual(toldPage(page))
  })

  it('leads from page to page', async () => {
    const like = [{ objects: { dog: 1 } }]
    const first = (await recommend({ like, limit: 10 })).json()
    const second = (await recommend({ like, limit: 10, cursor: first.nextCursor })).json()
    const { items } = await test.recommender.recommend({ like, limit: 20 })
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id)
    expect(ids).toEqual(items.map(({ id }) => id))
  })

  it('says of names that are no objects which are like them', async () => {
    for (const [body, wrong, right] of [
      [{ like: [{ objects: { frisbe: 1 } }] }, 'frisbe', 'frisbee'],
      [{ like: [{ objects: { dog: 1 } }], unlike: [{ objects: { persn: 1 } }] }, 'persn', 'person'],
      [{ like: [{ objects: { dog: 1 } }], where: { objects: { none: ['caar'] } } }, 'caar', 'car'],
    ] as const) {
      const response = await recommend(body)
      expect(response.statusCode).toBe(400)
      const { code, message } = response.json().error
      expect(code).toBe('INVALID_ARGUMENT')
      expect(message).toContain(wrong)
      expect(message).toMatch(new RegExp(`\\b${right}\\b`))
    }
  })

  it('says that an image is not there, and that there is nothing to go by', async () => {
    const unknown = await recommend({ like: [{ id: 'unknown' }] })
    expect(unknown.statusCode).toBe(404)
    expect(unknown.json().error.code).toBe('IMAGE_NOT_FOUND')
    for (const body of [{}, { like: [] }, { unlike: [{ id: 'image-0' }] }]) {
      const response = await recommend(body)
      expect(response.statusCode).toBe(400)
      expect(response.json().error).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('like'),
      })
    }
  })
})

describe('POST /v1/tastes', () => {
  const history = {
    like: [{ id: 'image-0' }, { id: 'image-1', weight: 2, age: 3 }],
    unlike: [{ id: 'image-2' }],
    halfLife: 7,
  }
  const tasteOf = async (body: object) =>
    (await test.inject({ method: 'POST', url: '/v1/tastes', payload: body })).json()

  it('says what somebody likes, as the recommender does, and keeps nothing of it', async () => {
    const taste = await test.recommender.taste(history)
    expect(await tasteOf(history)).toEqual(taste)
    expect(taste.seen).toEqual(expect.arrayContaining(['image-0', 'image-1', 'image-2']))
    // Age and weight have been heard.
    expect((await tasteOf({ ...history, halfLife: undefined })).objects).not.toEqual(taste.objects)
  })

  it('can be edited and given back', async () => {
    const taste = await tasteOf(history)
    const asIs = (await recommend({ taste })).json()
    expect(asIs).toEqual(toldPage(await test.recommender.recommend({ taste })))
    const ids = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id)
    for (const seen of taste.seen) expect(ids(asIs)).not.toContain(seen)

    const edited = { ...taste, objects: { ...taste.objects, frisbee: 1, dog: -0.5 }, seen: ['image-0'] }
    const answer = (await recommend({ taste: edited })).json()
    expect(answer).toEqual(toldPage(await test.recommender.recommend({ taste: edited })))
    expect(ids(answer)).not.toEqual(ids(asIs))
    expect(answer.items[0].objects.map(({ object }: { object: string }) => object)).toContain('frisbee')
  })

  it('counts images that have gone as seen, and as nothing else', async () => {
    const with0 = await tasteOf({ like: [{ id: 'image-0' }, { id: 'gone' }] })
    expect(with0.objects).toEqual((await tasteOf({ like: [{ id: 'image-0' }] })).objects)
    expect(with0.seen).toContain('gone')
  })
})
