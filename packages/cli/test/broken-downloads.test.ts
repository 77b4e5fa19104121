import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { DownloadFailure } from '../src/gallery/download-failure.ts'
import { fetchBytes } from '../src/gallery/fetch-bytes.ts'
import { persistently } from '../src/gallery/persistently.ts'

const { signal } = new AbortController()
const failing = (message: string, passing: boolean) => async () => {
  throw new DownloadFailure(message, { passing })
}

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

it('pauses longer and longer between attempts, and fails as the last did', async () => {
  const pauses: number[] = []
  let attempts = 0
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds)
  }
  await expect(persistently(() => failing(`attempt ${++attempts}`, true)(), signal, pause)).rejects.toThrow('attempt 5')
  expect(pauses).toHaveLength(4)
  for (const [at, milliseconds] of pauses.slice(1).entries()) expect(milliseconds).toBeGreaterThan(pauses[at]!)
})

it('does not ask again for what is refused for good, nor when it is stopped amid a pause', async () => {
  const never = () => Promise.reject(new Error('a pause'))
  await expect(persistently(failing('no', false), signal, never)).rejects.toThrow('no')
  const stopped = new AbortController()
  const waiting = persistently(failing('busy', true), stopped.signal)
  stopped.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})

it('gives up a connection on which nothing comes any more', async () => {
  const address = await serve((_, response) => response.write('half'))
  await expect(fetchBytes(address, { atMost: 100, patience: 200, signal })).rejects.toMatchObject({
    message: 'Nothing came for 0.2 seconds.',
    passing: true,
  })
})

it('takes no more than it was told to', async () => {
  const address = await serve((_, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(1000)));
    }
    response.on('drain', more)
    more()
  })
  await expect(fetchBytes(address, { atMost: 10_000, signal })).rejects.toMatchObject({
    message: 'It has more than 10000 bytes.',
    passing: false,
  })
})

it('takes no other range for the one that it asked for', async () => {
  const address = await serve((_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-3/8' }).end('only')
  })
  await expect(fetchBytes(address, { range: { start: 4, length: 4 }, atMost: 8, signal })).rejects.toThrow('parts of')
  const { bytes, total } = await fetchBytes(address, { range: { start: 0, length: 4 }, atMost: 8, signal })
  expect([Buffer.from(bytes).toString(), total]).toEqual(['only', 8])
})

it('says why there is no connection', async () => {
  const address = await serve(() => {})
  server?.close()
  await once(server!, 'close')
  await expect(fetchBytes(address, { atMost: 8, signal })).rejects.toMatchObject({
    message: expect.stringMatching(/^The connection broke: .*ECONNREFUSED.*\.$/),
    passing: true,
  })
})
