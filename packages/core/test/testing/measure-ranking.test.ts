import { expect, it } from 'vitest'
import { measureRanking } from '../../src/testing/index.ts'

const rank = async () => ['a', 'b', 'c', 'd']

it('is 1 where what is relevant comes first, and worked out by hand where it does not', async () => {
  expect(await measureRanking(rank, [{ query: 'q', relevant: ['a', 'b'] }])).toEqual({
    queries: 1,
    ndcg: 1,
    reciprocalRank: 1,
    recall: 1,
  })
  const quality = await measureRanking(rank, [{ query: 'q', relevant: { b: 1, d: 3, x: 2 } }])
  expect(quality.ndcg).toBeCloseTo(
    (1 / Math.log2(3) + 3 / Math.log2(5)) / (3 + 2 / Math.log2(3) + 1 / Math.log2(4)),
    12,
  )
  expect(quality).toMatchObject({ reciprocalRank: 1 / 2, recall: 2 / 3 })
})

it('looks at so many places, and takes the mean of all queries', async () => {
  async function* judgements() {
    yield { query: 'q', relevant: ['c'] }
    yield { query: 'q', relevant: ['a', 'b', 'c'] }
  }
  expect(await measureRanking(rank, judgements(), { limit: 2 })).toEqual({
    queries: 2,
    ndcg: 0.5,
    reciprocalRank: 0.5,
    recall: 0.5,
  })
})

it.each([
  ['no judgement', []],
  ['nothing relevant', [{ query: 'q', relevant: [] }]],
  ['a gain of 0', [{ query: 'q', relevant: { a: 0 } }]],
  ['a gain of NaN', [{ query: 'q', relevant: { a: Number.NaN } }]],
])('refuses %s', async (_, judgements) => {
  await expect(measureRanking(rank, judgements)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
})
