import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  KNOWN_MODELS,
  type ModelFile,
  modelCacheFolder,
  type PullProgress,
  pullModel,
  ZOO_CONTRACT,
  ZOO_FASTER_CONTRACT,
} from '../../src/mask-rcnn/index.ts'

const CONTENT = randomBytes(300_000)
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')

let cacheFolder: string
let server: Server
let address: string
let requests: IncomingMessage[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'pull-model-'))
  requests = []
  answer = withRanges
  server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(cacheFolder, { recursive: true, force: true })
})

function file(change: Partial<ModelFile> = {}): ModelFile {
  return { name: 'small', url: `${address}/models/small.onnx`, bytes: CONTENT.length, sha256: SHA256, ...change }
}

const path = () => join(cacheFolder, 'small.onnx')
const partial = () => `${path()}.${SHA256.slice(0, 8)}.part`

function withRanges(request: IncomingMessage, response: ServerResponse): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (start === 0) {
    response.end(CONTENT)
    return
  }
  response.writeHead(206, { 'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}` })
  response.end(CONTENT.subarray(start))
}

/** Sends this many bytes and then nothing more, without ending. */
function stalling(bytes: number) {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-length': CONTENT.length })
    response.write(CONTENT.subarray(0, bytes))
  }
}

async function expectWhole(): Promise<void> {
  expect(Buffer.compare(await readFile(path()), CONTENT)).toBe(0)
  expect(await readdir(cacheFolder)).toEqual(['small.onnx'])
}

const refused = (code: string, ...texts: string[]) =>
  expect.objectContaining({ name: 'RecommenderError', code, message: expect.stringMatching(texts.join('[^]*')) })

describe('pullModel', () => {
  it('brings the whole file, tells how far it is, and leaves nothing else behind', async () => {
    const progress: PullProgress[] = []
    const pulled = await pullModel(file(), { cacheFolder, onProgress: (now) => progress.push(now) })
    expect(pulled).toBe(path())
    await expectWhole()
    expect(progress[0]).toEqual({ received: 0, total: CONTENT.length })
    expect(progress.at(-1)).toEqual({ received: CONTENT.length, total: CONTENT.length })
    expect(progress).toEqual([...progress].sort((one, other) => one.received - other.received))
  })

  it('does not look at the network when the file is there and whole', async () => {
    await writeFile(path(), CONTENT)
    expect(await pullModel(file(), { cacheFolder })).toBe(path())
    expect(requests).toHaveLength(0)
  })

  it('replaces a file that is there and damaged', async () => {
    const damaged = Buffer.from(CONTENT)
    damaged[1000]! ^= 1
    await writeFile(path(), damaged)
    await pullModel(file(), { cacheFolder })
    await expectWhole()
  })

  it('makes the folder where it is missing', async () => {
    const deep = join(cacheFolder, 'a', 'b')
    expect(await pullModel(file(), { cacheFolder: deep })).toBe(join(deep, 'small.onnx'))
  })

  it('brings it from a mirror', async () => {
    for (const baseUrl of [`${address}/mirror/of/models`, `${address}/mirror/of/models/`]) {
      await pullModel(file({ url: 'http://nowhere.invalid/a/b/some-name.onnx' }), { cacheFolder, baseUrl })
      expect(requests.pop()!.url).toBe('/mirror/of/models/some-name.onnx')
      await rm(path())
    }
  })

  it('uses the given fetch', async () => {
    const fetch = vi.fn(async () => new Response(CONTENT))
    await pullModel(file({ url: 'https://example.com/small.onnx' }), { cacheFolder, fetch })
    expect(fetch).toHaveBeenCalledWith('https://example.com/small.onnx', expect.anything())
    await expectWhole()
  })
})

describe('resuming', () => {
  it('continues what a stopped download left', async () => {
    await writeFile(partial(), CONTENT.subarray(0, 100_000))
    const progress: PullProgress[] = []
    await pullModel(file(), { cacheFolder, onProgress: (now) => progress.push(now) })
    expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=100000-'])
    expect(progress[0]!.received).toBe(100_000)
    await expectWhole()
  })

  it('continues what a killed process left, and leaves alone what another is writing', async () => {
    const [killed, active] = [`${partial()}-killed`, `${partial()}-active`]
    await writeFile(killed, CONTENT.subarray(0, 50_000))
    await writeFile(active, CONTENT.subarray(0, 200_000))
    const before = new Date(Date.now() - 120_000)
    await utimes(killed, before, before)
    await pullModel(file(), { cacheFolder })
    expect(requests[0]!.headers.range).toBe('bytes=50000-')
    expect((await readdir(cacheFolder)).sort()).toEqual(['small.onnx', `small.onnx.${SHA256.slice(0, 8)}.part-active`])
    expect((await stat(active)).size).toBe(200_000)
  })

  it('begins anew where the server ignores ranges', async () => {
    await writeFile(partial(), randomBytes(100_000))
    answer = (_, response) => response.end(CONTENT)
    await pullModel(file(), { cacheFolder })
    expect(requests[0]!.headers.range).toBe('bytes=100000-')
    await expectWhole()
  })

  it('asks for nothing when all of it is there already', async () => {
    await writeFile(partial(), CONTENT)
    await pullModel(file(), { cacheFolder })
    expect(requests).toHaveLength(0)
    await expectWhole()
  })

  it('begins anew when there is more than all of it', async () => {
    await writeFile(partial(), Buffer.concat([CONTENT, CONTENT]))
    await pullModel(file(), { cacheFolder })
    expect(requests[0]!.headers.range).toBeUndefined()
    await expectWhole()
  })

  it('does not continue a half of something else', async () => {
    await writeFile(`${path()}.00000000.part`, randomBytes(1000))
    await pullModel(file(), { cacheFolder })
    expect(requests[0]!.headers.range).toBeUndefined()
  })

  it('refuses a range that was not asked for, and keeps what it has', async () => {
    await writeFile(partial(), CONTENT.subarray(0, 1000))
    answer = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 5-9/${CONTENT.length}` })
      response.end(CONTENT.subarray(5, 10))
    }
    await expect(pullModel(file(), { cacheFolder })).rejects.toThrow(refused('MODEL_UNAVAILABLE', 'another range'))
    expect((await stat(partial())).size).toBe(1000)
  })
})

describe('a wrong file', () => {
  it.each([
    ['shorter', CONTENT.subarray(0, 1234), '1234 bytes instead of 300000'],
    ['longer', Buffer.concat([CONTENT, CONTENT]), 'more than 300000 bytes'],
    ['different', Buffer.from(CONTENT).fill(0, 5, 6), 'SHA-256'],
    ['empty', Buffer.alloc(0), '0 bytes instead of 300000'],
  ])('that is %s is corrupt, and deleted', async (_, content, complaint) => {
    if (content.equals(CONTENT)) content[5]! ^= 1
    answer = (_, response) => response.end(content)
    await expect(pullModel(file(), { cacheFolder })).rejects.toThrow(
      refused('MODEL_CORRUPT', `${address}/models/small.onnx`, complaint),
    )
    expect(await readdir(cacheFolder)).toEqual([])
  })

  it('that never ends does not fill the disk', async () => {
    let sent = 0
    answer = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(CONTENT)) sent += CONTENT.length
      }
      response.on('drain', more)
      more()
    }
    await expect(pullModel(file(), { cacheFolder })).rejects.toThrow(refused('MODEL_CORRUPT'))
    expect(sent).toBeLessThan(100 * CONTENT.length)
  })
})

describe('without a network', () => {
  const byHand = () => [`${address}/models/small.onnx`, '300000 bytes', `put it at ${path()}`]

  it('no server: says what to do by hand', async () => {
    const url = 'http://127.0.0.1:1/small.onnx'
    await expect(pullModel(file({ url }), { cacheFolder })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', url, 'put it at', 'small.onnx'),
    )
    expect(await readdir(cacheFolder)).toEqual([])
  })

  it.each([404, 403, 500, 503])('status %i: says so', async (status) => {
    answer = (_, response) => response.writeHead(status).end('sorry')
    await expect(pullModel(file(), { cacheFolder })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', ...byHand().slice(0, 1), `answered ${status}`, ...byHand().slice(1)),
    )
  })

  it('a server that says nothing: gives up within 5 seconds', async () => {
    answer = () => {}
    await expect(pullModel(file(), { cacheFolder })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', 'nothing came for 4.5 seconds'),
    )
  })

  it('a body that stops: gives up, keeps what has come, and continues it the next time', async () => {
    answer = stalling(120_000)
    await expect(pullModel(file(), { cacheFolder, timeout: 300 })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', 'nothing came for 0.3 seconds'),
    )
    expect(await readdir(cacheFolder)).toEqual([`small.onnx.${SHA256.slice(0, 8)}.part`])
    answer = withRanges
    await pullModel(file(), { cacheFolder })
    expect(requests[1]!.headers.range).toBe('bytes=120000-')
    await expectWhole()
  })

  it('a slow body that never stops for long: is waited for', async () => {
    answer = (_, response) => {
      let at = 0
      const timer = setInterval(() => {
        response.write(CONTENT.subarray(at, at + 30_000))
        at += 30_000
        if (at >= CONTENT.length) {
          clearInterval(timer)
          response.end()
        }
      }, 60)
    }
    await pullModel(file(), { cacheFolder, timeout: 500 })
    await expectWhole()
  })

  it('a connection that breaks: keeps what has come', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length })
      response.write(CONTENT.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50))
    }
    await expect(pullModel(file(), { cacheFolder })).rejects.toThrow(refused('MODEL_UNAVAILABLE'))
    expect((await stat(partial())).size).toBe(100_000)
  })

  it('a folder that cannot be written', async () => {
    const notAFolder = join(cacheFolder, 'file')
    await writeFile(notAFolder, '')
    await expect(pullModel(file(), { cacheFolder: notAFolder })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', 'put it at'),
    )
  })
})

describe('abort', () => {
  it('before: does nothing', async () => {
    await expect(pullModel(file(), { cacheFolder, signal: AbortSignal.abort() })).rejects.toThrow(refused('ABORTED'))
    expect(requests).toHaveLength(0)
  })

  it('meanwhile: stops at once and keeps what has come', async () => {
    answer = stalling(60_000)
    const controller = new AbortController()
    const onProgress = ({ received }: PullProgress) => {
      if (received >= 60_000) controller.abort(new Error('enough'))
    }
    const call = pullModel(file(), { cacheFolder, signal: controller.signal, onProgress })
    await expect(call).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } })
    expect((await stat(partial())).size).toBe(60_000)
  })
})

it('several at once do not harm each other', async () => {
  await writeFile(partial(), CONTENT.subarray(0, 10_000))
  const pulled = await Promise.all(Array.from({ length: 6 }, () => pullModel(file(), { cacheFolder })))
  expect(new Set(pulled)).toEqual(new Set([path()]))
  await expectWhole()
  expect(requests.filter(({ headers }) => headers.range !== undefined)).toHaveLength(1)
})

it.each<[string, unknown, string[]]>([
  ['an unknown name', 'resnet', ['resnet', 'mask-rcnn-r50-fpn-12-int8']],
  ['a name that is a path', { name: '../../etc/passwd' }, ['name']],
  ['an address that is no web address', { url: 'file:///etc/passwd' }, ['url']],
  ['a hash in capitals', { sha256: 'A'.repeat(64) }, ['sha256']],
  ['no size', { bytes: 0 }, ['bytes']],
])('refuses %s', async (_, model, texts) => {
  const given = typeof model === 'string' ? model : { ...file(), ...(model as object) }
  await expect(pullModel(given as ModelFile, { cacheFolder })).rejects.toThrow(refused('INVALID_ARGUMENT', ...texts))
})

it('refuses options that it does not know', async () => {
  await expect(pullModel(file(), { cacheFolder, retries: 3 } as object)).rejects.toThrow(
    refused('INVALID_ARGUMENT', 'retries'),
  )
})

describe('known models', () => {
  it('are the files of the ONNX Model Zoo, under their own names, each with the contract of its kind', () => {
    for (const [name, model] of Object.entries(KNOWN_MODELS)) {
      expect(model.name).toBe(name)
      expect(model.url).toMatch(
        /^https:\/\/github\.com\/onnx\/models\/raw\/main\/validated\/vision\/.*\/(Mask|Faster)RCNN-12[a-z0-9-]*\.onnx$/,
      )
      const faster = model.url.includes('/faster-rcnn/model/FasterRCNN-')
      expect(model.contract).toBe(faster ? ZOO_FASTER_CONTRACT : ZOO_CONTRACT)
      expect(model.sha256).toMatch(/^[0-9a-f]{64}$/)
    }
    expect(new Set(Object.values(KNOWN_MODELS).map(({ sha256 }) => sha256)).size).toBe(6)
  })

  it('are kept in a folder of the user', () => {
    expect(modelCacheFolder().startsWith(homedir())).toBe(true)
    expect(modelCacheFolder()).toMatch(/image-recommender[\\/]models$/)
  })
})
