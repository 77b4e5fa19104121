import fc from 'fast-check'
import { expect } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import {
  createMemoryStore,
  createRecommender,
  type Extraction,
  type FeatureExtractor,
  type ImageRecord,
  type Metric,
} from '../../src/index.ts'
import { sampleRecord } from '../../src/testing/index.ts'
import { ModelIndex } from '../exact-index/support/model-index.ts'
import { expectSame } from '../exact-index/support/same-matches.ts'

export const DIMENSIONS = 6
export const space = {
  id: 'dense',
  axes: Array.from({ length: DIMENSIONS }, (_, axis) => `axis ${axis}`),
  threshold: null,
}

const LEAST = 2 ** -149
const GREATEST = 2 ** 127 * (2 - 2 ** -23)
const value = fc.oneof(
  { weight: 12, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 8, arbitrary: fc.constantFrom(0, 1, -0, LEAST, -LEAST, 2 ** -126, 1e-40, GREATEST, -GREATEST) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.5e38) },
)
const values = fc.oneof(
  { weight: 12, arbitrary: fc.array(value, { minLength: DIMENSIONS, maxLength: DIMENSIONS }) },
  { weight: 1, arbitrary: fc.array(value, { maxLength: 2 * DIMENSIONS }) },
)
const hostile = fc.oneof(
  { weight: 12, arbitrary: values.map((given): unknown => Float32Array.from(given)) },
  { weight: 1, arbitrary: values },
  { weight: 1, arbitrary: values.map((given) => Float64Array.from(given)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, undefined, '', {}, { length: DIMENSIONS }, new DataView(new ArrayBuffer(24))),
  },
)

export function isVector(given: unknown): given is Float32Array {
  return given instanceof Float32Array && given.length === DIMENSIONS && given.every(Number.isFinite)
}

export function hostileVectors(count: number, seed: number): unknown[] {
  return fc.sample(hostile, { seed, numRuns: count })
}

/** Describes an image by the vector of that number. */
function extractorOf(vectors: readonly unknown[]): FeatureExtractor {
  return {
    space,
    async extract(image) {
      const vector = vectors[new DataView(image.buffer).getUint32(0)] as Float32Array
      return { objects: [], vector, width: 1, height: 1, appearance: null } satisfies Extraction
    },
    async close() {},
  }
}

function image(number: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(number).buffer).reverse()
}

export const record = (id: string, vector: unknown, more: Partial<ImageRecord> = {}): ImageRecord =>
  sampleRecord(id, { spaceId: space.id, objects: [], vector: vector as Float32Array, ...more })

/** Of so many, by `add`, `put` and `similarToImage`: what is a vector is kept and found, what is none is refused and nowhere to be seen. */
export async function expectKeptOrRefused(metric: Metric, count: number): Promise<void> {
  const vectors = hostileVectors(count, 1)
  const good = vectors.filter(isVector)
  expect(good.length).toBeGreaterThan(count / 4)
  expect(good.length).toBeLessThan((3 * count) / 4)
  const [store, index, model] = [
    createMemoryStore(),
    createExactIndex({ dimensions: DIMENSIONS, metric }),
    new ModelIndex(DIMENSIONS, metric),
  ]
  await using recommender = await createRecommender({ extractor: extractorOf(vectors), store, index })
  const ways: ((number: number) => Promise<unknown>)[] = [
    (number) => recommender.add({ id: `${number}`, image: image(number) }),
    (number) => recommender.put([record(`${number}`, vectors[number])]),
  ]
  for (const [number, vector] of vectors.entries()) {
    const outcome = await ways[number % 2]!(number).catch((error) => error)
    if (!isVector(vector)) {
      const code = /EXTRACTOR_FAILED|INVALID_ARGUMENT|SPACE_MISMATCH/
      expect(outcome, String(vector)).toMatchObject({ code: expect.stringMatching(code) })
    } else {
      expect(outcome, String(vector)).not.toBeInstanceOf(Error)
      // Nothing recognised, nothing indexed.
      if (vector.some((value) => value !== 0)) model.put([{ id: `${number}`, vector, tags: [] }])
    }
  }
  expect(await store.count()).toBe(good.length)
  expect((await index.counts()).total).toBe(model.entries.size)
  for (const vector of good.slice(0, 40)) {
    const request = { vector, limit: 50 }
    const found = await index.search(request)
    expectSame(found, model.search(request))
    expect(found.every(({ distance }) => Number.isFinite(distance))).toBe(true)
  }
  for (let number = 0; number < count; number += 50) {
    const page = await recommender.similarToImage(image(number)).catch((error) => error)
    if (!isVector(vectors[number])) expect(page).toMatchObject({ code: 'EXTRACTOR_FAILED' })
    else for (const { score, distance } of page.items) expect([score, distance].every(Number.isFinite)).toBe(true)
  }
}
