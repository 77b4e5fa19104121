import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encoded, formOf, formWith } from '../forms.ts'
import { picture } from '../pictures.ts'
import { type TestApp, testApp } from '../test-app.ts'

let test: TestApp
beforeAll(async () => {
  test = await testApp()
})
afterAll(() => test.close())

const boundary = (text: string) => ({ 'content-type': `multipart/form-data; boundary=${text}` })
const part = (headers: string, body: string) => `--x\r\n${headers}\r\n\r\n${body}\r\n`
const filePart = part(
  'Content-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png',
  'abc',
)

interface Request {
  readonly payload?: string | Buffer
  readonly headers?: Record<string, string>
  readonly url?: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
}

const field = (name: string, value: string) => encoded(formOf({ [name]: value }))
const manyFields = (count: number) =>
  formWith(picture({ dog: 0.9 }), {
    fields: Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, 'x'])),
  })
async function twoFiles() {
  const form = new FormData()
  for (const look of ['a', 'b']) form.append('image', new Blob([new Uint8Array(picture({ dog: 0.9 }, look))]), 'a.png')
  return encoded(form)
}
const text = (value: string) => Buffer.from(value, 'latin1')
const get = (url: string): Request => ({ method: 'GET', url })

const cases: [name: string, status: number, request: () => Request | Promise<Request>][] = [
  ['no body at all', 415, () => ({})],
  ['JSON', 415, () => ({ payload: '{}', headers: { 'content-type': 'application/json' } })],
  ['broken JSON', 400, () => ({ payload: '{', headers: { 'content-type': 'application/json' } })],
  ['bytes without a form', 415, () => ({ payload: picture({ dog: 0.9 }), headers: { 'content-type': 'image/png' } })],
  ['a form without a boundary', 400, () => ({ payload: filePart, headers: { 'content-type': 'multipart/form-data' } })],
  ['a form with another boundary', 400, () => ({ payload: `${filePart}--x--\r\n`, headers: boundary('y') })],
  ['an empty form', 400, () => ({ payload: '--x--\r\n', headers: boundary('x') })],
  ['an empty body', 400, () => ({ payload: '', headers: boundary('x') })],
  ['a form that breaks off', 400, () => ({ payload: filePart, headers: boundary('x') })],
  ['a form that is noise', 400, () => ({ payload: Buffer.alloc(5000, 0xfe), headers: boundary('x') })],
  ['a part without headers', 400, () => ({ payload: '--x\r\n\r\nabc\r\n--x--\r\n', headers: boundary('x') })],
  ['a file in another field', 400, () => formWith(picture({ dog: 0.9 }), { field: 'file2upload' })],
  ['text in place of the file', 400, () => field('image', 'hello')],
  ['a field called __proto__', 400, () => field('__proto__', 'x')],
  ['no file but other fields', 400, () => field('album', 'x')],
  ['an empty file', 400, () => formWith(Buffer.alloc(0))],
  ['two files', 413, twoFiles],
  ['too many fields', 413, () => manyFields(70)],
  ['a very long field', 400, () => field('album', 'x'.repeat(20_000))],
  ['text that calls itself a PNG', 415, () => formWith(text('hello'))],
  ['an SVG', 415, () => formWith(text('<svg xmlns="http://www.w3.org/2000/svg"/>'))],
  ['a PDF', 415, () => formWith(text('%PDF-1.7\n'))],
  ['HTML behind the beginning of a PNG', 415, () => formWith(text('\x89PNG<html></html>'))],
  ['a PNG of which only the beginning is there', 415, () => formWith(text('\x89PNG\r\n\x1a\n'))],
  ['a JPEG of noise', 415, () => formWith(text(`\xff\xd8\xff${'\x07'.repeat(999)}`))],
  [
    'more bytes than are allowed',
    413,
    () => formWith(Buffer.concat([picture({ dog: 0.9 }), Buffer.alloc(32 * 1024 * 1024)])),
  ],
  [
    'a form from another web site',
    403,
    async () => {
      const form = await formWith(picture({ dog: 0.9 }))
      return { ...form, headers: { ...form.headers, 'sec-fetch-site': 'cross-site' } }
    },
  ],
  ['another web site’s name for this server', 421, () => ({ ...get('/'), headers: { host: 'evil.example' } })],
  ['a method that is none here', 404, () => ({ method: 'PUT', url: '/v1/images/a.png' })],
  ['a method that is none of a file', 404, () => ({ method: 'DELETE', url: '/v1/images/a.png/file' })],
  ['a cursor that is none', 400, () => get('/v1/images/known/similar?cursor=abc')],
  ['an empty cursor', 400, () => get('/v1/images/known/similar?cursor=')],
  ['two cursors', 400, () => get('/v1/images/known/similar?cursor=a&cursor=b')],
  ['a sample of 0', 400, () => get('/v1/sample?count=0')],
  ['a sample of 101', 400, () => get('/v1/sample?count=101')],
  ['a name with a NUL', 400, () => get('/v1/images/a%00b')],
  ['a name that is too long', 400, () => get(`/v1/images/${'a'.repeat(550)}`)],
  ['a name that is no UTF-8', 400, () => get('/v1/images/%ff')],
  ['an unknown address', 404, () => get('/nothing')],
  ['an unknown file of the page', 404, () => get('/static/nothing.js')],
  ['the folder of the page', 403, () => get('/static/')],
]

describe('bad input is answered with its reason, as JSON', () => {
  it.each(cases)('%s: %i', async (_, status, make) => {
    const known = await test.add({ dog: 0.9 })
    const before = await test.recommender.count()
    const { url = '/v1/images', ...request } = { method: 'POST' as const, ...(await make()) }
    const response = await test.inject({ ...request, url: url.replace('/known', `/${known}`) })
    expect(response.json()).toEqual({
      error: { code: expect.stringMatching(/^[A-Z_]+$/), message: expect.stringMatching(/^\S.*\.$|: /) },
    })
    expect(response.statusCode).toBe(status)
    expect(response.body).not.toMatch(/node_modules|at .+:\d+|\/tmp\//)
    expect(await test.recommender.count()).toBe(before)
    expect(test.reported).toEqual([])
  })
})
