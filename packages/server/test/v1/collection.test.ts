import { COCO_AXES, type Where } from '@image-recommender/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sceneExtractor, scenes } from '../scenes.ts'
import { type TestApp, testApp } from '../test-app.ts'
import { toldImage } from './pages.ts'

let test: TestApp
beforeAll(async () => {
  test = await testApp({ extractor: sceneExtractor() })
  await test.recommender.addAll(scenes())
})
afterAll(() => test.close())

const get = async (url: string) => (await test.inject(url)).json()

describe('GET /v1/objects', () => {
  const cases: [string, Where][] = [
    ['', {}],
    ['?all=frisbee', { objects: { all: ['frisbee'] } }],
    ['?all=frisbee&all=person', { objects: { all: ['frisbee', 'person'] } }],
    ['?any=frisbee&any=person&none=car', { objects: { any: ['frisbee', 'person'], none: ['car'] } }],
    ['?tag=beach&tag=sea', { tags: { all: ['beach', 'sea'] } }],
    ['?all=frisbee&tag=town', { objects: { all: ['frisbee'] }, tags: { all: ['town'] } }],
  ]
  it.each(cases)('%s counts as the recommender counts, the most frequent first', async (query, where) => {
    const counts = await test.recommender.objectCounts(where)
    const answer = await get(`/v1/objects${query}`)
    expect(answer).toEqual(counts)
    expect(Object.keys(answer.objects)).toEqual(Object.keys(counts.objects))
    const numbers = Object.values<number>(answer.objects)
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a))
    expect(answer.total).toBeGreaterThan(0)
  })

  it('says of a name that is no object which is like it', async () => {
    const response = await test.inject('/v1/objects?all=frisbe')
    expect(response.statusCode).toBe(400)
    expect(response.json().error.message).toMatch(/frisbe\b.*frisbee/)
  })

  it('has all names', async () => {
    expect(await get('/v1/objects/names')).toEqual({ names: COCO_AXES.slice(1) })
  })
})

describe('GET /v1/sample', () => {
  it('draws images, none twice, others each time', async () => {
    const drawn = await Promise.all(Array.from({ length: 4 }, () => get('/v1/sample?count=20')))
    for (const { images } of drawn) {
      expect(new Set(images.map(({ id }: { id: string }) => id)).size).toBe(20)
      for (const image of images) expect(image).toEqual(toldImage((await test.recommender.get(image.id))!))
    }
    expect(new Set(drawn.map(({ images }) => images[0].id)).size).toBeGreaterThan(1)
    expect((await get('/v1/sample')).images).toHaveLength(30)
    expect((await get('/v1/sample?count=100')).images).toHaveLength(66)
  })
})

it('GET /v1/duplicates groups what is the same picture', async () => {
  const { groups } = await get('/v1/duplicates')
  expect(groups).toEqual(await test.recommender.duplicates())
  const sorted = groups.map((group: string[]) => [...group].sort()).sort()
  expect(sorted).toEqual(['9', '19', '29', '39', '49', '59'].map((at) => [`image-${at}`, `image-${at}-again`]).sort())
})
