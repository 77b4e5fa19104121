import fc from 'fast-check'
import { PHOTOS } from './target.ts'
import { form, json, type Part, type Sent } from './valid-requests.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', '\0', '\ud800', '__proto__', 'a'.repeat(600), '😀'.repeat(200), '../..', 'dog', 'BG', 'mine'),
)
const id = fc.oneof({ arbitrary: fc.constantFrom(...PHOTOS), weight: 2 }, text)
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 1, 5e-324, 1e308, 2 ** 53))
const object = fc.oneof({ arbitrary: fc.constantFrom('dog', 'person', 'car', 'BG'), weight: 2 }, text)
/** Anything that JSON can say, some of it deep. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.integer({ min: 1, max: 20_000 }).map((depth) => new Raw(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
)

/** Text that is JSON as it stands: what is as deep as this, nothing else could write. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Mostly what belongs there, now and then anything. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: arbitrary as fc.Arbitrary<unknown>, weight: 6 }, { arbitrary: anything, weight: 1 })
const record = (shape: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .tuple(fc.record(shape, { requiredKeys: [] }), fc.option(fc.tuple(text, anything), { freq: 5, nil: undefined }))
    .map(([known, more]) => (more === undefined ? known : Object.fromEntries([...Object.entries(known), more])))

const list = (arbitrary: fc.Arbitrary<unknown>) => mostly(fc.array(mostly(arbitrary), { maxLength: 4 }))
const weights = mostly(fc.dictionary(object, mostly(number), { maxKeys: 4 }))
const example = fc.oneof(
  record({ id: mostly(id), weight: mostly(number) }),
  record({ objects: weights, weight: mostly(number) }),
  record({ tags: list(text), weight: mostly(number) }),
)
const conditions = (one: fc.Arbitrary<unknown>) => mostly(record({ all: list(one), any: list(one), none: list(one) }))
const where = mostly(
  record({
    objects: conditions(fc.oneof(object, record({ object: mostly(object), atLeast: mostly(number) }))),
    tags: conditions(text),
    exclude: list(id),
  }),
)
/** Cursors of the right form with anything in them, as somebody would make them who looked into one. */
const cursor = fc.oneof(
  text,
  fc
    .tuple(fc.string({ maxLength: 7 }), anything, mostly(number), mostly(id))
    .map(([print, end, distance, id]) =>
      Buffer.from(written([print, typeof end === 'string' ? { distance, id } : end])).toString('base64url'),
    ),
)
const taste = mostly(
  record({
    spaceId: fc.constantFrom('demo-mask-rcnn/81d1a260/256', 'other'),
    objects: weights,
    from: mostly(fc.dictionary(object, list(id), { maxKeys: 3 })),
    seen: list(id),
  }),
)
const recommend = record({
  like: list(example),
  unlike: list(example),
  taste,
  where,
  weights: mostly(record({ arrangement: mostly(number), colors: mostly(number), embedding: mostly(number) })),
  diversity: mostly(number),
  mostPerObjectSet: mostly(number),
  collapseNearDuplicates: mostly(fc.boolean()),
  limit: mostly(number),
  cursor: mostly(cursor),
})
const history = record({
  like: list(record({ id: mostly(id), weight: mostly(number), age: mostly(number) })),
  unlike: list(record({ id: mostly(id) })),
  halfLife: mostly(number),
})

const parameter = fc.tuple(
  fc.oneof(
    fc.constantFrom('all', 'any', 'none', 'tag', 'exclude', 'limit', 'cursor', 'arrangement', 'colors', 'embedding'),
    fc.constantFrom('diversity', 'mostPerObjectSet', 'collapseNearDuplicates', 'count', 'v', 'page'),
    text,
  ),
  fc.oneof(object, id, cursor, number.map(String)),
)
const query = fc
  .array(parameter, { maxLength: 6 })
  .map((pairs) => pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&'))
const method = fc.oneof(
  { arbitrary: fc.constant('GET'), weight: 8 },
  fc.constantFrom('HEAD', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'POST'),
)
const path = fc.oneof(
  fc
    .tuple(id, fc.constantFrom('', '/similar', '/file', '/thumbnail'))
    .map(([id, what]) => `/v1/images/${encoded(id)}${what}`),
  fc.constantFrom('/v1/sample', '/v1/objects', '/v1/objects/names', '/v1/duplicates', '/v1/status', '/v1/images'),
  fc
    .tuple(fc.constantFrom('/get_similar/', '/image/', '/predict_similar/', '/similar/', '/static/'), id)
    .map(([start, id]) => start + encoded(id)),
)
const headers = fc.dictionary(
  fc.constantFrom('Accept', 'X-Request-Id', 'X-Api-Key', 'Authorization', 'If-None-Match', 'Range', 'Cookie', 'Origin'),
  text.map((value) => value.replaceAll(/[^\x20-\x7e]/g, '~')),
  { maxKeys: 3 },
)

const fields = (picture: Uint8Array): fc.Arbitrary<Part> =>
  fc
    .oneof(
      fc.constant(['image', picture] as Part),
      fc.tuple(fc.constantFrom('tag', 'limit', 'all', 'exclude'), text),
      fc.tuple(fc.constant('metadata'), fc.oneof(anything.map(written), text)),
      fc.tuple(fc.constant('cursor'), cursor),
      fc.tuple(fc.constantFrom('image', 'other'), fc.uint8Array({ maxLength: 200 })),
      parameter,
    )
    .map(([name, value]) => [name.replaceAll(/["\r\n]/g, '_'), value] as Part)

/** Requests that are HTTP, with anything in them. */
export function generatedRequests(picture: Uint8Array): fc.Arbitrary<Sent> {
  const parts = fc
    .tuple(fc.array(fields(picture), { maxLength: 4 }), fc.boolean())
    .map(([parts, whole]): Part[] => (whole ? [...parts, ['image', picture]] : parts))
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(method, path, query, headers).map(withoutBody) },
    { weight: 4, arbitrary: recommend.map((body) => json('/v1/recommend', written(body))) },
    { weight: 2, arbitrary: history.map((body) => json('/v1/tastes', written(body))) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('/v1/images', '/v1/images/batch', '/v1/search', '/upload_file'), parts, headers)
        .map(([path, parts, headers]) => form(path, parts, headers)),
    },
  )
}

function withoutBody([method, path, query, headers]: [string, string, string, Record<string, string>]): Sent {
  return { method, path: query === '' ? path : `${path}?${query}`, headers }
}

/** `encodeURIComponent` would refuse half of a character. */
function encoded(value: string): string {
  return [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

function written(value: unknown): string {
  const raws: string[] = []
  const text = JSON.stringify(value, (_, inner) => (inner instanceof Raw ? `raw ${raws.push(inner.text) - 1}` : inner))
  return text.replaceAll(/"raw (\d+)"/g, (_, at) => raws[Number(at)]!)
}
