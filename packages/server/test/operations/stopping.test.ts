import { once } from 'node:events'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { beforeEach, describe, expect, it } from 'vitest'
import { createStopping, type Stopping, type StoppingOptions } from '../../src/operations/stopping.ts'
import { listening, operatedApp } from './operated-app.ts'

let app: FastifyInstance
let stop: Stopping
let url: string
let release: () => void
let begun: number

async function start(options: StoppingOptions = { limit: 60_000 }): Promise<void> {
  app = operatedApp({ forceCloseConnections: 'idle' })
  stop = createStopping(options)
  stop.watch(app)
  begun = 0
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  app.get('/quick', () => 'quick')
  app.get('/ready', { config: { whileStopping: true } }, (_request, reply) =>
    reply.code(stop.begun ? 503 : 200).send(stop.begun ? 'stopping' : 'ready'),
  )
  app.post('/slow', async (request) => {
    begun += 1
    await held
    return request.body
  })
  app.get('/events', async (_request, reply) => {
    begun += 1
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: added\n\n')
    await held
    reply.raw.end('event: done\n\n')
  })
  url = await listening(app)
}
beforeEach(() => start())

const get = (path: string) => fetch(url + path)
const post = (path: string, body: string) =>
  fetch(url + path, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })

describe('stopping', () => {
  it('finishes what is under way, answers and streams of events, and refuses what comes meanwhile', async () => {
    const slow = post('/slow', 'accepted')
    const events = get('/events')
    await expect.poll(() => begun).toBe(2)
    let over = false
    const stopped = stop.stop(app).then(() => {
      over = true
    })
    await expect.poll(async () => (await get('/quick')).status).toBe(503)
    const refused = await post('/slow', 'too late')
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toEqual({
      error: { code: 'STOPPING', message: 'The server is stopping. Try again in a moment.' },
    })
    const refusedRead = await get('/quick')
    expect([refusedRead.status, refusedRead.headers.get('connection')]).toEqual([503, 'close'])
    expect(await (await get('/ready')).text()).toBe('stopping')
    expect(over).toBe(false)
    release()
    expect(await (await slow).text()).toBe('accepted')
    expect(await (await events).text()).toBe('event: added\n\nevent: done\n\n')
    await stopped
    await expect(get('/ready')).rejects.toThrow('fetch failed')
    expect(begun).toBe(2)
  })

  it('takes what is still being sent for accepted', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.setEncoding('utf8')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    let seen = 0
    app.server.on('request', () => {
      seen += 1
    })
    socket.write('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nacce')
    await expect.poll(() => seen).toBe(1)
    const stopped = stop.stop(app)
    await expect.poll(async () => (await get('/quick')).status).toBe(503)
    release()
    socket.write('pted')
    await once(socket, 'close')
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close[\s\S]*\r\n\r\naccepted$/i)
    await stopped
  })

  it('lets a client that is refused send to its end, so that it hears why, and closes its connection then', async () => {
    const slow = post('/slow', 'accepted')
    await expect.poll(() => begun).toBe(1)
    const stopped = stop.stop(app)
    await expect.poll(async () => (await get('/quick')).status).toBe(503)
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.setEncoding('utf8').write('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nrefu')
    const [answer] = await once(socket, 'data')
    expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"STOPPING"/)
    // Closed by now, the rest would be answered with a reset, and many clients tell of nothing else then.
    expect(answer).toMatch(/^connection: keep-alive\r$/im)
    socket.write('sed!')
    release()
    expect((await slow).status).toBe(200)
    await Promise.all([stopped, once(socket, 'close')])
  })

  it('tells balancers first, and answers everything until they have had their time', async () => {
    await start({ delay: 1_000, limit: 60_000 })
    const stopped = stop.stop(app)
    const ready = await get('/ready')
    expect(ready.status).toBe(503)
    expect(ready.headers.get('connection')).toBe('close')
    expect((await get('/quick')).status).toBe(200)
    await stopped
    await expect(get('/quick')).rejects.toThrow('fetch failed')
  })

  it('cuts what takes too long, and what never ends', async () => {
    await start({ limit: 200 })
    const slow = post('/slow', 'for ever').then(
      () => 'answered',
      () => 'cut',
    )
    const idle = connect(Number(new URL(url).port), '127.0.0.1')
    await once(idle, 'connect')
    idle.write('GET /quick HTTP/1.1\r\n')
    idle.on('error', () => {})
    await expect.poll(() => begun).toBe(1)
    await stop.stop(app)
    expect(await slow).toBe('cut')
    release()
  })

  it('waits for no connection on which nothing was asked', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    await get('/quick')
    const gone = once(socket, 'close')
    // A minute would be longer than this test may take.
    await stop.stop(app)
    await gone
  })

  it('may be asked twice, and by those who have done nothing yet', async () => {
    await Promise.all([stop.stop(app), stop.stop(app)])
    await stop.stop(app)
    await expect(get('/quick')).rejects.toThrow('fetch failed')
  })
})
