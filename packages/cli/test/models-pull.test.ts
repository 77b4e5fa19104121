import { once } from 'node:events'
import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { run, start, temporaryFolder } from './command.ts'

const NAME = 'faster-rcnn-r50-fpn-12-qdq'
const BYTES = 44_525_748

let folder: string
let closeServer: (() => Promise<void>) | undefined
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => closeServer?.())
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A mirror on loopback. */
async function mirror(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closeServer = async () => {
    server.closeAllConnections()
    server.close()
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

it('shows how far it is, stops at Ctrl-C, and goes on from there', async () => {
  const starts: number[] = []
  const address = await mirror(({ headers, url }, response) => {
    expect(url).toBe('/FasterRCNN-12-qdq.onnx')
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    starts.push(from)
    response.writeHead(headers.range ? 206 : 200, {
      'content-length': BYTES - from,
      ...(headers.range && { 'content-range': `bytes ${from}-${BYTES - 1}/${BYTES}` }),
    })
    response.write(Buffer.alloc(headers.range ? 10 : 1_000_000))
    // It would take for ever, and never be given up.
    const drops = setInterval(() => response.write('.'), 500)
    response.once('close', () => clearInterval(drops))
  })
  const args = ['models', 'pull', NAME, '--mirror', address, '--model-cache', 'cache', '--progress']
  const first = start(args, { folder })
  await first.saying(/Bringing .* {2}1\.0 MB of 45 MB/)
  first.child.kill('SIGINT')
  const { code, out, err } = await first.finished()
  expect({ code, out }).toEqual({ code: 130, out: '' })
  expect(err).toMatch(/error ABORTED: .+\n$/)

  const second = start(args, { folder })
  await second.saying(/Bringing/)
  second.child.kill('SIGINT')
  await second.finished()
  expect(starts).toEqual([0, expect.any(Number)])
  expect(starts[1]).toBeGreaterThanOrEqual(1_000_000)
})

it('says what to do where it cannot be brought, or is not what it should be', async () => {
  const pull = async (address: string) => {
    const { code, err } = await run(['models', 'pull', NAME, '--mirror', address, '--model-cache', 'other'], { folder })
    expect(code).toBe(3)
    return err
  }
  expect(await pull(await mirror((_, response) => response.writeHead(404).end()))).toMatch(
    /^error MODEL_UNAVAILABLE: The model faster\S+ could not be brought .*404.* Try again/,
  )
  await closeServer?.()
  expect(await pull(await mirror((_, response) => response.end(Buffer.alloc(BYTES))))).toMatch(
    /^error MODEL_CORRUPT: What came from \S+ has the SHA-256 /,
  )
  expect((await readdir(join(folder, 'other'))).filter((name) => name.endsWith('.onnx'))).toEqual([])
})

it('tells which models are in the cache', async () => {
  await mkdir(join(folder, 'full'))
  await writeFile(join(folder, 'full', `${NAME}.onnx`), '')
  await truncate(join(folder, 'full', `${NAME}.onnx`), BYTES)
  await writeFile(join(folder, 'full/mask-rcnn-r50-fpn-12.onnx'), 'half of it')
  const { models } = (await run(['models', '--json', '--model-cache', 'full'], { folder })).json()
  const cached = (models as { name: string; cached: boolean }[]).filter((model) => model.cached).map(({ name }) => name)
  expect(cached).toEqual([NAME])
})
