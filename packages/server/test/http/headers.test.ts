import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formWith } from '../forms.ts'
import { picture } from '../pictures.ts'
import { type TestApp, testApp } from '../test-app.ts'

let test: TestApp
let id: string
beforeAll(async () => {
  test = await testApp()
  id = await test.add({ dog: 0.9 })
})
afterAll(() => test.close())

type Method = 'GET' | 'HEAD' | 'POST' | 'DELETE' | 'OPTIONS'
const requests: [method: Method, url: string, status: number][] = [
  ['GET', '/', 200],
  ['GET', '/similar/x', 200],
  ['GET', '/static/app.js', 200],
  ['GET', '/static/nothing.js', 404],
  ['GET', '/docs/json', 200],
  ['GET', '/v1/status', 200],
  ['GET', '/v1/images/ID', 200],
  ['HEAD', '/v1/images/ID', 200],
  ['GET', '/v1/images/ID/similar', 200],
  ['GET', '/v1/images/ID/similar?limit=0', 400],
  ['GET', '/v1/images/ID/file', 200],
  ['GET', '/v1/images/ID/thumbnail', 200],
  ['GET', '/v1/images/unknown/file', 404],
  ['GET', '/v1/images/%ff', 400],
  ['GET', `/v1/images/${'a'.repeat(700)}`, 414],
  ['GET', '/nothing', 404],
  ['POST', '/v1/images', 415],
  ['DELETE', '/v1/images/unknown', 404],
  ['OPTIONS', '/v1/images', 404],
]

describe('every answer', () => {
  it.each(requests)('%s %s says what browsers must not do with it', async (method, url, status) => {
    const headers = {
      origin: 'https://other.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-api-key',
    }
    const answer = await test.app.inject({ method, url: url.replace('ID', id), headers })
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-security-policy']).toMatch(/^default-src '(self|none)'; /)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.headers['referrer-policy']).toBe('same-origin')
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin')
    // No other site may read it, whatever it asks for.
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  it('with an image in it can run nothing and load nothing', async () => {
    for (const what of ['file', 'thumbnail']) {
      const { headers } = await test.app.inject(`/v1/images/${id}/${what}`)
      expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox")
      expect(headers['content-disposition']).toBe('inline')
      expect(headers['content-type']).toMatch(/^image\/(png|webp)$/)
    }
  })

  it('of the server itself says nothing of what it runs on', async () => {
    for (const url of ['/', '/v1/status', '/nothing']) {
      const { headers } = await test.app.inject(url)
      expect([headers.server, headers['x-powered-by']]).toEqual([undefined, undefined])
    }
  })
})

it('a form of another site is refused before anything of it is read', async () => {
  const form = await formWith(picture({ dog: 0.9 }))
  const headers = { ...form.headers, 'sec-fetch-site': 'cross-site', origin: 'https://other.example' }
  const before = await test.recommender.count()
  for (const url of ['/v1/images', '/v1/images/batch', '/v1/search']) {
    const answer = await test.app.inject({ method: 'POST', url, payload: form.payload, headers })
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'CROSS_SITE'])
  }
  expect(await test.recommender.count()).toBe(before)
})
