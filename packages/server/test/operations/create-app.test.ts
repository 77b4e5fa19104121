import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecommender } from '@image-recommender/core'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type AppOptions,
  createApp,
  createLog,
  createMetrics,
  createServerParts,
  measured,
  openImageFolder,
  type ServerParts,
} from '../../src/index.ts'
import { formWith } from '../forms.ts'
import { picture, pictureExtractor } from '../pictures.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Operated {
  readonly app: FastifyInstance
  readonly parts: ServerParts
  readonly lines: string[]
}

async function operated(options: Partial<AppOptions>): Promise<Operated> {
  const folder = await mkdtemp(join(tmpdir(), 'server-operated-'))
  const metrics = createMetrics(() => recommender.count())
  const recommender = measured(await createRecommender({ extractor: pictureExtractor() }), metrics)
  const files = await openImageFolder({ uploads: folder })
  const parts = await createServerParts({ recommender, files, cacheFolder: join(folder, 'cache') })
  const lines: string[] = []
  const log = createLog({ level: 'info', stream: { write: (line) => lines.push(line) } })
  const app = await createApp(parts, { loopbackOnly: true, report: () => {}, metrics, log, ...options })
  closing.push(
    () => rm(folder, { recursive: true, force: true }),
    () => recommender.close(),
    () => app.close(),
  )
  return { app, parts, lines }
}

const KEY = { 'x-api-key': 'a-key-of-somebody' }

async function upload(app: FastifyInstance, url = '/v1/images', headers: Record<string, string> = {}) {
  const form = await formWith(picture({ dog: 0.9 }))
  return app.inject({ method: 'POST', url, ...form, headers: { ...form.headers, ...headers } })
}

describe('a server with keys', () => {
  it('leaves the page, and what it reads, open to all where reads are', async () => {
    const { app } = await operated({ apiKeys: { keys: [KEY['x-api-key']], reads: 'open' } })
    expect((await upload(app)).statusCode).toBe(401)
    expect((await upload(app, '/v1/images/batch')).statusCode).toBe(401)
    const added = await upload(app, '/v1/images', KEY)
    expect(added.statusCode).toBe(201)
    const address = added.headers.location as string
    for (const url of [
      ...['/', '/find', '/for-you', `/similar/${added.json().id}`, '/static/app.js', '/docs', '/docs/json'],
      ...['/v1/status', '/v1/sample', '/v1/objects', '/v1/objects/names', '/v1/duplicates', '/v1/health', '/v1/ready'],
      ...[address, `${address}/similar`, `${address}/file`, `${address}/thumbnail`, '/metrics'],
    ]) {
      expect([200, 302, 304], url).toContain((await app.inject(url)).statusCode)
    }
    expect((await upload(app, '/v1/search')).statusCode).toBe(200)
    const like = { like: [{ objects: { dog: 1 } }] }
    expect((await app.inject({ method: 'POST', url: '/v1/recommend', payload: like })).statusCode).toBe(200)
    expect((await app.inject({ method: 'POST', url: '/v1/tastes', payload: { like: [] } })).statusCode).not.toBe(401)
    expect((await app.inject({ method: 'DELETE', url: address })).statusCode).toBe(401)
    expect((await app.inject({ method: 'DELETE', url: address, headers: KEY })).statusCode).toBe(204)
  })

  it('asks everybody for one where reads are not open, but those who ask how it is', async () => {
    const { app } = await operated({ apiKeys: { keys: [KEY['x-api-key']], reads: 'key' } })
    for (const url of ['/v1/status', '/v1/sample', '/v1/objects', '/v1/images/a/file', '/metrics']) {
      expect((await app.inject(url)).statusCode, url).toBe(401)
      expect((await app.inject({ url, headers: KEY })).statusCode, url).not.toBe(401)
    }
    expect((await upload(app, '/v1/search')).statusCode).toBe(401)
    for (const url of ['/v1/health', '/v1/ready', '/', '/docs/json']) {
      expect((await app.inject(url)).statusCode, url).toBe(200)
    }
  })
})

describe('a server with limits', () => {
  it('counts what describes images, and what searches, whatever the route', async () => {
    const { app } = await operated({ rateLimits: { upload: 3, search: 3 } })
    const added = await upload(app)
    await upload(app, '/v1/images/batch')
    await upload(app, '/v1/search')
    for (const url of ['/v1/images', '/v1/images/batch', '/v1/search']) {
      const refused = await upload(app, url)
      expect([refused.statusCode, refused.json().error.code]).toEqual([429, 'TOO_MANY_REQUESTS'])
    }
    const address = added.headers.location as string
    for (const url of [`${address}/similar`, '/v1/objects', '/v1/duplicates']) {
      expect((await app.inject(url)).statusCode).toBe(200)
    }
    expect((await app.inject(`${address}/similar`)).statusCode).toBe(429)
    for (const url of ['/v1/status', '/v1/sample', `${address}/file`, '/', '/v1/ready']) {
      for (let at = 0; at < 5; at++) expect((await app.inject(url)).statusCode).toBe(200)
    }
  })
})

describe('a server that is watched', () => {
  it('tells nobody why its metrics cannot be had, and answers for them as for everything else', async () => {
    const metrics = createMetrics(async () => 0)
    metrics.registry.metrics = () => Promise.reject(new Error('no postgres://me:S3CRET@db at /home/me'))
    const reported: unknown[] = []
    const { app } = await operated({
      metrics,
      report: (error) => reported.push(error),
      apiKeys: { keys: [KEY['x-api-key']], reads: 'key' },
    })
    const failed = await app.inject({ url: '/metrics', headers: KEY })
    expect([failed.statusCode, failed.json().error.code]).toEqual([500, 'INTERNAL'])
    expect(failed.body).not.toMatch(/S3CRET|home/)
    expect(reported).toHaveLength(1)
    expect((await app.inject('/metrics')).json().error.code).toBe('UNAUTHORIZED')
    const elsewhere = await app.inject({ url: '/metrics', headers: { host: 'evil.example' } })
    expect([elsewhere.statusCode, elsewhere.json().error.code]).toEqual([421, 'WRONG_HOST'])
  })

  it('counts and logs every answer under the pattern of its route', async () => {
    const { app, lines } = await operated({})
    const added = await upload(app)
    await app.inject(`${added.headers.location}/similar`)
    const { body } = await app.inject('/metrics')
    for (const line of [
      'http_request_duration_seconds_count{method="POST",route="/v1/images",status="2xx"} 1',
      'http_request_duration_seconds_count{method="GET",route="/v1/images/:id/similar",status="2xx"} 1',
      'image_recommender_call_seconds_count{call="add",outcome="ok"} 1',
      'image_recommender_call_seconds_count{call="similarTo",outcome="ok"} 1',
      'image_recommender_images 1',
    ]) {
      expect(body).toContain(`${line}\n`)
    }
    expect(lines.map((line) => JSON.parse(line).route)).toEqual(['/v1/images', '/v1/images/:id/similar'])
    const { paths } = (await app.inject('/docs/json')).json()
    expect(Object.keys(paths)).toContain('/v1/images')
    expect(Object.keys(paths)).not.toContain('/metrics')
  })
})
