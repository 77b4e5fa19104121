import { describe, expect, it } from 'vitest'
import { createExactIndex } from '../../src/exact-index/index.ts'
import { similarityIndexContract } from '../../src/testing/index.ts'

describe('createExactIndex', () => {
  similarityIndexContract({ describe, it, create: async (shape) => createExactIndex(shape) })

  it.each([
    [{ dimensions: 0 }, 'dimensions'],
    [{ dimensions: 4097 }, '4097'],
    [{ dimensions: 81, metric: 'manhattan' }, 'manhattan'],
    [{ dimensions: 81, metrics: 'cosine' }, 'metrics'],
    [undefined, 'undefined'],
  ])('refuses the options %o', (options, named) => {
    expect(() => createExactIndex(options as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(named) }),
    )
  })

  it('is closed for good', async () => {
    const index = createExactIndex({ dimensions: 3 })
    await index.close()
    await index.close()
    await expect(index.search({ vector: Float32Array.of(1, 0, 0), limit: 1 })).rejects.toMatchObject({ code: 'CLOSED' })
  })
})
