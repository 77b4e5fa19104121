import { RecommenderError } from '@image-recommender/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { picture } from '../../../packages/server/test/pictures.ts'
import { type OriginalServer, originalServer } from './original-server.ts'

// Written from the description of the original alone, as a client of it would use it.

let server: OriginalServer
beforeEach(async () => {
  server = await originalServer()
})
afterEach(() => server.close())

interface Similar {
  readonly images: readonly string[]
  readonly objects: Readonly<Record<string, number>>
}
const similar = async (name: string, page?: number): Promise<Similar> => {
  const response = await server.get(`/get_similar/${name}${page === undefined ? '' : `?page=${page}`}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Similar
}
const reason = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string } }).error.message

describe('POST /upload_file', () => {
  it('takes an image and answers with its name, under which everything else knows it', async () => {
    const bytes = picture({ dog: 0.9 })
    const response = await server.upload(bytes)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    const answer = (await response.json()) as { image_name: string }
    expect(answer).toEqual({ image_name: expect.any(String) })
    const image = await server.get(`/image/${answer.image_name}`)
    expect(image.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await image.arrayBuffer())).toEqual(bytes)
    expect(await similar(answer.image_name)).toEqual({ images: [], objects: { dog: expect.closeTo(0.9) } })
    expect((await server.get(`/predict_similar/${answer.image_name}`)).status).toBe(200)
  })

  it('gives every upload a name of its own, whatever the file is called', async () => {
    const names = new Set<string>()
    for (const name of ['photo.jpg', 'photo.jpg', '../../etc/passwd', 'a b&c?d#e.png', '犬.png', '.png']) {
      const response = await server.upload(picture({ dog: 0.9 }), { name })
      expect(response.status, name).toBe(200)
      names.add(((await response.json()) as { image_name: string }).image_name)
    }
    expect(names.size).toBe(6)
    for (const name of names) expect(name).toMatch(/^[\w.-]+$/)
  })

  it.each([
    ['text', 'hello'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a PDF', '%PDF-1.7\n'],
    ['what only begins as a PNG', '\x89PNG\r\n\x1a\n'],
  ])('answers 415 with a reason to %s, and keeps nothing', async (_, text) => {
    const response = await server.upload(Buffer.from(text, 'latin1'), { name: 'photo.png' })
    expect(response.status).toBe(415)
    expect(await reason(response)).toMatch(/\w{3,} \w{2,}/)
    expect(await server.kept()).toEqual([])
    expect(await server.recommender.count()).toBe(0)
  })

  it('says which field it wants where the file is in another, or there is none', async () => {
    const elsewhere = await server.upload(picture({ dog: 0.9 }), { field: 'file' })
    expect(elsewhere.status).toBe(400)
    expect(await reason(elsewhere)).toContain('file_to_upload')
    const none = await server.get('/upload_file', { method: 'POST', body: new FormData() })
    expect(none.status).toBe(400)
    expect(await reason(none)).toContain('file_to_upload')
  })
})

describe('a failed save', () => {
  const failing: [string, Parameters<typeof originalServer>[0]][] = [
    ['of the file', { files: () => ({ save: () => Promise.reject(new Error('ENOSPC: /home/me is full')) }) }],
    [
      'of the record',
      { recommender: () => ({ add: () => Promise.reject(new RecommenderError('STORE_FAILED', 'secret.table')) }) },
    ],
    [
      'half-way',
      {
        recommender: (real) => ({
          async add(image, options) {
            await real.add(image, options)
            throw new RecommenderError('INDEX_FAILED', 'secret.table')
          },
        }),
      },
    ],
  ]
  it.each(failing)('%s is never reported as success, and nothing is left of it', async (_, faults) => {
    await server.close()
    server = await originalServer(faults)
    const response = await server.upload(picture({ dog: 0.9 }))
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).not.toContain('image_name')
    expect(text).not.toMatch(/secret|home/)
    expect(await server.kept()).toEqual([])
    expect(await server.recommender.count()).toBe(0)
  })
})

describe('GET /get_similar/<image_name>', () => {
  it('gives names, most similar first, and the best probability of each object', async () => {
    const query = await server.uploaded(picture({ dog: [0.8, 0.95, 0.75], frisbee: 0.85 }, 'query'))
    const half = await server.uploaded(picture({ dog: 0.9, car: 0.8 }))
    const same = await server.uploaded(picture({ dog: 0.9, frisbee: 0.8 }))
    const answer = await similar(query)
    expect(answer).toEqual({
      images: [same, half],
      objects: { dog: expect.closeTo(0.95), frisbee: expect.closeTo(0.85) },
    })
    // What the original's page shows first is what it is most sure of.
    expect(Object.keys(answer.objects)).toEqual(['dog', 'frisbee'])
  })

  it('gives 30 a page, every image on exactly one, then empty pages', async () => {
    const names = Array.from({ length: 65 }, (_, at) => `image-${at}.png`)
    await server.recommender.addAll(
      names.map((id, at) => ({ id, image: picture({ dog: 0.9, car: 0.7 + at / 300 }, id) })),
    )
    const pages = await Promise.all([1, 2, 3, 4, 50_000].map((page) => similar('image-0.png', page)))
    expect(pages.map(({ images }) => images.length)).toEqual([30, 30, 4, 0, 0])
    const all = pages.flatMap(({ images }) => images)
    expect([...all].sort()).toEqual(names.slice(1).sort())
    expect(all).toEqual((await server.recommender.similarTo('image-0.png', { limit: 64 })).items.map(({ id }) => id))
    expect(await similar('image-0.png')).toEqual(pages[0])
    for (const { objects } of pages) expect(objects).toEqual(pages[0]!.objects)
  })

  it('gives nothing where nothing was recognised', async () => {
    await server.uploaded(picture({ dog: 0.9 }))
    const empty = await server.uploaded(picture({}))
    expect(await similar(empty)).toEqual({ images: [], objects: {} })
  })

  it.each(['0', '-1', '1.5', 'two', '', '1&page=2', '1e9', '999999999999', '%00'])(
    'answers 400 to page %s',
    async (page) => {
      const name = await server.uploaded(picture({ dog: 0.9 }))
      const response = await server.get(`/get_similar/${name}?page=${page}`)
      expect(response.status).toBe(400)
      expect(await reason(response)).toMatch(/^page: /)
    },
  )
})

describe('an unknown name is a 404', () => {
  it.each(['/get_similar', '/image', '/predict_similar'])('%s', async (route) => {
    await server.uploaded(picture({ dog: 0.9 }))
    for (const name of ['unknown.png', '00000000-0000-4000-8000-000000000000.png', '..%2fsecret.png', '__proto__']) {
      expect((await server.get(`${route}/${name}`)).status, name).toBe(404)
    }
  })
})

describe('pages', () => {
  it('GET / and GET /predict_similar/<name> are HTML', async () => {
    const name = await server.uploaded(picture({ dog: 0.9 }))
    for (const path of ['/', `/predict_similar/${name}`, '/predict_similar/unknown.png']) {
      const response = await server.get(path)
      expect(response.headers.get('content-type'), path).toContain('text/html')
      expect(await response.text(), path).toMatch(/^<!doctype html>/i)
    }
  })

  it('GET /predict_random_image leads to the page of some image, another one now and then', async () => {
    const names = await Promise.all(
      Array.from({ length: 12 }, (_, at) => server.uploaded(picture({ dog: 0.9 }, `${at}`))),
    )
    const reached = new Set<string>()
    for (let at = 0; at < 40; at++) {
      const response = await server.get('/predict_random_image')
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain('text/html')
      await response.text()
      reached.add(new URL(response.url).pathname.replace('/predict_similar/', ''))
    }
    expect(reached.size).toBeGreaterThan(1)
    for (const name of reached) expect(names).toContain(name)
  })

  it('GET /predict_random_image leads to the first page where there are no images', async () => {
    const response = await server.get('/predict_random_image')
    expect(response.status).toBe(200)
    expect(new URL(response.url).pathname).toBe('/')
  })
})

describe('GET /image/<name>', () => {
  it('is asked for once: the same version is not sent again', async () => {
    const name = await server.uploaded(picture({ dog: 0.9 }))
    const first = await server.get(`/image/${name}`)
    const again = await server.get(`/image/${name}`, { headers: { 'if-none-match': first.headers.get('etag')! } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
    const head = await server.get(`/image/${name}`, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe(first.headers.get('content-length'))
  })
})
