/** What callers may hand in, as schemas. The interfaces that they read are written by hand, beside the functions. */
import { z } from 'zod'
import { MOST_BITS } from '../near-duplicates/duplicate-groups.ts'
import { NEAR_DUPLICATE_BITS } from '../near-duplicates/hamming.ts'
import { shown } from '../parse.ts'
import type { SimilarityIndex } from '../similarity-index.ts'
import { nearestNames } from './nearest-names.ts'

const encoder = new TextEncoder()

/** Ids and tags: what every backend can keep, compare and send back unchanged. */
function nameSchema(what: string) {
  return (
    z
      .string(`${what} must be a string`)
      .refine((name) => name.isWellFormed(), `${what} must be well-formed Unicode, without lone surrogates`)
      .refine((name) => !name.includes('\0'), `${what} must not contain NUL`)
      .refine((name) => name.length > 0, `${what} must not be empty`)
      // A code unit takes at most 3 bytes, so short names need no encoding.
      .refine(
        (name) => name.length <= 170 || (name.length <= 512 && encoder.encode(name).length <= 512),
        `${what} must be at most 512 bytes of UTF-8`,
      )
  )
}

const number = (rule: string, holds: (value: number) => boolean) =>
  z.custom<number>((value) => typeof value === 'number' && holds(value), rule)

const wholeNumber = (least: number, most: number) =>
  number(
    `must be a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && value >= least && value <= most,
  )

const share = number('must be a number from 0 to 1', (value) => value >= 0 && value <= 1)

const method = z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'must be a function')

const partWith = <Part>(what: string, ...methods: string[]) =>
  z.custom<Part>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((name) => typeof Reflect.get(value, name) === 'function'),
    `must be ${what}: an object with ${methods.join(', ')}`,
  )

const signal = z
  .custom<AbortSignal>(
    (value) => typeof value === 'object' && value !== null && typeof (value as AbortSignal).aborted === 'boolean',
    'must be an AbortSignal',
  )
  .optional()

const id = nameSchema('an id')
const tags = z
  .array(nameSchema('a tag'))
  .max(1000, 'at most 1000 tags')
  .transform((names) => [...new Set(names)])

const bytes = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array,
  'must be the encoded bytes of an image, a Uint8Array',
)

const metadata = z.custom<Record<string, never>>(
  (value) => isPlainObject(value) && isJson(value, 0),
  'must be an object of JSON values, at most 64 levels deep',
)

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (depth === 64) return false
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1))
  return isPlainObject(value) && Object.values(value).every((item) => isJson(item, depth + 1))
}

export const spaceSchema = z.object({
  id: nameSchema('the id of a space'),
  axes: z
    .array(z.string().min(1, 'an axis needs a name'))
    .min(1, 'a space needs at least one axis')
    .max(4096, 'a space has at most 4096 axes')
    .refine((axes) => new Set(axes).size === axes.length, 'axes must have different names'),
  threshold: share.nullable(),
})

const facetWeight = number(
  'must be a number from 0',
  (value) => value >= 0 && value < Number.POSITIVE_INFINITY,
).optional()
const facetWeights = z.strictObject({ arrangement: facetWeight, colors: facetWeight, embedding: facetWeight })

const extractor = z.custom<object>(
  (value) => typeof value === 'object' && value !== null,
  'must be a FeatureExtractor or a FeatureSpace',
)

const index = partWith<SimilarityIndex>('a SimilarityIndex', 'write', 'position', 'search', 'counts', 'close')

export const recommenderSchema = z.strictObject({
  extractor,
  store: partWith('an ImageStore', 'put', 'get', 'delete', 'scan', 'sample', 'count', 'changes', 'close').optional(),
  index: index.optional(),
  embedding: z
    .strictObject({
      extractor,
      index: index.optional(),
      weight: facetWeight.default(1),
    })
    .optional(),
  ranking: z
    .strictObject({
      by: z.enum(['objects', 'distance']).optional(),
      candidates: wholeNumber(1, 10_000).optional(),
      cutOff: share.default(0.05),
      weights: facetWeights.default({}),
    })
    .default({ cutOff: 0.05, weights: {} }),
  cachedRecords: wholeNumber(0, 10_000_000).default(0),
  onWarning: method.optional(),
})

const newImageFields = { id, tags: tags.default([]), metadata: metadata.default({}) }
export const newImageSchema = z.strictObject({ ...newImageFields, image: bytes })
export const newImageSourceSchema = z.strictObject({
  ...newImageFields,
  image: z.union([bytes, method], 'must be a Uint8Array, or a function that gives one'),
})
export const bytesSchema = bytes

export const addAllOptionsSchema = z
  .strictObject({ signal, concurrency: wholeNumber(1, 64).default(16), onProgress: method.optional() })
  .default({ concurrency: 16 })

const float32 = number('must be a number that float32 can hold', (value) => Number.isFinite(Math.fround(value)))
const color = z.tuple([float32, float32, float32])

const objectSchema = z.object({
  axis: wholeNumber(0, 4095),
  score: share,
  box: z.tuple([share, share, share, share]).nullable(),
  color: color.nullable(),
})

const extractionFields = {
  objects: z.array(objectSchema),
  vector: z
    .custom<Float32Array>((value) => value instanceof Float32Array, 'must be a Float32Array')
    .refine((vector) => vector.every(Number.isFinite), 'must hold finite numbers only'),
  width: wholeNumber(1, 2 ** 31 - 1),
  height: wholeNumber(1, 2 ** 31 - 1),
  appearance: z
    .object({
      palette: z.array(z.object({ color, share })),
      hash: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits'),
    })
    .nullable(),
}
export const extractionSchema = z.object(extractionFields)
const embedding = z.strictObject({ spaceId: nameSchema('the id of a space'), vector: extractionFields.vector })
export const recordSchema = z.strictObject({
  ...extractionFields,
  id,
  spaceId: z.string(),
  embedding: embedding.nullable().default(null),
  tags,
  metadata,
  contentHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
    .nullable(),
})

export const abortableSchema = z.strictObject({ signal }).default({})
export const idSchema = id
export const idsSchema = z.union([id.transform((one) => [one]), z.array(id)], 'must be an id or an array of ids')
export const countSchema = wholeNumber(1, 1000)
export const duplicatesSchema = z
  .strictObject({ signal, bits: wholeNumber(0, MOST_BITS).default(NEAR_DUPLICATE_BITS) })
  .default({ bits: NEAR_DUPLICATE_BITS })

/** Each is another search. */
const MOST_LIKED_TAGS = 10

/** The schemas that depend on the names of a space's axes. */
export function searchSchemas(axes: readonly string[]) {
  const known = new Set(axes)
  const object = z.string('must be the name of an object').refine((name) => known.has(name), {
    error: ({ input }) =>
      `${shown(input)} is no object of this space; the nearest are ${nearestNames(String(input), axes)}`,
  })
  const condition = z.union([
    object.transform((name) => ({ object: name, atLeast: undefined })),
    z.strictObject({ object, atLeast: share.optional() }),
  ])
  const conditions = <T extends z.ZodType>(one: T) =>
    z.strictObject({ all: z.array(one).optional(), any: z.array(one).optional(), none: z.array(one).optional() })

  const where = z
    .strictObject({
      objects: conditions(condition).optional(),
      tags: conditions(nameSchema('a tag')).optional(),
      exclude: z.array(id).optional(),
    })
    .default({})
  const fields = {
    limit: wholeNumber(1, 1000).default(30),
    cursor: z.string('must be the nextCursor of a page').optional(),
    where,
    signal,
    weights: facetWeights.optional(),
    diversity: share.optional(),
    mostPerObjectSet: wholeNumber(1, 1000).optional(),
    collapseNearDuplicates: z.boolean('must be true or false').optional(),
  }
  const weight = number('must be a number above 0', (value) => value > 0 && value < Number.POSITIVE_INFINITY).optional()
  const likedTags = tags.refine(
    (names) => names.length >= 1 && names.length <= MOST_LIKED_TAGS,
    `takes 1 to ${MOST_LIKED_TAGS} tags`,
  )
  const example = z.union(
    [
      z.strictObject({ id, weight }),
      z.strictObject({ image: bytes, weight }),
      z.strictObject({ objects: z.partialRecord(object, share), weight }),
      z.strictObject({ tags: likedTags, weight }),
    ],
    'must be { id }, { image }, { objects } with the names of objects of this space and weights from 0 to 1, or { tags }, and may have a weight above 0',
  )
  const examples = z.array(example).max(10_000, 'at most 10,000 examples')
  const tasteShare = number('must be a number from -1 to 1', (value) => value >= -1 && value <= 1)
  const taste = z.strictObject({
    spaceId: z.string(),
    objects: z.partialRecord(object, tasteShare),
    from: z.partialRecord(object, z.array(id)),
    seen: z.array(id),
  })
  const age = number('must be a number from 0', (value) => value >= 0 && value < Number.POSITIVE_INFINITY).optional()
  const opinions = z.array(z.strictObject({ id, weight, age })).max(100_000, 'at most 100,000 opinions')
  return {
    where,
    search: z.strictObject(fields).default({ limit: 30, where: {} }),
    recommend: z
      .strictObject({ ...fields, like: examples.optional(), unlike: examples.optional(), taste: taste.optional() })
      .refine(
        ({ like = [], taste }) => like.length > 0 || taste,
        'needs something that is liked: an example in `like`, or a taste. From dislikes alone nothing follows',
      )
      .refine(
        ({ like = [] }) => new Set(like.flatMap((one) => ('tags' in one ? one.tags : []))).size <= MOST_LIKED_TAGS,
        `takes at most ${MOST_LIKED_TAGS} liked tags`,
      ),
    history: z.strictObject({
      like: opinions,
      unlike: opinions.optional(),
      halfLife: number('must be a number above 0', (value) => value > 0).optional(),
    }),
  }
}

export type SearchSchemas = ReturnType<typeof searchSchemas>
