/** What would mislead native code for ever, or crash it, is refused before anything is sent there. */
import { describe, expect, it, vi } from 'vitest'
import { type HnswIndex, HnswIndexInThread } from '../src/hnsw-index.ts'
import { indexHere } from './support/index-here.ts'

const good = { id: 'good', vector: Float32Array.of(1, 2, 3), tags: [] }
const vectors: [string, unknown, string][] = [
  ['NaN', Float32Array.of(1, Number.NaN, 3), 'NaN on axis 1'],
  ['infinity', Float32Array.of(1, 2, Number.POSITIVE_INFINITY), 'Infinity on axis 2'],
  ['minus infinity', Float32Array.of(Number.NEGATIVE_INFINITY, 2, 3), '-Infinity on axis 0'],
  ['too few values', Float32Array.of(1, 2), 'received 2 values'],
  ['too many values', Float32Array.of(1, 2, 3, 4), 'received 4 values'],
  ['no values', new Float32Array(0), 'received 0 values'],
  ['a plain array', [1, 2, 3], 'an array of 3'],
  ['float64 values', Float64Array.of(1, 2, 3), 'Float64Array'],
  ['nothing', undefined, 'undefined'],
]

async function withIndex(test: (index: HnswIndex) => Promise<void>): Promise<void> {
  await test(indexHere({ dimensions: 3, metric: 'cosine' }))
}

describe.each(vectors)('a vector with %s', (_, vector, said) => {
  const failure = { name: 'RecommenderError', code: 'INVALID_ARGUMENT', message: expect.stringContaining(said) }

  it('is not put, nor is anything else of its call', () =>
    withIndex(async (index) => {
      const bad = { id: 'bad', vector: vector as Float32Array, tags: [] }
      await expect(index.write({ put: [good, bad] }, { from: undefined, to: 'p:1' })).rejects.toMatchObject(failure)
      await expect(index.write({ put: [good, bad] })).rejects.toThrow('image "bad"')
      expect([(await index.counts()).total, await index.position()]).toEqual([0, undefined])
    }))

  it('is not searched for, nor is recall measured with it', () =>
    withIndex(async (index) => {
      await index.write({ put: [good] })
      await expect(index.search({ vector: vector as Float32Array, limit: 1 })).rejects.toMatchObject(failure)
      const sample = [good.vector, vector as Float32Array]
      await expect(index.measureRecall(sample)).rejects.toMatchObject({
        ...failure,
        message: expect.stringContaining('Vector 1'),
      })
    }))
})

it.each([0, -1, 1.5, Number.NaN, '3', undefined])('a limit of %s is refused', (limit) =>
  withIndex(async (index) => {
    const failure = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('limit') }
    await expect(index.search({ vector: good.vector, limit: limit as number })).rejects.toMatchObject(failure)
    if (limit !== undefined) await expect(index.measureRecall(3, limit as number)).rejects.toMatchObject(failure)
    const sample = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('sample') }
    await expect(index.measureRecall(limit as number)).rejects.toMatchObject(sample)
  }),
)

it('is refused where the last of very many is bad, and others have their turn while they are looked through', async () => {
  const call = vi.fn()
  const index = new HnswIndexInThread({ call, end: async () => {} }, shapeOf(3))
  const many = Array.from({ length: 20_000 }, (_, at) => ({ ...good, id: String(at) }))
  let turns = 0
  const counting = setInterval(() => turns++)
  const bad = { ...good, vector: Float32Array.of(1, 2, Number.NaN) }
  await expect(index.write({ put: [...many, bad] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  clearInterval(counting)
  expect(call).not.toHaveBeenCalled()
  expect(turns).toBeGreaterThan(0)
})

it('does not keep what a caller changes after the call', () =>
  withIndex(async (index) => {
    const mine = good.vector.slice()
    const put = index.write({ put: [{ ...good, vector: mine }] })
    await put
    mine[0] = Number.NaN
    const [match] = await index.search({ vector: good.vector, limit: 1 })
    expect(match).toMatchObject({ distance: 0, vector: good.vector })
  }))

it('of a view, sends its own values and no others', () =>
  withIndex(async (index) => {
    const memory = Float32Array.of(9, 9, 1, 2, 3, 9)
    const view = memory.subarray(2, 5)
    await index.write({ put: [{ ...good, vector: view }] })
    expect((await index.search({ vector: view, limit: 1 }))[0]).toMatchObject({ distance: 0, vector: good.vector })
    expect(await index.measureRecall([view])).toBe(1)
  }))

function shapeOf(dimensions: number) {
  return { dimensions, metric: 'cosine', m: 16, efConstruction: 200, efSearch: 200 } as const
}
