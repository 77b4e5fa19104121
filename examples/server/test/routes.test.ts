import { readdir, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { RecommenderError } from '@image-recommender/core'
import { afterEach, describe, expect, it } from 'vitest'
import { formWith, picture, type TestApp, type TestAppOptions, testApp } from './test-app.ts'

const opened: TestApp[] = []
async function open(options?: TestAppOptions): Promise<TestApp> {
  const app = await testApp(options)
  opened.push(app)
  return app
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()))
})

const imagesIn = async ({ uploads }: TestApp) => (await readdir(uploads)).filter((name) => name !== 'thumbnails')

describe('POST /upload_file', () => {
  it('keeps the image under a name of its own, with the extension of what it is', async () => {
    const test = await open()
    const bytes = picture({ dog: 0.9 })
    const form = await formWith(bytes, { name: '../../etc/passwd.jpg', type: 'text/html' })
    const response = await test.app.inject({ method: 'POST', url: '/upload_file', ...form })
    expect(response.statusCode).toBe(200)
    const { image_name: name } = response.json()
    expect(name).toMatch(/^[0-9a-f-]{36}\.png$/)
    const image = await test.app.inject(`/image/${name}`)
    expect(image.rawPayload.equals(bytes)).toBe(true)
    expect(image.headers['content-type']).toBe('image/png')
    expect(image.headers['x-content-type-options']).toBe('nosniff')
    expect(image.headers['content-security-policy']).toContain('sandbox')
  })

  it('leaves nothing behind where describing fails', async () => {
    const test = await open()
    const form = await formWith(Buffer.from('\x89PNG\r\n\x1a\nno fake image', 'latin1'))
    const response = await test.app.inject({ method: 'POST', url: '/upload_file', ...form })
    expect(response.statusCode).toBe(415)
    expect(response.json().error.code).toBe('IMAGE_UNREADABLE')
    expect(await imagesIn(test)).toEqual([])
    expect(await test.recommender.count()).toBe(0)
  })

  it('leaves nothing behind where storing fails halfway, and says nothing of how', async () => {
    const test = await open({
      recommender: (real) => ({
        ...bound(real),
        async add(image, options) {
          await real.add(image, options)
          throw new RecommenderError('INDEX_FAILED', 'insert into secret.table at /home/me failed')
        },
      }),
    })
    const response = await test.app.inject({
      method: 'POST',
      url: '/upload_file',
      ...(await formWith(picture({ dog: 0.9 }))),
    })
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toMatch(/secret|home/)
    expect(test.reported).toHaveLength(1)
    expect(await imagesIn(test)).toEqual([])
    expect(await test.recommender.count()).toBe(0)
  })

  it('stores nothing where the file cannot be written', async () => {
    const test = await open({
      files: (real) => ({
        ...real,
        save: () => Promise.reject(Object.assign(new Error('ENOSPC: /home/me'), { code: 'ENOSPC' })),
      }),
    })
    const response = await test.app.inject({
      method: 'POST',
      url: '/upload_file',
      ...(await formWith(picture({ dog: 0.9 }))),
    })
    expect(response.statusCode).toBe(500)
    expect(response.json()).toEqual({ error: { code: 'INTERNAL', message: expect.not.stringContaining('home') } })
    expect(await test.recommender.count()).toBe(0)
  })

  it('turns away what is too much at once, and says when to come again', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const test = await open({
      recommender: (real) => ({ ...bound(real), add: (image, options) => held.then(() => real.add(image, options)) }),
    })
    const form = await formWith(picture({ dog: 0.9 }))
    const responses = Array.from({ length: 9 }, () => test.app.inject({ method: 'POST', url: '/upload_file', ...form }))
    const refused = await Promise.race(responses)
    expect(refused.statusCode).toBe(503)
    expect(refused.headers['retry-after']).toBe('2')
    release()
    const statuses = (await Promise.all(responses)).map(({ statusCode }) => statusCode)
    expect(statuses.filter((status) => status === 200)).toHaveLength(8)
  })
})

describe('GET /get_similar/<name>', () => {
  it('gives names, most similar first, and the best probability of each object', async () => {
    const test = await open()
    const query = await test.upload({ dog: 0.9, frisbee: 0.8 }, 'query')
    const half = await test.upload({ dog: 0.9, car: 0.8 })
    const same = await test.upload({ dog: 0.9, frisbee: 0.8 }, 'same')
    const response = await test.app.inject(`/get_similar/${query}`)
    expect(response.json()).toEqual({
      images: [same, half],
      objects: { dog: expect.closeTo(0.9), frisbee: expect.closeTo(0.8) },
    })
  })

  it('gives every image on exactly one page, then empty pages', async () => {
    const test = await open()
    const names = Array.from({ length: 65 }, (_, at) => `image-${at}.png`)
    const report = await test.recommender.addAll(
      names.map((id, at) => ({ id, image: picture({ dog: 0.9, car: 0.7 + at / 300 }) })),
    )
    expect(report.added).toBe(65)
    const page = async (number: number): Promise<string[]> =>
      (await test.app.inject(`/get_similar/image-0.png?page=${number}`)).json().images
    const pages = [await page(1), await page(2), await page(3), await page(4), await page(99_999)]
    expect(pages.map(({ length }) => length)).toEqual([30, 30, 4, 0, 0])
    expect(new Set(pages.flat()).size).toBe(64)
    expect((await test.app.inject('/get_similar/image-0.png')).json().images).toEqual(pages[0])
  })

  it('knows nothing to recommend where nothing was recognised', async () => {
    const test = await open()
    await test.upload({ dog: 0.9 })
    const empty = await test.upload({}, 'empty')
    expect((await test.app.inject(`/get_similar/${empty}`)).json()).toEqual({ images: [], objects: {} })
    expect((await test.app.inject(`/api/images/${empty}/similar`)).json()).toMatchObject({
      items: [],
      nothingRecognised: true,
    })
  })
})

describe('GET /image/<name>', () => {
  it('is asked for once: the same version is not sent again', async () => {
    const test = await open()
    const name = await test.upload({ dog: 0.9 })
    const { headers } = await test.app.inject(`/image/${name}`)
    const again = await test.app.inject({ url: `/image/${name}`, headers: { 'if-none-match': String(headers.etag) } })
    expect(again.statusCode).toBe(304)
    expect(again.body).toBe('')
    const head = await test.app.inject({ method: 'HEAD', url: `/image/${name}` })
    expect(head.statusCode).toBe(200)
    expect(head.headers['content-length']).toBe(headers['content-length'])
  })

  it('never gives a file from elsewhere', async () => {
    const test = await open()
    await writeFile(join(test.uploads, 'secret.txt'), 'secret\n')
    await writeFile(join(test.uploads, 'secret.png'), 'secret\n')
    const link = '00000000-0000-4000-8000-000000000000.png'
    await symlink(join(test.uploads, 'secret.txt'), join(test.uploads, link))
    const names = [
      link,
      'secret.txt',
      'secret.png',
      `..%2f${basename(test.uploads)}%2fsecret.png`,
      '../secret.txt',
      '..%2fsecret.txt',
      '%2e%2e%2fsecret.txt',
      '..%5csecret.txt',
      '%2fetc%2fpasswd',
      'secret.txt%00.png',
      '%2e',
      'CON',
      `${'a'.repeat(400)}.png`,
      '__proto__',
      'constructor.constructor',
      '%F0%9F%90%B6.png',
      '//etc/passwd',
      '%',
      '%ff',
      encodeURIComponent(join(test.uploads, 'secret.txt')),
    ]
    for (const route of ['image', 'thumbnail', 'get_similar', 'api/images', 'static', 'predict_similar']) {
      for (const name of names) {
        const response = await test.app.inject(`/${route}/${name}`)
        expect([400, 403, 404, 414], `/${route}/${name}`).toContain(response.statusCode)
        expect(response.body).not.toContain('secret\n')
        expect(response.body).not.toContain(test.uploads)
      }
    }
  })
})

describe('the page', () => {
  it('says in one line that the demo model runs', async () => {
    const test = await open({ notice: 'Demo & so on: `npm start`' })
    const response = await test.app.inject('/')
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(response.headers['content-security-policy']).toContain("default-src 'self'")
    expect(response.body).toContain('<p class="notice">Demo &#38; so on: <code>npm start</code></p>')
    const without = await open()
    expect((await without.app.inject('/')).body).not.toContain('class="notice"')
  })

  it('loads nothing from elsewhere, and all that it names is there', async () => {
    const test = await open()
    const { body } = await test.app.inject('/')
    const addresses = [...body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, address]) => address!)
    expect(addresses.length).toBeGreaterThan(3)
    for (const address of addresses.filter((address) => address.startsWith('/static/'))) {
      expect((await test.app.inject(address)).statusCode, address).toBe(200)
    }
    expect(addresses.filter((address) => !address.startsWith('/'))).toEqual([])
    expect((await test.app.inject('/static/app.js')).headers['content-type']).toContain('javascript')
  })

  it('is shown for an image, is a 404 for none, and leads on from a random one', async () => {
    const test = await open()
    expect((await test.app.inject('/predict_random_image')).headers.location).toBe('/')
    const name = await test.upload({ dog: 0.9 })
    expect((await test.app.inject(`/predict_similar/${name}`)).statusCode).toBe(200)
    const unknown = await test.app.inject('/predict_similar/unknown.png')
    expect(unknown.statusCode).toBe(404)
    expect(unknown.body).toContain('<!doctype html>')
    const random = await test.app.inject('/predict_random_image')
    expect(random.statusCode).toBe(302)
    expect(random.headers.location).toBe(`/predict_similar/${name}`)
    expect(random.headers['cache-control']).toBe('no-store')
  })
})

describe('the page’s API', () => {
  it('describes images, draws samples and says how it is', async () => {
    const test = await open({ notice: 'Demo' })
    const name = await test.upload({ dog: 0.9 })
    const image = { name, width: 640, height: 480, objects: [{ object: 'dog', score: 0.9, box: null }] }
    expect((await test.app.inject(`/api/images/${name}`)).json()).toEqual(image)
    expect((await test.app.inject('/api/sample?count=5')).json()).toEqual({ images: [image] })
    expect((await test.app.inject('/api/status')).json()).toEqual({
      images: 1,
      notice: 'Demo',
      filling: null,
      maxUploadBytes: 33_554_432,
    })
  })

  it('gives similar images with their reasons, page by page', async () => {
    const test = await open()
    const query = await test.upload({ dog: 0.9, car: 0.9 }, 'query')
    for (let at = 0; at < 31; at++) await test.upload({ dog: 0.9, car: 0.9 }, `${at}`)
    const first = (await test.app.inject(`/api/images/${query}/similar`)).json()
    expect(first.items).toHaveLength(30)
    expect(first.items[0].score).toBeCloseTo(1, 4)
    const sum = first.items[0].because.reduce(
      (sum: number, { contribution }: { contribution: number }) => sum + contribution,
      0,
    )
    expect(sum).toBeCloseTo(1, 4)
    const cursor = encodeURIComponent(first.nextCursor)
    const second = (await test.app.inject(`/api/images/${query}/similar?cursor=${cursor}`)).json()
    expect(second.items).toHaveLength(1)
    expect(second.nextCursor).toBeNull()
  })

  it('ranks them as it is asked to', async () => {
    const test = await open()
    const query = await test.upload({ dog: 0.9, car: 0.9 }, 'query')
    for (const [at, objects] of [{ dog: 0.9, car: 0.9 }, { dog: 0.9, car: 0.9 }, { dog: 0.9 }].entries()) {
      await test.upload(objects, `${at}`)
    }
    const similar = async (parameters: string) =>
      (await test.app.inject(`/api/images/${query}/similar?${parameters}`)).json()
    const kinds = ({ items }: { items: { because: { kind: string }[] }[] }) => items[0]!.because.map(({ kind }) => kind)
    expect(kinds(await similar(''))).toEqual(['object', 'object', 'facet', 'facet'])
    expect(kinds(await similar('arrangement=0&colors=0.5'))).toEqual(['object', 'object', 'facet'])
    const sets = ({ items }: { items: { objects: unknown[] }[] }) => items.map(({ objects }) => objects.length)
    expect(sets(await similar(''))).toEqual([2, 2, 1])
    expect(sets(await similar('diversity=0.8'))).toEqual([2, 1, 2])
    for (const wrong of ['diversity=2', 'diversity=', 'colors=-1', 'arrangement=1e9', 'colors=1&colors=2']) {
      const answer = await test.app.inject(`/api/images/${query}/similar?${wrong}`)
      expect(answer.statusCode).toBe(400)
      expect(answer.json().error.message).toContain(wrong.split('=')[0])
    }
  })
})

/** Methods of the recommender need their `this`. */
function bound<T extends object>(target: T): T {
  return new Proxy({} as T, {
    ownKeys: () => {
      const keys = new Set<string | symbol>()
      for (let at: object = target; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
        for (const key of Reflect.ownKeys(at)) keys.add(key)
      }
      return [...keys]
    },
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (_, key) => {
      const value = Reflect.get(target, key, target)
      return typeof value === 'function' && key !== 'constructor' ? value.bind(target) : value
    },
  })
}
