import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { RecommenderError } from '@image-recommender/core'
import { afterEach, describe, expect, it } from 'vitest'
import { type Encoded, encoded, type Fields, formOf } from '../forms.ts'
import { createGate, type Gate } from '../gate.ts'
import { picture, pictureExtractor } from '../pictures.ts'
import { type TestApp, type TestAppOptions, testApp } from '../test-app.ts'
import { eventsIn, eventsOf } from './events.ts'

const opened: TestApp[] = []
async function open(options?: TestAppOptions): Promise<TestApp> {
  const app = await testApp(options)
  opened.push(app)
  return app
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()))
})

type Sent = Omit<Encoded, 'payload'> & { readonly payload: Buffer | Readable }

const noImage = Buffer.from('no image')
const dog = (look: string | number) => picture({ dog: 0.9 }, `${look}`)

function batchOf(files: readonly Uint8Array[], fields: Fields = {}): FormData {
  const form = formOf(fields)
  for (const [at, bytes] of files.entries()) form.append('image', new Blob([new Uint8Array(bytes)]), `${at}.png`)
  return form
}

const post = (test: TestApp, { payload, headers }: Sent, accept = 'application/json') =>
  test.inject({ method: 'POST', url: '/v1/images/batch', payload, headers: { ...headers, accept } })

/** A form that ends in the middle of its third file, once the two before it have been added. */
async function breakingOff(test: TestApp): Promise<Sent> {
  const { payload, headers } = await encoded(batchOf([dog(0), dog(1), dog(2)]))
  async function* sending() {
    yield payload.subarray(0, payload.indexOf('filename="2.png"') + 60)
    await expect.poll(() => test.recommender.count()).toBe(2)
  }
  return { payload: Readable.from(sending()), headers }
}

const byIndex = <T extends { readonly index: number }>(list: readonly T[]) =>
  [...list].sort((a, b) => a.index - b.index)

describe('POST /v1/images/batch, answered at once', () => {
  it('adds all, with the tags and metadata of the form', async () => {
    const test = await open()
    const files = Array.from({ length: 10 }, (_, at) => dog(at))
    const form = batchOf(files, { tag: ['beach', 'sea'], metadata: '{"album":7}' })
    const response = await post(test, await encoded(form))
    expect(response.statusCode).toBe(200)
    const { added, failed } = response.json()
    expect(failed).toEqual([])
    for (const [at, { index, name, image }] of byIndex<{
      index: number
      name: string
      image: { id: string; file: string }
    }>(added).entries()) {
      expect([index, name]).toEqual([at, `${at}.png`])
      expect(image).toMatchObject({ tags: ['beach', 'sea'], metadata: { album: 7 } })
      expect((await test.inject(`/v1/images/${image.id}`)).json()).toEqual(image)
      expect((await test.inject(image.file)).rawPayload.equals(files[at]!)).toBe(true)
    }
    expect(added).toHaveLength(10)
  })

  it('stops for none that fails, whatever ails it', async () => {
    const test = await open({ limits: { uploadBytes: 10_000 } })
    const files = [dog(0), noImage, dog(2), Buffer.alloc(0), dog(4), Buffer.alloc(10_001), dog(6)]
    const response = await post(test, await encoded(batchOf(files)))
    const { added, failed } = response.json()
    expect(byIndex(added as { index: number }[]).map(({ index }) => index)).toEqual([0, 2, 4, 6])
    expect(byIndex(failed)).toEqual([
      { index: 1, name: '1.png', error: { code: 'IMAGE_UNREADABLE', message: expect.any(String) } },
      { index: 3, name: '3.png', error: { code: 'NO_FILE', message: 'The file is empty.' } },
      { index: 5, name: '5.png', error: { code: 'FILE_TOO_LARGE', message: expect.any(String) } },
    ])
    expect(await readdir(test.uploads)).toHaveLength(4)
    expect(await test.recommender.count()).toBe(4)
  })

  it('tells of a form that breaks off, and of what was added before', async () => {
    const test = await open()
    const { added, failed } = (await post(test, await breakingOff(test))).json()
    expect(byIndex(added as { index: number }[]).map(({ index }) => index)).toEqual([0, 1])
    expect(failed).toEqual([{ index: 2, name: '', error: { code: 'BAD_FORM', message: expect.any(String) } }])
    expect(await test.recommender.count()).toBe(2)
  })

  it('tells of files that are too many, and adds the others', async () => {
    const test = await open({ limits: { batch: 3 } })
    const { added, failed } = (await post(test, await encoded(batchOf([0, 1, 2, 3, 4].map(dog))))).json()
    expect(added).toHaveLength(3)
    expect(failed).toEqual([
      { index: 3, name: '', error: { code: 'TOO_MANY_FILES', message: 'Send at most 3 files.' } },
    ])
  })

  it('refuses what is no form, or has no file, as a whole', async () => {
    const test = await open()
    expect((await post(test, { payload: Buffer.from('{}'), headers: {} })).statusCode).toBe(415)
    const empty = await post(test, await encoded(formOf({ tag: 'beach' })))
    expect(empty.statusCode).toBe(400)
    expect(empty.json().error.message).toContain('image')
    const large = await open({ limits: { uploadBytes: 1000, batch: 2 } })
    const response = await post(large, await encoded(batchOf([Buffer.alloc(100_000)])))
    expect(response.statusCode).toBe(413)
  })

  it('says what is wrong with the metadata of each', async () => {
    const test = await open()
    const { added, failed } = (await post(test, await encoded(batchOf([dog(0)], { metadata: '7' })))).json()
    expect(added).toEqual([])
    expect(failed[0].error).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'metadata: must be a JSON object; received "7"',
    })
  })

  it('reports what is the server’s own failure, and tells nothing of it', async () => {
    const test = await open({
      files: () => ({ save: () => Promise.reject(new Error('ENOSPC: /home/me')) }),
    })
    const response = await post(test, await encoded(batchOf([dog(0), dog(1)])))
    expect(response.json().failed).toHaveLength(2)
    expect(response.body).not.toContain('home')
    expect(test.reported).toHaveLength(2)
    const busy = await open({
      recommender: () => ({ add: () => Promise.reject(new RecommenderError('OVERLOADED', '')) }),
    })
    expect((await post(busy, await encoded(batchOf([dog(0)])))).json().failed[0].error.code).toBe('OVERLOADED')
    expect(busy.reported).toEqual([])
  })
})

describe('POST /v1/images/batch, as events', () => {
  it('tells of each, one that fails among them, and at the end how many there were', async () => {
    const test = await open()
    const files = [dog(0), noImage, dog(2), Buffer.alloc(0), dog(4)]
    const response = await post(test, await encoded(batchOf(files)), 'text/event-stream')
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toContain('text/event-stream')
    expect(response.headers['cache-control']).toBe('no-store')
    const events = eventsIn(response.body)
    expect(events.at(-1)).toEqual({ event: 'done', data: { added: 3, failed: 2 } })
    const told = events.slice(0, -1).map(({ event, data }) => ({ event, ...data }))
    expect(byIndex(told)).toEqual([
      { event: 'added', index: 0, name: '0.png', image: expect.objectContaining({ id: expect.any(String) }) },
      { event: 'failed', index: 1, name: '1.png', error: { code: 'IMAGE_UNREADABLE', message: expect.any(String) } },
      { event: 'added', index: 2, name: '2.png', image: expect.objectContaining({ id: expect.any(String) }) },
      { event: 'failed', index: 3, name: '3.png', error: { code: 'NO_FILE', message: 'The file is empty.' } },
      { event: 'added', index: 4, name: '4.png', image: expect.objectContaining({ id: expect.any(String) }) },
    ])
    for (const { image } of told.filter(({ event }) => event === 'added')) {
      expect((await test.inject(`/v1/images/${image.id}`)).json()).toEqual(image)
    }
  })

  it('tells of a form that breaks off, and of one without files', async () => {
    const test = await open()
    const [one, other, failed, done, ...more] = eventsIn(
      (await post(test, await breakingOff(test), 'text/event-stream')).body,
    )
    expect([one, other]).toMatchObject([{ event: 'added' }, { event: 'added' }])
    expect([one!.data.index, other!.data.index].sort()).toEqual([0, 1])
    expect(failed).toMatchObject({ event: 'failed', data: { index: 2, error: { code: 'BAD_FORM' } } })
    expect(done).toEqual({ event: 'done', data: { added: 2, failed: 1 } })
    expect(more).toEqual([])
    const empty = eventsIn((await post(test, await encoded(formOf({ tag: 'beach' })), 'text/event-stream')).body)
    expect(empty.map(({ event }) => event)).toEqual(['failed', 'done'])
    expect(empty[0]!.data.error.code).toBe('NO_FILE')
  })

  it('sends each event when it happens', async () => {
    const { test, url, gates } = await listening(3)
    const body = batchOf([dog(0), dog(1), dog(2)])
    gates[2]!.open()
    const events = eventsOf(await fetch(url, { method: 'POST', body, headers: { accept: 'text/event-stream' } }))
    expect((await events.next()).value).toMatchObject({ event: 'added', data: { index: 2 } })
    // Each is let through only after the one before was told of.
    for (const index of [0, 1]) {
      gates[index]!.open()
      expect((await events.next()).value).toMatchObject({ event: 'added', data: { index } })
    }
    expect((await events.next()).value).toEqual({ event: 'done', data: { added: 3, failed: 0 } })
    expect((await events.next()).done).toBe(true)
    expect(await test.recommender.count()).toBe(3)
  })

  it('works for nobody who has gone, keeps what was added until then, and takes the next', async () => {
    const { test, url, gates, signals } = await listening(12, { limits: { uploads: 1 } })
    const leaving = new AbortController()
    gates[0]!.open()
    const response = await fetch(url, {
      method: 'POST',
      body: batchOf(Array.from({ length: 12 }, (_, at) => dog(at))),
      headers: { accept: 'text/event-stream' },
      signal: leaving.signal,
    })
    const first = await eventsOf(response).next()
    expect(first.value).toMatchObject({ event: 'added', data: { index: 0 } })
    await gates[1]!.reached
    const aborted = once(signals.get(1)!, 'abort')
    leaving.abort()
    await aborted
    for (const gate of gates) gate.open()
    // Its turn is over, so that another may come.
    const next = await encoded(batchOf([noImage]))
    await expect.poll(async () => (await post(test, next)).statusCode).toBe(200)
    await expect.poll(() => readdir(test.uploads)).toHaveLength(1)
    expect(await test.recommender.count()).toBe(1)
    expect(test.reported).toEqual([])
  })
})

/** A listening server in which picture 0, 1, … is described when its gate is opened. */
async function listening(count: number, options: TestAppOptions = {}) {
  const gates: Gate[] = Array.from({ length: count }, createGate)
  const signals = new Map<number, AbortSignal>()
  const real = pictureExtractor()
  const test = await open({
    ...options,
    extractor: {
      ...real,
      async extract(image, options) {
        const index = Number(/"look":"(\d+)"/.exec(Buffer.from(image).toString('latin1'))![1])
        signals.set(index, options!.signal!)
        await gates[index]!.pass()
        return real.extract(image, options)
      },
    },
  })
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = test.app.server.address() as AddressInfo
  return { test, url: `http://127.0.0.1:${port}/v1/images/batch`, gates, signals }
}
