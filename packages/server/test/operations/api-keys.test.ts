import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it, vi } from 'vitest'
import { apiKeys } from '../../src/operations/api-keys.ts'
import { operatedApp } from './operated-app.ts'

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) }
})

const digest = createHash('sha256').update('second key').digest('hex')

function appWith(reads: 'open' | 'key'): FastifyInstance {
  const app = operatedApp()
  apiKeys(app, { keys: ['first-key', `sha256:${digest}`], reads })
  app.get('/page', { config: { access: 'open' } }, () => 'page')
  app.get('/image', () => 'image')
  app.post('/search', { config: { access: 'read' } }, () => 'found')
  app.post('/add', () => 'added')
  app.delete('/image', () => 'gone')
  return app
}

type Method = 'GET' | 'HEAD' | 'POST' | 'DELETE'
async function status(app: FastifyInstance, method: Method, url: string, headers: Record<string, string> = {}) {
  return (await app.inject({ method, url, headers })).statusCode
}

describe('apiKeys', () => {
  it('lets nobody write without a key, and whoever wants read where reading is open', async () => {
    const app = appWith('open')
    expect(await status(app, 'GET', '/image')).toBe(200)
    expect(await status(app, 'HEAD', '/image')).toBe(200)
    expect(await status(app, 'POST', '/search')).toBe(200)
    expect(await status(app, 'POST', '/add')).toBe(401)
    expect(await status(app, 'DELETE', '/image')).toBe(401)
  })

  it('lets nobody read either where reading needs a key; pages, and what is not there, are open', async () => {
    const app = appWith('key')
    for (const [method, url] of [
      ['GET', '/image'],
      ['HEAD', '/image'],
      ['POST', '/search'],
    ] as const)
      expect(await status(app, method, url)).toBe(401)
    expect(await status(app, 'GET', '/page')).toBe(200)
    expect(await status(app, 'GET', '/nothing')).toBe(404)
    expect(await status(app, 'GET', '/image', { 'x-api-key': 'first-key' })).toBe(200)
  })

  it.each([
    { authorization: 'Bearer first-key' },
    { authorization: 'bearer  first-key ' },
    { 'x-api-key': 'first-key' },
    { 'x-api-key': 'second key' },
  ])('takes %j', async (headers) => {
    expect(await status(appWith('open'), 'POST', '/add', headers as Record<string, string>)).toBe(200)
  })

  it.each([
    { authorization: 'Bearer first-ke' },
    { authorization: 'Bearer first-key2' },
    { authorization: 'Basic first-key' },
    { authorization: 'Bearer ' },
    { 'x-api-key': '' },
    { 'x-api-key': 'FIRST-KEY' },
    // A digest that got out opens nothing.
    { 'x-api-key': digest },
    { 'x-api-key': `sha256:${digest}` },
  ])('refuses %j', async (headers) => {
    expect(await status(appWith('open'), 'POST', '/add', headers as Record<string, string>)).toBe(401)
  })

  it('says what to send, and never what was sent', async () => {
    const without = await appWith('open').inject({ method: 'POST', url: '/add' })
    expect(without.json().error).toEqual({
      code: 'UNAUTHORIZED',
      message: 'This needs an API key. Send it as "Authorization: Bearer KEY" or "x-api-key: KEY".',
    })
    expect(without.headers['www-authenticate']).toMatch(/^Bearer /)
    const wrong = await appWith('open').inject({ method: 'POST', url: '/add', headers: { 'x-api-key': 'guess' } })
    expect(wrong.json().error.code).toBe('UNAUTHORIZED')
    expect(wrong.body).not.toContain('guess')
  })

  it('compares with every key, whichever is right, in a time that tells nothing', async () => {
    const compared = vi.mocked(timingSafeEqual)
    const app = appWith('open')
    for (const key of ['first-key', 'second key', 'first-kex', 'x', 'x'.repeat(5000)]) {
      compared.mockClear()
      await status(app, 'POST', '/add', { 'x-api-key': key })
      // Of digests, which are all of one length, whatever was sent.
      expect(compared.mock.calls.map(([one, other]) => [one.byteLength, other.byteLength])).toEqual([
        [32, 32],
        [32, 32],
      ])
    }
  })
})
