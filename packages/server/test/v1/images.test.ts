import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecommenderError } from '@image-recommender/core'
import { afterEach, describe, expect, it } from 'vitest'
import { fill, readPhotoFolder } from '../../src/index.ts'
import { type Fields, formWith } from '../forms.ts'
import { picture } from '../pictures.ts'
import { type TestApp, type TestAppOptions, testApp } from '../test-app.ts'

const opened: TestApp[] = []
async function open(options?: TestAppOptions): Promise<TestApp> {
  const app = await testApp(options)
  opened.push(app)
  return app
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()))
})

async function add(test: TestApp, bytes: Uint8Array, fields: Fields = {}, file = {}) {
  return test.inject({ method: 'POST', url: '/v1/images', ...(await formWith(bytes, { fields, ...file })) })
}

describe('POST /v1/images', () => {
  it('describes and keeps an image, and says where it is', async () => {
    const test = await open()
    const bytes = picture({ dog: 0.9, frisbee: [0.8, 0.75] })
    const metadata = { album: 'summer', file: 'IMG_1.jpg', nested: { 犬: [1, null, true] } }
    const response = await add(test, bytes, { tag: ['beach', 'sea'], metadata: JSON.stringify(metadata) })
    expect(response.statusCode).toBe(201)
    const image = response.json()
    expect(image).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}\.png$/),
      width: 640,
      height: 480,
      objects: [
        { object: 'dog', score: 0.9, box: null },
        { object: 'frisbee', score: 0.8, box: null },
        { object: 'frisbee', score: 0.75, box: null },
      ],
      tags: ['beach', 'sea'],
      metadata,
      file: expect.stringMatching(`^/v1/images/${image.id}/file\\?v=`),
      thumbnail: expect.stringMatching(`^/v1/images/${image.id}/thumbnail\\?v=`),
    })
    expect(response.headers.location).toBe(`/v1/images/${image.id}`)
    expect((await test.inject(response.headers.location!)).json()).toEqual(image)
    const file = await test.inject(image.file)
    expect(file.headers['content-type']).toBe('image/png')
    expect(file.rawPayload.equals(bytes)).toBe(true)
    expect((await test.inject(image.thumbnail)).headers['content-type']).toBe('image/webp')
    expect(await readdir(test.uploads)).toEqual([image.id])
  })

  it('goes by what an image is, and not by what it is called', async () => {
    const test = await open()
    const response = await add(test, picture({ dog: 0.9 }), {}, { name: '../../etc/passwd.jpg', type: 'text/html' })
    const { id, file } = response.json()
    expect(id).toMatch(/^[0-9a-f-]{36}\.png$/)
    const { headers } = await test.inject(file)
    expect(headers['content-type']).toBe('image/png')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toContain('sandbox')
  })

  it('takes each upload for an image of its own', async () => {
    const test = await open()
    const [one, other] = [await test.add({ dog: 0.9 }), await test.add({ dog: 0.9 })]
    expect(other).not.toBe(one)
    expect(await test.recommender.count()).toBe(2)
  })

  it('reads what is said after the image, and JSON that is sent as such', async () => {
    const test = await open()
    const { payload, headers } = await formWith(picture({ dog: 0.9 }))
    const boundary = /boundary=(.+)/.exec(headers['content-type']!)![1]
    const metadata = `Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n{"album":7}\r\n--${boundary}`
    const tag = `Content-Disposition: form-data; name="tag"\r\n\r\nbeach\r\n--${boundary}--\r\n`
    const end = Buffer.from(`--${boundary}--\r\n`)
    const more = Buffer.from(`--${boundary}\r\n${metadata}\r\n${tag}`)
    const form = Buffer.concat([payload.subarray(0, payload.lastIndexOf(end)), more])
    const response = await test.inject({ method: 'POST', url: '/v1/images', payload: form, headers })
    expect(response.json()).toMatchObject({ tags: ['beach'], metadata: { album: 7 } })
  })

  it.each([
    ['metadata', '[1]', 'metadata: must be a JSON object; received "[1]"'],
    ['metadata', '{', 'metadata: must be a JSON object; received "{"'],
    ['metadata', 'null', 'metadata: must be a JSON object; received "null"'],
    ['tag', '', 'tags'],
    ['tag', 'x'.repeat(1000), 'tags'],
  ])('says what is wrong with %s %s', async (name, value, message) => {
    const test = await open()
    const response = await add(test, picture({ dog: 0.9 }), { [name]: value })
    expect(response.statusCode).toBe(400)
    expect(response.json().error).toEqual({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) })
    expect(await readdir(test.uploads)).toEqual([])
    expect(await test.recommender.count()).toBe(0)
  })
})

describe('an image that cannot be added', () => {
  const cases: [string, TestAppOptions, Buffer | undefined, number, string][] = [
    ['it cannot be described', {}, Buffer.from('\x89PNG\r\n\x1a\nno picture', 'latin1'), 415, 'IMAGE_UNREADABLE'],
    [
      'storing it fails halfway',
      {
        recommender: (real) => ({
          async add(image, options) {
            await real.add(image, options)
            throw new RecommenderError('INDEX_FAILED', 'insert into secret.table at /home/me failed')
          },
        }),
      },
      undefined,
      500,
      'INDEX_FAILED',
    ],
    [
      'its file cannot be written',
      { files: () => ({ save: () => Promise.reject(new Error('ENOSPC: /home/me')) }) },
      undefined,
      500,
      'INTERNAL',
    ],
    [
      'the extractor has too much to do',
      { recommender: () => ({ add: () => Promise.reject(new RecommenderError('OVERLOADED', 'full')) }) },
      undefined,
      503,
      'OVERLOADED',
    ],
  ]
  it.each(cases)('leaves nothing behind where %s', async (_, options, bytes = picture({ dog: 0.9 }), status, code) => {
    const test = await open(options)
    const response = await add(test, bytes)
    expect(response.statusCode).toBe(status)
    expect(response.json().error.code).toBe(code)
    expect(response.body).not.toMatch(/secret|home/)
    expect(response.headers['retry-after']).toBe(status === 503 ? '2' : undefined)
    expect(test.reported).toHaveLength(status === 500 ? 1 : 0)
    expect(await readdir(test.uploads)).toEqual([])
    expect(await test.recommender.count()).toBe(0)
  })
})

describe('DELETE /v1/images/ID', () => {
  it('removes record, file and what was made of it, and nothing else', async () => {
    const test = await open()
    const [one, other] = [await test.add({ dog: 0.9 }, 'one'), await test.add({ dog: 0.9 }, 'other')]
    for (const id of [one, other]) {
      for (const what of ['file', 'thumbnail']) await test.inject(`/v1/images/${id}/${what}`)
    }
    const response = await test.inject({ method: 'DELETE', url: `/v1/images/${one}` })
    expect(response.statusCode).toBe(204)
    for (const what of ['', '/file', '/thumbnail', '/similar']) {
      expect((await test.inject(`/v1/images/${one}${what}`)).statusCode, what).toBe(404)
      expect((await test.inject(`/v1/images/${other}${what}`)).statusCode, what).toBe(200)
    }
    expect((await test.inject(`/v1/images/${other}/similar`)).json().items).toEqual([])
    expect(await readdir(test.uploads)).toEqual([other])
    expect((await readdir(test.cache)).filter((name) => !name.startsWith(other))).toEqual([])
    const again = await test.inject({ method: 'DELETE', url: `/v1/images/${one}` })
    expect(again.statusCode).toBe(404)
    expect(again.json().error.code).toBe('IMAGE_NOT_FOUND')
  })

  it('removes a record whose file has gone by itself', async () => {
    const test = await open()
    const id = await test.add({ dog: 0.9 })
    await rm(join(test.uploads, id))
    expect((await test.inject({ method: 'DELETE', url: `/v1/images/${id}` })).statusCode).toBe(204)
    expect(await test.recommender.count()).toBe(0)
  })

  it('refuses to delete a photo of a folder that is only read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'server-photos-'))
    const bytes = picture({ dog: 0.9 })
    await writeFile(join(folder, 'dog.png'), bytes)
    const test = await open({ photos: await readPhotoFolder(folder) })
    await fill(test.recommender, test.files)
    const image = (await test.inject('/v1/images/dog.png')).json()
    const response = await test.inject({ method: 'DELETE', url: '/v1/images/dog.png' })
    expect(response.statusCode).toBe(409)
    expect(response.json().error.code).toBe('IMAGE_KEPT')
    expect((await test.inject('/v1/images/dog.png')).json()).toEqual(image)
    expect((await test.inject(image.file)).rawPayload.equals(bytes)).toBe(true)
    expect((await readFile(join(folder, 'dog.png'))).equals(bytes)).toBe(true)
    await rm(folder, { recursive: true })
  })
})

it('GET /v1/images/ID says of an unknown one that it is', async () => {
  const test = await open()
  const response = await test.inject('/v1/images/unknown.png')
  expect(response.statusCode).toBe(404)
  expect(response.json().error).toEqual({ code: 'IMAGE_NOT_FOUND', message: 'There is no image of that name.' })
})
