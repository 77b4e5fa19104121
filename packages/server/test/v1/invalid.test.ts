import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formWith } from '../forms.ts'
import { picture } from '../pictures.ts'
import { type TestApp, testApp } from '../test-app.ts'

let test: TestApp
beforeAll(async () => {
  test = await testApp()
})
afterAll(() => test.close())

/** Each is a 400 whose message names the field, and shows the value where it has one. */
async function refused(request: Parameters<TestApp['inject']>[0], field: string, value: string) {
  const response = await test.inject(request)
  expect(response.statusCode, response.body).toBe(400)
  const { code, message } = response.json().error
  expect(code).toBe('INVALID_ARGUMENT')
  expect(message).toContain(field)
  expect(message).toContain(value)
}

const parameters: [name: string, value: string][] = [
  ['limit', '0'],
  ['limit', '101'],
  ['limit', '1.5'],
  ['limit', 'many'],
  ['limit', ''],
  ['arrangement', '-1'],
  ['arrangement', '11'],
  ['colors', 'red'],
  ['colors', '1e1'],
  ['embedding', 'NaN'],
  ['diversity', '1.1'],
  ['diversity', ''],
  ['mostPerObjectSet', '0'],
  ['mostPerObjectSet', '1001'],
  ['collapseNearDuplicates', 'yes'],
  ['collapseNearDuplicates', '1'],
]

describe('a wrong parameter is named, with what came', () => {
  it.each(parameters)('%s=%s', async (name, value) => {
    const id = await test.add({ dog: 0.9 })
    await refused(`/v1/images/${id}/similar?${name}=${value}`, name, JSON.stringify(value))
    const form = await formWith(picture({ dog: 0.9 }), { fields: { [name]: value } })
    await refused({ method: 'POST', url: '/v1/search', ...form }, name, JSON.stringify(value))
  })

  it('given twice', async () => {
    const id = await test.add({ dog: 0.9 })
    for (const name of ['limit', 'diversity', 'collapseNearDuplicates', 'cursor']) {
      await refused(`/v1/images/${id}/similar?${name}=1&${name}=1`, name, '["1","1"]')
    }
  })

  it('of objects, tags and ids', async () => {
    const id = await test.add({ dog: 0.9 })
    for (const name of ['all', 'any', 'none', 'tag', 'exclude']) {
      await refused(`/v1/images/${id}/similar?${name}=`, name, '""')
      await refused(`/v1/images/${id}/similar?${name}=x&${name}=`, `${name}.1`, '""')
    }
    await refused(`/v1/objects?all=dgo`, 'dgo', 'dog')
    await refused(`/v1/images/${id}/similar?${'tag=x&'.repeat(65)}`, 'tag', '64')
  })

  it('count of a sample', async () => {
    for (const value of ['0', '101', 'x', '-1'])
      await refused(`/v1/sample?count=${value}`, 'count', JSON.stringify(value))
  })
})

const bodies: [body: unknown, field: string, value: string][] = [
  [[], 'body', '[]'],
  ['dog', 'body', '"dog"'],
  [{ like: 'dog' }, 'like', '"dog"'],
  [{ like: [{ id: 7 }] }, 'like.0', '7'],
  [{ like: [{}] }, 'like.0', '{}'],
  [{ like: [{ id: 'a', objects: { dog: 1 } }] }, 'like.0', '"a"'],
  [{ like: [{ objects: { dog: 'much' } }] }, 'like.0', '"much"'],
  [{ like: [{ objects: { dog: 2 } }] }, 'like.0', ''],
  [{ like: [{ objects: { dog: 1 }, weight: 0 }] }, 'like.0', ''],
  [{ like: [{ objects: { dog: 1 } }], unlike: [{ tags: 'x' }] }, 'unlike.0', '"x"'],
  [{ like: [{ objects: { dog: 1 } }], limit: 0 }, 'limit', '0'],
  [{ like: [{ objects: { dog: 1 } }], limit: 1.5 }, 'limit', '1.5'],
  [{ like: [{ objects: { dog: 1 } }], limit: '5' }, 'limit', '"5"'],
  [{ like: [{ objects: { dog: 1 } }], diversity: 2 }, 'diversity', '2'],
  [{ like: [{ objects: { dog: 1 } }], diversity: true }, 'diversity', 'true'],
  [{ like: [{ objects: { dog: 1 } }], weights: { colors: -1 } }, 'weights.colors', '-1'],
  [{ like: [{ objects: { dog: 1 } }], weights: { colour: 1 } }, 'colour', ''],
  [{ like: [{ objects: { dog: 1 } }], mostPerObjectSet: 0 }, 'mostPerObjectSet', '0'],
  [{ like: [{ objects: { dog: 1 } }], collapseNearDuplicates: 'yes' }, 'collapseNearDuplicates', '"yes"'],
  [{ like: [{ objects: { dog: 1 } }], where: { objects: { all: [7] } } }, 'where.objects.all.0', '7'],
  [{ like: [{ objects: { dog: 1 } }], where: { objects: { all: 'dog' } } }, 'where.objects.all', '"dog"'],
  [{ like: [{ objects: { dog: 1 } }], where: { exclude: 'a' } }, 'where.exclude', '"a"'],
  [{ like: [{ objects: { dog: 1 } }], wher: {} }, 'wher', ''],
  [{ taste: { spaceId: 'fake/coco' } }, 'taste.objects', ''],
]

describe('what is wrong in a body is named, with what came', () => {
  it.each(bodies)('%j of /v1/recommend', async (body, field, value) => {
    const payload = JSON.stringify(body)
    const headers = { 'content-type': 'application/json' }
    await refused({ method: 'POST', url: '/v1/recommend', payload, headers }, field, value)
  })

  it.each([
    [{}, 'like', ''],
    [{ like: [{ id: 7 }] }, 'like.0.id', '7'],
    [{ like: [{ id: 'a', weight: 0 }] }, 'weight', '0'],
    [{ like: [{ id: 'a', age: -1 }] }, 'age', '-1'],
    [{ like: [{ id: 'a', wait: 1 }] }, 'wait', ''],
    [{ like: [], halfLife: 0 }, 'halfLife', '0'],
  ])('%j of /v1/tastes', async (body, field, value) => {
    await refused({ method: 'POST', url: '/v1/tastes', payload: body }, field, value)
  })

  it('metadata of an image', async () => {
    const form = await formWith(picture({ dog: 0.9 }), { fields: { metadata: '{"a":' } })
    await refused({ method: 'POST', url: '/v1/images', ...form }, 'metadata', '{\\"a\\":')
  })
})

it('what is no JSON, or too much of it, is told apart', async () => {
  const headers = { 'content-type': 'application/json' }
  for (const [payload, status] of [
    ['{', 400],
    ['', 400],
    [`{"like":[${'{},'.repeat(400_000)}{}]}`, 413],
  ] as const) {
    const response = await test.inject({ method: 'POST', url: '/v1/recommend', payload, headers })
    expect(response.statusCode).toBe(status)
    expect(response.json().error.message).toMatch(/JSON|empty|large/)
  }
  const form = await test.inject({
    method: 'POST',
    url: '/v1/recommend',
    payload: 'x',
    headers: { 'content-type': 'image/png' },
  })
  expect(form.statusCode).toBe(415)
})

it('what is deeper than any stack is refused as what it is', async () => {
  const headers = { 'content-type': 'application/json' }
  const deep = (start: string, end: string, levels: number) => `${start.repeat(levels)}1${end.repeat(levels)}`
  const values = [deep('[', ']', 200_000), deep('{"a":', '}', 100_000), deep('[{"id":', '}]', 80_000)]
  for (const value of values) {
    for (const payload of [value, `{"like":${value}}`, `{"like":[{"objects":${value}}]}`, `{"taste":${value}}`]) {
      for (const url of ['/v1/recommend', '/v1/tastes']) {
        const response = await test.inject({ method: 'POST', url, payload, headers })
        expect(response.statusCode, payload.slice(0, 40)).toBe(400)
        expect(response.json().error.code).toBe('INVALID_ARGUMENT')
        expect(response.body.length).toBeLessThan(500)
      }
    }
  }
  expect(test.reported).toEqual([])
})
