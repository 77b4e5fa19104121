import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecommender, type Recommender } from '@image-recommender/core'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createServerParts, openImageFolder, type ServerParts, serverPlugin } from '../src/index.ts'
import { formWith } from './forms.ts'
import { picture, pictureExtractor } from './pictures.ts'

let folder: string
let recommender: Recommender
let parts: ServerParts
let app: FastifyInstance
let reported: unknown[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-plugin-'))
  recommender = await createRecommender({ extractor: pictureExtractor() })
  const files = await openImageFolder({ uploads: folder })
  parts = await createServerParts({ recommender, files, cacheFolder: join(folder, 'cache') })
  reported = []
  app = Fastify()
})
afterEach(async () => {
  await app.close()
  await recommender.close()
  await rm(folder, { recursive: true, force: true })
})

const register = () => app.register(serverPlugin, { parts, report: (error: unknown) => reported.push(error) })

describe('the plugin in somebody’s own application', () => {
  it('serves the API, its documentation and the page', async () => {
    await register()
    const form = await formWith(picture({ dog: 0.9 }))
    const added = await app.inject({ method: 'POST', url: '/v1/images', ...form })
    expect(added.statusCode).toBe(201)
    expect((await app.inject(added.json().file)).headers['content-type']).toBe('image/png')
    expect(Object.keys((await app.inject('/docs/json')).json().paths)).toContain('/v1/recommend')
    for (const url of ['/', '/find', '/for-you', `/similar/${added.json().id}`]) {
      expect((await app.inject(url)).headers['content-type'], url).toBe('text/html; charset=utf-8')
    }
  })

  it('leaves the application’s own routes, their checks and their errors alone', async () => {
    app.setErrorHandler((error, _request, reply) => reply.code(418).send({ own: (error as Error).message }))
    app.get('/own', () => ({ own: true }))
    app.get('/failing', () => Promise.reject(new Error('on purpose')))
    const schema = { body: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } }
    app.post('/named', { schema }, (request) => request.body)
    await register()
    app.get('/later', () => ({ later: true }))
    expect((await app.inject('/own')).json()).toEqual({ own: true })
    expect((await app.inject('/later')).json()).toEqual({ later: true })
    expect((await app.inject('/failing')).json()).toEqual({ own: 'on purpose' })
    expect((await app.inject({ method: 'POST', url: '/named', payload: {} })).json().own).toContain('name')
    expect((await app.inject({ method: 'POST', url: '/named', payload: { name: 'a' } })).json()).toEqual({ name: 'a' })
    // And the plugin's errors are its own.
    const unknown = await app.inject('/v1/images/unknown')
    expect(unknown.statusCode).toBe(404)
    expect(unknown.json().error.code).toBe('IMAGE_NOT_FOUND')
    const { paths } = (await app.inject('/docs/json')).json()
    expect(Object.keys(paths).filter((path) => !path.startsWith('/v1/'))).toEqual([])
  })

  it('closes nothing that it was given', async () => {
    await register()
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    expect((await fetch(`http://127.0.0.1:${port}/v1/ready`)).status).toBe(200)
    await app.close()
    expect(await recommender.count()).toBe(0)
  })

  it('tells the application of failures, and clients nothing of them', async () => {
    await register()
    await recommender.close()
    const failing = await createServerParts({
      recommender: new Proxy(recommender, {
        get: (target, key) => (key === 'count' ? () => Promise.reject(new Error('secret')) : Reflect.get(target, key)),
      }),
      files: await openImageFolder({ uploads: folder }),
      cacheFolder: folder,
    })
    const other = Fastify()
    await other.register(serverPlugin, { parts: failing, report: (error: unknown) => reported.push(error) })
    const response = await other.inject('/v1/status')
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toContain('secret')
    expect(reported).toEqual([expect.objectContaining({ message: 'secret' })])
    await other.close()
    expect((await app.inject('/v1/status')).statusCode).toBe(503)
  })
})
