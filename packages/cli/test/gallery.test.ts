import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { inFull } from '../../../tests/in-full.ts'
import { run, start, temporaryFolder } from './command.ts'
import { type PhotoServer, startPhotoServer } from './photo-server.ts'

const COUNT = 20
const nameOf = (at: number) => `${at * 97}.jpg`.padStart(16, '0')
const names = Array.from({ length: COUNT }, (_, at) => nameOf(at + 1))

let folder: string
let photos: Record<string, Uint8Array>
let server: PhotoServer
beforeEach(async () => {
  folder = await temporaryFolder()
  const pixel = (at: number) =>
    sharp({ create: { width: 40, height: 30, channels: 3, background: { r: at, g: 9, b: 9 } } })
  photos = Object.fromEntries(
    await Promise.all(names.map(async (name, at) => [name, await pixel(at).jpeg().toBuffer()] as const)),
  )
  server = await startPhotoServer(photos)
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

const coco = (...options: string[]) => ['gallery', 'coco', '--mirror', server.address, '--to', 'photos', ...options]
const bring = async (...options: string[]) => run(coco(...options), { folder })
const there = async () => (await readdir(join(folder, 'photos'))).sort()

it('brings as many photos as are wanted, byte for byte, and is quiet in a pipe', async () => {
  const { code, out, err } = await bring('--limit', '12')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^12 photos in \d+:\d\d: 12 added, 0 unchanged\n$/)
  expect(await there()).toEqual(names.slice(0, 12))
  for (const name of names.slice(0, 12))
    expect(new Uint8Array(await readFile(join(folder, 'photos', name)))).toEqual(new Uint8Array(photos[name]!))
})

it('leaves alone what is whole, and brings again what is not', async () => {
  await bring('--limit', '5')
  const [half, text] = [join(folder, 'photos', names[1]!), join(folder, 'photos', names[2]!)]
  await writeFile(half, photos[names[1]!]!.subarray(0, 100))
  await writeFile(text, 'no JPEG')
  server.asked.length = 0
  const again = await bring('--json')
  expect(again).toMatchObject({ code: 0, err: '' })
  expect(again.json()).toEqual({
    folder: 'photos',
    added: COUNT - 3,
    unchanged: 3,
    failed: [],
    seconds: expect.any(Number),
  })
  expect([...server.asked].sort()).toEqual(names.filter((_, at) => ![0, 3, 4].includes(at)))
  expect(await there()).toEqual(names)
  expect(new Uint8Array(await readFile(half))).toEqual(new Uint8Array(photos[names[1]!]!))
})

it('tries again what broke on the way', async () => {
  const [cut, busy, garbled] = [names[3]!, names[4]!, names[5]!]
  server.instead(cut, (_, response) => {
    server.instead(cut)
    response.writeHead(200, { 'content-length': photos[cut]!.length })
    response.write(photos[cut]!.subarray(0, 50), () => response.destroy())
  })
  server.instead(busy, (_, response) => {
    server.instead(busy)
    response.writeHead(503).end()
  })
  server.instead(garbled, (_, response) => {
    server.instead(garbled)
    response.end(photos[garbled]!.subarray(0, 50))
  })
  expect((await bring('--json')).json()).toMatchObject({ added: COUNT, failed: [] })
  for (const name of [cut, busy, garbled]) {
    expect(server.asked.filter((one) => one === name)).toHaveLength(2)
    expect(new Uint8Array(await readFile(join(folder, 'photos', name)))).toEqual(new Uint8Array(photos[name]!))
  }
})

it('tells in a table what the server refuses, brings the others, and asks for it again the next time', async () => {
  server.instead(names[9]!, (_, response) => response.writeHead(404).end())
  server.instead(names[2]!, (_, response) => response.writeHead(403).end())
  const text = await bring()
  expect(text).toMatchObject({ code: 1, err: '' })
  expect(text.out).toMatch(/^20 photos in \d+:\d\d: 18 added, 0 unchanged, 2 failed\n\n/)
  expect(text.out.split('\n').slice(2)).toEqual([
    `${names[2]}  DOWNLOAD_FAILED  The server answered 403 Forbidden.`,
    `${names[9]}  DOWNLOAD_FAILED  The server answered 404 Not Found.`,
    '',
  ])
  expect(server.asked.filter((name) => name === names[9])).toHaveLength(1)
  server.instead(names[2]!)
  const json = await bring('--json')
  expect(json.code).toBe(1)
  expect(json.json()).toMatchObject({
    added: 1,
    unchanged: 18,
    failed: [{ id: names[9], code: 'DOWNLOAD_FAILED', message: 'The server answered 404 Not Found.' }],
  })
})

it('stops at Ctrl-C, leaves nothing half, and goes on from there', async () => {
  // These send something and then nothing: the others come, and these would take until they are given up.
  const slow = names.slice(12)
  for (const name of slow)
    server.instead(name, (_, response) => {
      response.write(photos[name]!.subarray(0, 50))
    })
  const { child, saying, finished } = start(coco('--progress'), { folder })
  await saying(/Bringing .* 12\/20 {2}[\d.]+ photos\/s {2}\d+:\d\d left/)
  child.kill('SIGINT')
  const { code, out, err } = await finished()
  expect({ code, out }).toEqual({ code: 130, out: '' })
  expect(err).toMatch(
    /error ABORTED: Stopped: 12 of 20 photos are in photos\. The same command goes on from there\.\n$/,
  )
  expect(await there()).toEqual(names.slice(0, 12))
  for (const name of slow) server.instead(name)
  expect((await bring('--json')).json()).toMatchObject({ added: 8, unchanged: 12 })
})

it.runIf(inFull)('says what to do where there is no list of names', async () => {
  const fails = async (message: RegExp) => {
    const { code, out, err } = await bring()
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toMatch(message)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  }
  const zip = 'val2017.zip'
  server.instead(zip, (_, response) => response.writeHead(404).end())
  await fails(/^error DOWNLOAD_FAILED: The names .* from http:\S+: The server answered 404 Not Found\. .* --mirror\.$/m)
  server.instead(zip, (_, response) => response.end('whole'))
  await fails(/The server does not hand out parts of files\./)
  server.instead(zip, (_, response) => {
    response.writeHead(206, { 'content-range': 'bytes 0-99/100' }).end(Buffer.alloc(100))
  })
  await fails(/It is no whole zip: /)
})

it.runIf(inFull)('refuses what cannot be meant', async () => {
  const usage = async (...options: string[]) => {
    const { code, err } = await bring(...options)
    expect(code).toBe(2)
    return err
  }
  expect(await usage('--limit', '0')).toContain('--limit must be a whole number from 1 on (received 0).')
  expect(await usage('--limit', '1.5')).toContain('(received 1.5)')
  expect(await usage('--mirror', 'ftp://photos')).toContain('begins with http:// or https:// (received "ftp://photos')
  expect((await run(['gallery', 'imagenet'], { folder })).code).toBe(2)
  expect((await run(['gallery', 'coco', '--help'], { folder })).out).toMatch(/licence.*Flickr/s)
})

it('says where it cannot write', async () => {
  await mkdir(join(folder, 'photos', names[0]!), { recursive: true })
  expect(await bring()).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^error FILE_FAILED: .*cannot be written \(E\w+\)\.\n$/),
  })
})
