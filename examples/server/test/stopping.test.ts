import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { demoGallery } from '../src/places.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

// Two starts and a dozen descriptions, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let folder: string
let server: ServerProcess
let url: string
let pictures: Buffer[]

async function start(): Promise<void> {
  // One worker, so that images wait.
  const environment = { DATA_FOLDER: join(folder, 'data'), MODEL: 'demo', WORKERS: '1', STOP_LIMIT_SECONDS: '60' }
  server = startProcess(['--photos', join(folder, 'photos')], environment)
  await server.printed('Ready')
  url = /http:\/\/\S+(?=\/)/.exec(server.output())![0]
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'example-stopping-'))
  await mkdir(join(folder, 'photos'))
  const names = (await readdir(demoGallery)).filter((name) => name.endsWith('.webp')).slice(0, 17)
  // Large, so that describing them takes its time.
  const large = (name: string) => sharp(join(demoGallery, name)).resize(1200).jpeg().toBuffer()
  pictures = await Promise.all(names.map(large))
  await copyFile(join(demoGallery, names[0]!), join(folder, 'photos', names[0]!))
  await start()
})
afterAll(async () => {
  await server.ended('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

function formOf(images: readonly Buffer[]): FormData {
  const form = new FormData()
  for (const image of images) form.append('image', new Blob([new Uint8Array(image)]), 'a.jpg')
  return form
}

const upload = (image: Buffer) => fetch(`${url}/v1/images`, { method: 'POST', body: formOf([image]) })

async function underWay(): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^image_recommender_extractions_under_way (\d+)$/m.exec(metrics)![1])
}

/** An upload that has sent only half of its body. */
async function slowUpload(image: Buffer): Promise<{ finish(): Promise<string> }> {
  const response = new Response(formOf([image]))
  const body = Buffer.from(await response.arrayBuffer())
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  const type = response.headers.get('content-type')
  socket.write(
    `POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
  )
  socket.write(body.subarray(0, body.length / 2))
  let answer = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk
  })
  return {
    async finish() {
      socket.write(body.subarray(body.length / 2))
      await once(socket, 'close')
      return answer
    },
  }
}

it('answers and stores all that it has accepted when it is asked to stop, and refuses the rest', async () => {
  expect(await (await fetch(`${url}/v1/ready`)).json()).toEqual({ status: 'ready' })
  const slow = await slowUpload(pictures[1]!)
  const uploads = pictures.slice(2, 10).map(upload)
  const batch = fetch(`${url}/v1/images/batch`, {
    method: 'POST',
    body: formOf(pictures.slice(10, 15)),
    headers: { accept: 'text/event-stream' },
  })
  await expect.poll(underWay).toBeGreaterThan(8)
  server.child.kill('SIGTERM')

  // The signal takes a moment to arrive, and an image that comes before it does is accepted.
  await expect.poll(async () => (await fetch(`${url}/v1/ready`)).status, { interval: 20 }).toBe(503)
  expect((await upload(pictures[15]!)).status).toBe(503)
  const refused = await upload(pictures[16]!)
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await refused.json()).toMatchObject({ error: { code: 'STOPPING' } })
  const ready = await fetch(`${url}/v1/ready`)
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'stopping' }])
  expect((await fetch(`${url}/v1/health`)).status).toBe(200)

  const slowAnswer = await slow.finish()
  expect(slowAnswer).toMatch(/^HTTP\/1\.1 201 /)
  const answers = await Promise.all(uploads)
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
  const events = await (await batch).text()
  expect(events).toContain('event: done\ndata: {"added":5,"failed":0}\n\n')
  expect(await server.ended()).toBe(0)
  expect(server.errors()).toBe('')

  const ids: string[] = []
  for (const answer of answers) ids.push(((await answer.json()) as { id: string }).id)
  for (const [, id] of `${slowAnswer}${events}`.matchAll(/"id":"([^"]+)"/g)) ids.push(id!)
  expect(new Set(ids).size).toBe(14)
  await start()
  // All of them, the photo, and nothing that was refused.
  expect(server.output()).toContain('15 images\n')
  for (const id of ids) {
    expect((await fetch(`${url}/v1/images/${id}`)).status).toBe(200)
    expect((await fetch(`${url}/v1/images/${id}/file`)).status).toBe(200)
  }
})
