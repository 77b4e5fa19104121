import { Buffer } from 'node:buffer'
import { busy } from '../../../packages/core/test/onnx-extractor/images.ts'

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** As it goes over the wire. */
export function raw({ method, path, headers = {}, body }: Sent): Buffer {
  const bytes = Buffer.from(body ?? '')
  const length = body === undefined ? {} : { 'Content-Length': `${bytes.length}` }
  const lines = Object.entries({ Host: 'localhost', ...headers, ...length }).map(([name, value]) => `${name}: ${value}`)
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), bytes])
}

const BOUNDARY = 'boundary-of-7f3a'

export type Part = readonly [name: string, value: string | Uint8Array]

/** A form; bytes are files. */
export function form(path: string, parts: readonly Part[], headers: Readonly<Record<string, string>> = {}): Sent {
  const pieces = parts.flatMap(([name, value]) => [
    Buffer.from(
      typeof value === 'string'
        ? `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`
        : `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ])
  return {
    method: 'POST',
    path,
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
    body: Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)]),
  }
}

export function json(path: string, value: unknown): Sent {
  const body = typeof value === 'string' ? value : JSON.stringify(value)
  return { method: 'POST', path, headers: { 'Content-Type': 'application/json' }, body }
}

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Sent => ({ method: 'GET', path, headers })

export function smallPicture(): Promise<Buffer> {
  return busy(48, 32).jpeg({ quality: 40 }).toBuffer()
}

/** One of every kind of request that the server knows, and of some that it refuses. */
export async function validRequests(): Promise<Buffer[]> {
  const picture = await smallPicture()
  const like = [{ id: 'farm-001.webp', weight: 2 }, { objects: { dog: 1, person: 0.5 } }, { tags: ['mine'] }]
  const where = { objects: { all: ['dog'], none: [{ object: 'person', atLeast: 0.8 }] }, tags: { any: ['a'] } }
  const search =
    'limit=5&all=dog&none=person&tag=mine&arrangement=0.5&colors=1&diversity=0.3&collapseNearDuplicates=true'
  const cursor = Buffer.from(JSON.stringify(['1abcdef', { distance: 0.25, id: 'farm-001.webp' }])).toString('base64url')
  const sent: Sent[] = [
    get('/'),
    get('/find?all=dog'),
    get('/static/app.js', { 'If-None-Match': 'W/"1-2"', Range: 'bytes=0-99' }),
    get('/docs/json'),
    get('/metrics'),
    ...['status', 'health', 'ready', 'duplicates', 'objects/names'].map((name) => get(`/v1/${name}`)),
    get('/v1/sample?count=7'),
    get('/v1/objects?all=dog&none=person&tag=mine'),
    get('/v1/images/park-001.webp', { Accept: 'application/json', 'X-Request-Id': 'abc_1' }),
    get(`/v1/images/farm-001.webp/similar?${search}&mostPerObjectSet=2&exclude=park-001.webp`),
    get(`/v1/images/farm-001.webp/similar?cursor=${cursor}`),
    get('/v1/images/farm-002.webp/file?v=123-456', { 'If-None-Match': '"123-456-file"' }),
    get('/v1/images/farm-002.webp/thumbnail', { Connection: 'close' }),
    { method: 'DELETE', path: '/v1/images/00000000-0000-4000-8000-000000000000.png' },
    { method: 'DELETE', path: '/v1/images/park-001.webp' },
    { method: 'HEAD', path: '/v1/images/park-001.webp/file' },
    { method: 'OPTIONS', path: '/v1/images', headers: { Origin: 'https://other.example' } },
    json('/v1/recommend', { like, unlike: [{ objects: { car: 1 } }], where, weights: { colors: 0.5 }, diversity: 0.2 }),
    json('/v1/recommend', { like, limit: 3, cursor, mostPerObjectSet: 2, collapseNearDuplicates: true }),
    json('/v1/tastes', { like: [{ id: 'farm-001.webp', weight: 1, age: 3 }], unlike: [{ id: 'x' }], halfLife: 5 }),
    form('/v1/images', [
      ['tag', 'mine'],
      ['metadata', '{"album":7,"of":["a",null,{"deep":true}]}'],
      ['image', picture],
    ]),
    form(
      '/v1/images/batch',
      [
        ['image', picture],
        ['tag', 'mine'],
        ['image', picture],
      ],
      { Accept: 'text/event-stream' },
    ),
    form('/v1/search', [
      ['limit', '3'],
      ['image', picture],
    ]),
    form('/upload_file', [['file_to_upload', picture]]),
    get('/get_similar/farm-001.webp?page=2'),
    get('/image/farm-001.webp'),
    get('/predict_similar/farm-001.webp'),
    get('/predict_random_image'),
  ]
  const chunked = json('/v1/recommend', { like })
  const text = `${chunked.body}`
  return [
    ...sent.map(raw),
    Buffer.from(
      `POST /v1/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
    ),
  ]
}
