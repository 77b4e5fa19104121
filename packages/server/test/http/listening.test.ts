import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import http from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { promisify } from 'node:util'
import type { FeatureExtractor } from '@image-recommender/core'
import { afterEach, describe, expect, it } from 'vitest'
import { formWith } from '../forms.ts'
import { createGate, gatedExtractor } from '../gate.ts'
import { picture, pictureExtractor } from '../pictures.ts'
import { type TestApp, type TestAppOptions, testApp } from '../test-app.ts'

const opened: TestApp[] = []
async function listen(options?: TestAppOptions): Promise<{ test: TestApp; port: number }> {
  const test = await testApp(options)
  opened.push(test)
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  return { test, port: (test.app.server.address() as AddressInfo).port }
}
/** On a busy machine nothing is soon. */
const EVENTUALLY = { timeout: 30_000, interval: 20 }
afterEach(async () => {
  await Promise.all(opened.splice(0).map((test) => test.close()))
})

/** Begins to upload an image. */
async function upload({ headers: more, ...options }: http.RequestOptions): Promise<http.ClientRequest> {
  const { payload, headers: form } = await formWith(picture({ dog: 0.9 }))
  const headers = { ...form, 'content-length': payload.length, ...(more as http.OutgoingHttpHeaders) }
  const request = http.request({ method: 'POST', path: '/v1/images', ...options, headers })
  request.end(payload)
  return request
}

describe('a listening server', () => {
  it('takes addresses as they are, dots included', async () => {
    const { port } = await listen()
    for (const path of [
      '/v1/images/../file',
      '/v1/images/..',
      '/static/../package.json',
      '/static/..%2fpackage.json',
      '/static/%2e%2e/package.json',
    ]) {
      const request = http.get({ port, path, host: '127.0.0.1' })
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      response.resume()
      expect(response.statusCode, path).toBeGreaterThanOrEqual(400)
      expect(response.statusCode, path).toBeLessThan(500)
    }
  })

  it('cuts off who sends slowly', async () => {
    const { port } = await listen({ requestTimeout: 400 })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      'POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n',
    )
    const drip = setInterval(() => socket.write('a'), 50)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    await closeOf(socket)
    clearInterval(drip)
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d .*)?$/ms)
  })

  it('cuts off who never ends the headers', async () => {
    const { port } = await listen({ requestTimeout: 400 })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET /v1/status HTTP/1.1\r\nHost: localhost\r\n')
    const drip = setInterval(() => socket.write('X-More: and more\r\n'), 50)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    await closeOf(socket)
    clearInterval(drip)
    expect(answer).toMatch(/^(HTTP\/1\.1 408 .*"code":"TIMEOUT".*)?$/ms)
  })

  it('cuts off who takes nothing of the answer, and not who waits for one', async () => {
    const gate = createGate()
    const extractor = gatedExtractor(gate)
    // More than what the system keeps for a connection.
    const notice = 'x'.repeat(30 * 1024 * 1024)
    const { port, test } = await listen({ requestTimeout: 400, extractor, notice })
    const patient = once(await upload({ port }), 'response')
    await gate.reached
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await expect.poll(() => connections(test), EVENTUALLY).toBe(2)
    await expect.poll(() => connections(test), EVENTUALLY).toBe(1)
    gate.open()
    expect(((await patient) as [http.IncomingMessage])[0].statusCode).toBe(201)
    socket.destroy()
  })

  it('answers what comes without waiting for answers in its order', async () => {
    const { port, test } = await listen()
    const id = await test.add({ dog: 0.9 })
    const paths = ['/v1/status', `/v1/images/${id}/thumbnail`, '/nothing', `/v1/images/${id}/similar`, '/v1/images/%ff']
    const many = Array.from({ length: 200 }, (_, at) => paths[at % paths.length]!)
    const text = many.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join('')
    const last = 'GET /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
    const answer = await answerTo(port, text + last)
    const statuses = [200, 200, 404, 200, 400]
    const expected = [...many.map((_, at) => statuses[at % statuses.length]!), 200]
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status))).toEqual(expected)
    expect(test.reported).toEqual([])
  })

  it('ends whom it has heard enough of, where the form has no end', async () => {
    const { port, test } = await listen({ limits: { uploadBytes: 1_000_000 } })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      'POST /v1/images HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n',
    )
    // A preamble belongs to no part, so no limit of the parser counts it.
    const chunk = `10000\r\n${'p'.repeat(0x10000)}\r\n`
    const closed = closeOf(socket)
    while (!socket.destroyed) {
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => {}), closed])
    }
    expect(await test.recommender.count()).toBe(0)
  })

  it.each([
    ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'BAD_REQUEST'],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'BAD_REQUEST'],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'BAD_REQUEST',
    ],
    [
      'a chunk of no length',
      'POST /v1/images HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
      'BAD_REQUEST',
    ],
    ['a header without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ['TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 400, 'BAD_REQUEST'],
  ])('answers %s in its own words, and ends the connection', async (_, text, status, code) => {
    const { port, test } = await listen()
    const answer = await answerTo(port, Buffer.from(text, 'latin1'))
    const [head, body] = answer.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(head).toMatch(/^x-content-type-options: nosniff\r?$/m)
    expect(JSON.parse(body!)).toEqual({ error: { code, message: expect.stringMatching(/\.$/) } })
    expect(test.reported).toEqual([])
  })

  it('forgets those that waited for their turn on a connection that is gone', async () => {
    const gate = createGate()
    const gated = gatedExtractor(gate)
    const signals: AbortSignal[] = []
    const extractor: FeatureExtractor = {
      ...gated,
      extract(image, options) {
        signals.push(options!.signal!)
        return gated.extract(image, options)
      },
    }
    const { port, test } = await listen({ extractor, limits: { uploads: 3 } })
    const form = await formWith(picture({ dog: 0.9 }))
    const add = () => test.inject({ method: 'POST', url: '/v1/images', ...form })
    const head = `POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${form.headers['content-type']}\r\nContent-Length: ${form.payload.length}\r\n\r\n`
    const one = Buffer.concat([Buffer.from(head), form.payload])
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(Buffer.concat([one, one, one]))
    await expect.poll(() => signals.length, EVENTUALLY).toBe(3)
    expect((await add()).statusCode).toBe(503)
    socket.destroy()
    // Whatever they were waiting for, they are given up, and their turns are there again.
    const again = async () => (await Promise.all([add(), add(), add()])).map(({ statusCode }) => statusCode)
    await expect.poll(() => signals.map(({ aborted }) => aborted), EVENTUALLY).toEqual([true, true, true])
    gate.open()
    await expect.poll(again, EVENTUALLY).toEqual([201, 201, 201])
    await test.parts.stopping.stop(test.app)
  })

  it('does not answer one request with what ails the next one', async () => {
    const { port } = await listen()
    const answer = await answerTo(port, 'GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n', 'HELLO\r\n\r\n')
    expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200'])
  })

  it('does not take it for a failure of its own when a client goes', async () => {
    const gate = createGate()
    const { port, test } = await listen({ extractor: gatedExtractor(gate) })
    for (const accept of ['application/json', 'text/event-stream']) {
      const request = await upload({ port, path: '/v1/images/batch', headers: { accept } })
      request.on('error', () => {})
      await expect.poll(() => connections(test), EVENTUALLY).toBe(1)
      await gate.reached
      request.destroy()
      await expect.poll(() => connections(test), EVENTUALLY).toBe(0)
    }
    gate.open()
    await expect.poll(async () => (await readdir(test.uploads)).length, EVENTUALLY).toBe(0)
    expect(test.reported).toEqual([])
  })

  it('works for nobody who has gone', async () => {
    const gate = createGate()
    const real = pictureExtractor()
    let signal: AbortSignal | undefined
    const { port } = await listen({
      extractor: {
        ...real,
        async extract(image, options) {
          signal = options?.signal
          await gate.pass()
          return real.extract(image, options)
        },
      },
    })
    const request = await upload({ port })
    request.on('error', () => {})
    await gate.reached
    expect(signal!.aborted).toBe(false)
    const aborted = once(signal!, 'abort')
    request.destroy()
    await aborted
    gate.open()
  })
})

/** `once` would reject where the connection is reset, which is how it may well end. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** All that comes until the server ends the connection; what is to be sent later goes behind the first answer. */
async function answerTo(port: number, bytes: Buffer | string, later?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('error', () => {})
  socket.setEncoding('latin1').on('data', (text) => {
    if (later !== undefined && answer === '') socket.write(later)
    answer += text
  })
  socket.write(bytes)
  await closeOf(socket)
  return answer
}

async function connections({ app }: TestApp): Promise<number> {
  return promisify(app.server.getConnections.bind(app.server))()
}
