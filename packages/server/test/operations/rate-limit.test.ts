import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { rateLimit } from '../../src/operations/rate-limit.ts'
import { operatedApp } from './operated-app.ts'

async function appWith(limits: { upload?: number; search?: number }, trustProxy = false): Promise<FastifyInstance> {
  const app = operatedApp({ trustProxy })
  await rateLimit(app, limits)
  app.post('/add', { config: { cost: 'upload' } }, () => 'added')
  app.post('/search', { config: { cost: 'upload' } }, () => 'found')
  app.get('/similar', { config: { cost: 'search' } }, () => 'found')
  app.get('/image', () => 'image')
  return app
}

describe('rateLimit', () => {
  it('counts uploads and searches apart, over all routes of a kind, and nothing else', async () => {
    const app = await appWith({ upload: 3, search: 1 })
    const status = async (method: 'GET' | 'POST', url: string) => (await app.inject({ method, url })).statusCode
    expect(await status('POST', '/add')).toBe(200)
    expect(await status('POST', '/search')).toBe(200)
    expect(await status('POST', '/add')).toBe(200)
    expect(await status('POST', '/search')).toBe(429)
    expect(await status('POST', '/add')).toBe(429)
    expect(await status('GET', '/similar')).toBe(200)
    expect(await status('GET', '/similar')).toBe(429)
    for (let at = 0; at < 10; at++) expect(await status('GET', '/image')).toBe(200)
    expect(await status('GET', '/nothing')).toBe(404)
  })

  it('says in the house’s words when to go on', async () => {
    const app = await appWith({ search: 1 })
    await app.inject('/similar')
    const answer = await app.inject('/similar')
    const seconds = Number(answer.headers['retry-after'])
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(answer.json()).toEqual({
      error: {
        code: 'TOO_MANY_REQUESTS',
        message: `That is more than 1 searches a minute. Go on in ${seconds} s.`,
      },
    })
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('limits nothing where no limit is given', async () => {
    const app = await appWith({})
    for (let at = 0; at < 100; at++) expect((await app.inject('/similar')).statusCode).toBe(200)
  })

  it('tells clients apart by their address, those of IPv6 by their network, and believes a proxy only where told to', async () => {
    const from = async (app: FastifyInstance, address: string, forwarded = '') =>
      (await app.inject({ url: '/similar', remoteAddress: address, headers: { 'x-forwarded-for': forwarded } }))
        .statusCode
    const app = await appWith({ search: 1 })
    expect(await from(app, '10.0.0.1')).toBe(200)
    expect(await from(app, '10.0.0.2')).toBe(200)
    expect(await from(app, '10.0.0.1', '10.0.0.3')).toBe(429)
    expect(await from(app, '2001:db8:1:1::1')).toBe(200)
    expect(await from(app, '2001:db8:1:1:ffff::2')).toBe(429)
    expect(await from(app, '2001:db8:1:2::1')).toBe(200)
    const behind = await appWith({ search: 1 }, true)
    expect(await from(behind, '127.0.0.1', '10.0.0.1')).toBe(200)
    expect(await from(behind, '127.0.0.1', '10.0.0.2')).toBe(200)
    expect(await from(behind, '127.0.0.1', '10.0.0.1')).toBe(429)
  })
})
