import { compileErrors, validate } from '@readme/openapi-parser'
import Fastify from 'fastify'
import type { OpenAPIV3_1 } from 'openapi-types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverPlugin } from '../../src/index.ts'
import { type Answer, describedAnswers } from '../described-answers.ts'
import { type TestApp, testApp } from '../test-app.ts'

let test: TestApp
let document: OpenAPIV3_1.Document
beforeAll(async () => {
  test = await testApp()
  document = (await test.app.inject('/docs/json')).json()
})
afterAll(() => test.close())

describe('/docs/json', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    const result = await validate(structuredClone(document) as Parameters<typeof validate>[0])
    expect(result.valid || compileErrors(result)).toBe(true)
  })

  it('has every route of /v1, with a summary and a tag, and nothing else', async () => {
    const routes: string[] = []
    const app = Fastify()
    app.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (url.startsWith('/v1') && one !== 'HEAD') routes.push(`${one} ${url}`)
    })
    await app.register(serverPlugin, { parts: test.parts, report: () => {} })
    await app.close()
    const described = Object.entries(document.paths!).flatMap(([path, operations]) =>
      Object.keys(operations!).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    expect(described.sort()).toEqual(routes.sort())
    expect(described).toContain('POST /v1/images/batch')
    const tags = document.tags!.map(({ name }) => name)
    for (const operation of Object.values(document.paths!).flatMap((path) => Object.values(path!))) {
      const { summary, tags: own } = operation as OpenAPIV3_1.OperationObject
      expect(summary).toMatch(/^\S/)
      expect(tags).toEqual(expect.arrayContaining(own!))
    }
  })

  it('says what forms and bodies hold', () => {
    const formOf = (path: string) => {
      const { requestBody } = document.paths![path]!.post!
      const { schema } = (requestBody as OpenAPIV3_1.RequestBodyObject).content['multipart/form-data']!
      return Object.keys((schema as OpenAPIV3_1.SchemaObject).properties!)
    }
    expect(formOf('/v1/images').sort()).toEqual(['image', 'metadata', 'tag'])
    expect(formOf('/v1/images/batch').sort()).toEqual(['image', 'metadata', 'tag'])
    expect(formOf('/v1/search')).toEqual(expect.arrayContaining(['image', 'limit', 'all', 'diversity']))
    for (const path of ['/v1/recommend', '/v1/tastes']) {
      const { requestBody } = document.paths![path]!.post!
      expect(Object.keys((requestBody as OpenAPIV3_1.RequestBodyObject).content)).toEqual(['application/json'])
    }
  })
})

it('/docs shows it, with nothing from elsewhere', async () => {
  const page = await test.app.inject('/docs/')
  expect(page.statusCode).toBe(200)
  expect(page.headers['content-type']).toContain('text/html')
  const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!)
  expect(addresses.length).toBeGreaterThan(2)
  for (const address of addresses) {
    const { pathname, origin } = new URL(address, 'http://localhost/docs/')
    expect(origin).toBe('http://localhost')
    expect((await test.app.inject(pathname)).statusCode, address).toBe(200)
  }
})

describe('an answer that is not as described', () => {
  const good: Answer = {
    method: 'GET',
    url: '/v1/health',
    status: 200,
    contentType: 'application/json; charset=utf-8',
    body: '{"status":"ok"}',
  }
  const wrong: [string, Partial<Answer>][] = [
    ['another status', { status: 418 }],
    ['another type', { contentType: 'text/html' }],
    ['a wrong value', { body: '{"status":"fine"}' }],
    ['less than there should be', { body: '{}' }],
    ['more than there should be', { body: '{"status":"ok","secret":1}' }],
    ['an error of another form', { status: 500, body: '{"error":"no"}' }],
    ['a body where there is none', { method: 'DELETE', url: '/v1/images/a', status: 204 }],
  ]
  it.each(wrong)('fails the tests of this package: %s', (_, change) => {
    const check = describedAnswers(document)
    expect(() => check(good)).not.toThrow()
    expect(() => check({ ...good, ...change })).toThrow(/ answered /)
  })
})
