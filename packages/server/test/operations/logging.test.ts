import { describe, expect, it } from 'vitest'
import { createLog, type LogOptions, loggedTo, tellRequestIds } from '../../src/operations/logging.ts'
import { operatedApp } from './operated-app.ts'

interface Line {
  readonly level: number
  readonly msg: string
  readonly reqId?: string
  readonly req?: { readonly method: string; readonly url: string }
  readonly [key: string]: unknown
}

function logged(level: LogOptions['level']) {
  const lines: string[] = []
  const app = operatedApp(loggedTo(createLog({ level, stream: { write: (line) => lines.push(line) } })))
  tellRequestIds(app)
  app.get('/images/:id', () => 'image')
  app.get('/ready', { config: { whileStopping: true } }, () => 'ready')
  return { app, text: () => lines.join(''), lines: () => lines.map((line): Line => JSON.parse(line)) }
}

describe('logging', () => {
  it('writes one line of JSON for each answer, with its route, status, time and id', async () => {
    const { app, lines } = logged('info')
    const answer = await app.inject({ url: '/images/a?limit=3', headers: { 'x-request-id': 'from-the-proxy_1' } })
    expect(answer.headers['x-request-id']).toBe('from-the-proxy_1')
    expect(lines()).toEqual([
      expect.objectContaining({
        msg: 'answered',
        reqId: 'from-the-proxy_1',
        req: { method: 'GET', url: '/images/a?limit=3', ip: '127.0.0.1' },
        route: '/images/:id',
        status: 200,
        ms: expect.any(Number),
      }),
    ])
  })

  it('gives an id to what has none, or one that is not fit to be written', async () => {
    const { app } = logged('info')
    const ids = new Set<unknown>()
    for (const given of ['', 'a b', 'x'.repeat(65), '"}\n{"level":60']) {
      const { headers } = await app.inject({ url: '/images/a', headers: given === '' ? {} : { 'x-request-id': given } })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      ids.add(headers['x-request-id'])
    }
    expect(ids.size).toBe(4)
  })

  it('says nothing of those who ask how it is, unless told to say everything', async () => {
    const quiet = logged('info')
    await quiet.app.inject('/ready')
    expect(quiet.lines()).toEqual([])
    const talkative = logged('debug')
    await talkative.app.inject('/ready')
    expect(talkative.lines()).toHaveLength(1)
    const silent = logged('silent')
    await silent.app.inject('/images/a')
    silent.app.log.fatal('the end')
    expect(silent.lines()).toEqual([])
  })

  it('never writes keys, passwords or what clients of databases keep of them', async () => {
    const { app, text, lines } = logged('info')
    await app.inject({
      url: '/images/a?api_key=S3CRET&limit=3&accessToken=S3CRET&X-Amz-Signature=S3CRET',
      headers: { authorization: 'Bearer S3CRET', 'x-api-key': 'S3CRET', cookie: 'S3CRET' },
    })
    const refused = Object.assign(new Error('ERR postgres://me:S3CRET@db:5432/app refused redis://:S3CRET@r/0'), {
      code: 'ECONNREFUSED',
      command: { name: 'auth', args: ['S3CRET'] },
    })
    app.log.error({ err: new Error('STORE_FAILED', { cause: refused }) }, 'failed')
    app.log.warn({ headers: { authorization: 'S3CRET', 'x-api-key': 'S3CRET', cookie: 'S3CRET' } }, 'odd')
    app.log.error({ err: 'postgres://me:S3CRET@db' }, 'thrown')
    for (const odd of [
      'postgres://me:a/S3CRET@db',
      'redis://me:a@S3CRET@r',
      'postgres://db/app?user=me&password=S3CRET',
    ])
      app.log.error({ err: new Error(odd) }, 'odd')
    expect(lines()).toHaveLength(7)
    expect(text()).not.toContain('S3CRET')
    expect(lines()[0]!.req!.url).toBe('/images/a?api_key=***&limit=3&accessToken=***&X-Amz-Signature=***')
    expect(lines()[1]!.err).toMatchObject({
      message: 'STORE_FAILED',
      cause: { code: 'ECONNREFUSED', message: 'ERR postgres://me:***@db:5432/app refused redis://:***@r/0' },
    })
  })

  it.each([
    'postgres://me:S3CRET@db:5432/app',
    'postgresql://:S3CRET@db/app',
    'postgres://me:S3CRET@[::1]:5432/app?sslmode=require',
    'postgres://me:S3%40CRET@db/app',
    'postgres://me:a@S3CRET@db/app',
    'postgres://db/app?user=me&password=S3CRET',
    'postgres://db/app?sslpassword=S3CRET&user=me',
    'host=db user=me password=S3CRET dbname=app',
    "host=db password='S3CRET of mine' user=me",
    'redis://:S3CRET@cache:6379/0',
    'rediss://default:S3CRET@cache:6380/2?family=6',
    'mongodb+srv://me:S3CRET@cluster.example/?w=1',
  ])('never writes the password of %s', (address) => {
    const { app, text, lines } = logged('info')
    const cause = new Error(`connect ECONNREFUSED (${address})`)
    app.log.error({ err: new Error(`The store failed to open "${address}": refused`, { cause }) }, 'failed')
    app.log.error({ err: `no ${address}` }, 'failed')
    expect(lines()).toHaveLength(2)
    expect(text()).not.toMatch(/S3CRET|S3%40CRET|of mine/)
    // What is no secret helps whoever reads it.
    expect(text()).toMatch(/db|cache|cluster|::1/)
  })
})
