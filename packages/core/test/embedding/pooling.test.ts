import { describe, expect, it } from 'vitest'
import type { EmbeddingOutput } from '../../src/embedding/embedding-contract.ts'
import { dimsOf, pooled, unit } from '../../src/embedding/pooling.ts'

const output = (pooling: EmbeddingOutput['pooling'], skippedTokens?: number): EmbeddingOutput => ({
  name: 'features',
  dimensions: 2,
  pooling,
  ...(skippedTokens !== undefined && { skippedTokens }),
})
const given = (dims: number[], ...data: number[]) => ({ data: Float32Array.from(data), dims })

describe('pooled', () => {
  const tokens = given([1, 4, 2], 1, 10, 2, 20, 4, 40, 8, 80)

  it.each<[string, EmbeddingOutput, ReturnType<typeof given>, number[]]>([
    ['a vector as it is', output('none'), given([1, 2], 3, -4), [3, -4]],
    ['the class token', output('class-token'), tokens, [1, 10]],
    ['the mean of all tokens', output('mean-of-tokens'), tokens, [3.75, 37.5]],
    ['the mean of tokens but the first', output('mean-of-tokens', 1), tokens, [14 / 3, 140 / 3]],
    ['the last token alone', output('mean-of-tokens', 3), tokens, [8, 80]],
    ['the mean of a map, channel by channel', output('mean-of-map'), given([1, 2, 1, 3], 1, 2, 6, -1, 0, 4), [3, 1]],
  ])('%s', (_, output, values, expected) => {
    expect(dimsOf(output)).toHaveLength(values.dims.length)
    expect(pooled(values, output)).toEqual(Float32Array.from(expected))
  })

  it('adds up in float64: many small values beside a large one are not lost', () => {
    const places = 1 + 2 ** 20
    const data = new Float32Array(places).fill(2 ** -10)
    data[0] = 2 ** 24
    const one = { ...output('mean-of-map'), dimensions: 1 }
    expect(pooled({ data, dims: [1, 1, 1, places] }, one)[0]).toBe(Math.fround((2 ** 24 + 2 ** 10) / places))
  })

  it.each<[string, EmbeddingOutput, ReturnType<typeof given>, RegExp]>([
    ['no tokens', output('class-token'), given([1, 0, 2]), /has 0 tokens/],
    ['no tokens left', output('mean-of-tokens', 4), tokens, /has 4 tokens, of which 4 are no part/],
    ['an empty map', output('mean-of-map'), given([1, 2, 0, 3]), /shape \[1,2,0,3\], in which there is nothing/],
  ])('refuses %s', (_, output, values, message) => {
    expect(() => pooled(values, output)).toThrow(
      expect.objectContaining({ code: 'EXTRACTOR_FAILED', message: expect.stringMatching(message) }),
    )
  })

  it('is a copy: the memory of the output may be used again', () => {
    const values = given([1, 2], 1, 2)
    const vector = pooled(values, output('none'))
    values.data.fill(0)
    expect(vector).toEqual(Float32Array.of(1, 2))
  })
})

describe('unit', () => {
  it.each([
    [
      [3, 4],
      [0.6, 0.8],
    ],
    [
      [-1e-30, 0],
      [-1, 0],
    ],
    [
      [3e20, -4e20],
      [0.6, -0.8],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ])('of %j is %j', (vector, expected) => {
    expect(unit(Float32Array.from(vector))).toEqual(Float32Array.from(expected))
  })
})
