import { once } from 'node:events'
import http from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { formWith } from '../forms.ts'
import { createGate } from '../gate.ts'
import { picture, pictureExtractor } from '../pictures.ts'
import { type TestApp, type TestAppOptions, testApp } from '../test-app.ts'

const opened: TestApp[] = []
async function listen(options?: TestAppOptions): Promise<{ test: TestApp; port: number }> {
  const test = await testApp(options)
  opened.push(test)
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  return { test, port: (test.app.server.address() as AddressInfo).port }
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((test) => test.close()))
})

/** Begins to upload an image. */
async function upload(options: http.RequestOptions): Promise<http.ClientRequest> {
  const { payload, headers } = await formWith(picture({ dog: 0.9 }))
  const length = { 'content-length': payload.length }
  const request = http.request({ ...options, method: 'POST', path: '/v1/images', headers: { ...headers, ...length } })
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
