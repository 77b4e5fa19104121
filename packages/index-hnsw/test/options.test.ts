import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'
import { describe, expect, it } from 'vitest'

const wrong: [unknown, string][] = [
  [{ dimensions: 0 }, 'dimensions'],
  [{ dimensions: 4097 }, '4097'],
  [{ dimensions: 1.5 }, '1.5'],
  [{}, 'dimensions'],
  [{ dimensions: 81, metric: 'manhattan' }, 'manhattan'],
  [{ dimensions: 81, m: 1 }, 'from 2 to 128 (received 1)'],
  [{ dimensions: 81, m: 129 }, '129'],
  [{ dimensions: 81, efConstruction: 3 }, 'from 4 to 4096 (received 3)'],
  [{ dimensions: 81, efConstruction: 4097 }, '4097'],
  [{ dimensions: 81, efSearch: 0 }, 'from 1 to 65536 (received 0)'],
  [{ dimensions: 81, efSearch: 65_537 }, '65537'],
  [{ dimensions: 81, efSearch: Number.NaN }, 'efSearch'],
  [{ dimensions: 81, links: 16 }, 'links'],
  [undefined, 'undefined'],
]

describe.each(wrong)('refuses the options %o', (options, named) => {
  const failure = expect.objectContaining({
    name: 'RecommenderError',
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(named),
  })
  it('to create', () => expect(createHnswIndex(options as never)).rejects.toEqual(failure))
  it('to open', () => expect(openHnswIndex('/nowhere', options as never)).rejects.toEqual(failure))
})

it.each([undefined, '', 7])('refuses to open or save %o', async (path) => {
  const failure = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('path') }
  await expect(openHnswIndex(path as never, { dimensions: 3 })).rejects.toMatchObject(failure)
  const index = await createHnswIndex({ dimensions: 3 })
  await expect(index.save(path as never)).rejects.toMatchObject(failure)
  await index.close()
})

it.each([
  { dimensions: 4096, m: 128, efConstruction: 4096, efSearch: 65_536 },
  { dimensions: 1, m: 2, efConstruction: 4, efSearch: 1 },
])('works with %o', async (options) => {
  const index = await createHnswIndex(options)
  const vector = new Float32Array(options.dimensions).fill(0.5)
  await index.write({ put: ['a', 'b', 'c'].map((id) => ({ id, vector, tags: [] })) })
  expect((await index.search({ vector, limit: 2 })).map(({ id }) => id)).toEqual(['a', 'b'])
  await index.close()
})

it('is by cosine unless asked otherwise, not exact, and of this process', async () => {
  const index = await createHnswIndex({ dimensions: 3 })
  expect([index.metric, index.dimensions, index.exact, index.shared]).toEqual(['cosine', 3, false, false])
  await index.close()
})
