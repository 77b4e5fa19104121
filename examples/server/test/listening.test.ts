import { once } from 'node:events'
import http from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { closeWithin } from '../src/http/closing.ts'
import { checkPlace, placeError, urlOf } from '../src/listening.ts'
import { formWith, picture, pictureExtractor, type TestApp, type TestAppOptions, testApp } from './test-app.ts'

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

describe('a listening server', () => {
  it('takes addresses as they are, dots included', async () => {
    const { port } = await listen()
    for (const path of [
      '/image/..',
      '/image/../page/index.html',
      '/static/../package.json',
      '/static/..%2fpackage.json',
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
      'POST /upload_file HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n',
    )
    const drip = setInterval(() => socket.write('a'), 50)
    const begun = Date.now()
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    await closeOf(socket)
    clearInterval(drip)
    expect(Date.now() - begun).toBeLessThan(3000)
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d .*)?$/ms)
  })

  it('ends whom it has heard enough of, where the form has no end', async () => {
    const { port, test } = await listen()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      'POST /upload_file HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n',
    )
    // A preamble belongs to no part, so no limit of the parser counts it.
    const chunk = `100000\r\n${'p'.repeat(0x100000)}\r\n`
    let sent = 0
    const closed = closeOf(socket)
    while (sent < 60 && !socket.destroyed) {
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => {}), closed])
      sent += 1
    }
    await Promise.race([closed, sleep(3000)])
    expect(socket.destroyed).toBe(true)
    expect(await test.recommender.count()).toBe(0)
  })

  it('works for nobody who has gone', async () => {
    const seen: AbortSignal[] = []
    const real = pictureExtractor()
    const { port } = await listen({
      extractor: {
        ...real,
        async extract(image, options) {
          if (options?.signal) seen.push(options.signal)
          await sleep(300)
          return real.extract(image, options)
        },
      },
    })
    const { payload, headers } = await formWith(picture({ dog: 0.9 }))
    const request = http.request({
      port,
      method: 'POST',
      path: '/upload_file',
      headers: { ...headers, 'content-length': payload.length },
    })
    request.on('error', () => {})
    request.end(payload)
    while (seen.length === 0) await sleep(10)
    request.destroy()
    await sleep(100)
    expect(seen[0]!.aborted).toBe(true)
  })
})

describe('closing', () => {
  it('lets a request finish, and a kept connection go', async () => {
    const real = pictureExtractor()
    const { test, port } = await listen({
      extractor: { ...real, extract: (image, options) => sleep(400).then(() => real.extract(image, options)) },
    })
    const agent = new http.Agent({ keepAlive: true })
    const { payload, headers } = await formWith(picture({ dog: 0.9 }))
    const request = http.request({
      port,
      agent,
      method: 'POST',
      path: '/upload_file',
      headers: { ...headers, 'content-length': payload.length },
    })
    request.end(payload)
    await sleep(150)
    const begun = Date.now()
    const closed = closeWithin(test.app, 5000)
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    expect(response.statusCode).toBe(200)
    response.resume()
    await closed
    expect(Date.now() - begun).toBeLessThan(2500)
    agent.destroy()
  })

  it('waits no longer than it said', async () => {
    const real = pictureExtractor()
    const { test, port } = await listen({
      extractor: {
        ...real,
        extract: () => sleep(3000, undefined, { ref: false }).then(() => Promise.reject(new Error())),
      },
    })
    const { payload, headers } = await formWith(picture({ dog: 0.9 }))
    const request = http.request({
      port,
      method: 'POST',
      path: '/upload_file',
      headers: { ...headers, 'content-length': payload.length },
    })
    const cut = once(request, 'error')
    request.end(payload)
    await sleep(150)
    const begun = Date.now()
    await closeWithin(test.app, 300)
    expect(Date.now() - begun).toBeLessThan(2000)
    await cut
  })
})

describe('the place to listen at', () => {
  it('is checked beforehand, in words that name the port', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(checkPlace({ host: '127.0.0.1', port })).rejects.toThrow(
      `Port ${port} is in use. Choose another one: PORT=${port + 1} npm start`,
    )
    other.close()
    await once(other, 'close')
    await expect(checkPlace({ host: '127.0.0.1', port })).resolves.toBeUndefined()
    await expect(checkPlace({ host: '192.0.2.1', port })).rejects.toThrow(
      'HOST is "192.0.2.1": this machine has no such address',
    )
  })

  it('has other words for other reasons', () => {
    const place = { host: 'localhost', port: 80 }
    expect(String(placeError({ code: 'EACCES' }, place))).toContain('Port 80 is not allowed to you')
    const bug = new TypeError('bug')
    expect(placeError(bug, place)).toBe(bug)
  })

  it('is shown as an address for a browser', () => {
    expect(urlOf({ host: '127.0.0.1', port: 3000 })).toBe('http://127.0.0.1:3000/')
    expect(urlOf({ host: '0.0.0.0', port: 3000 })).toBe('http://localhost:3000/')
    expect(urlOf({ host: '::1', port: 3000 })).toBe('http://[::1]:3000/')
  })
})

/** `once` would reject where the connection is reset, which is how it may well end. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}
