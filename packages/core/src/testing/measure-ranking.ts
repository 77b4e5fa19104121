import { RecommenderError } from '../errors.ts'

/** What should be found for a query. */
export interface Judgement {
  /** The id of an image, or whatever `rank` understands. */
  readonly query: string
  /** Ids that are relevant, such as those that people went on to from there: all alike, or each with its gain, above 0. */
  readonly relevant: readonly string[] | Readonly<Record<string, number>>
}

export interface RankingQuality {
  /** How many judgements there were. */
  readonly queries: number
  /**
   * Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), linear gain, the mean over the queries: 1 where what is relevant
   * comes first, the most relevant before the less.
   */
  readonly ndcg: number
  /** 1 where the first one is relevant, 1/2 where the second is, 0 where none is; the mean. */
  readonly reciprocalRank: number
  /** Which share of what is relevant was found, of as many as could be; the mean. */
  readonly recall: number
}

export interface MeasureRankingOptions {
  /** How many places are looked at; 30 by default. */
  readonly limit?: number | undefined
}

/**
 * How good a ranking is on a collection of one's own, by what people chose there. Compare two settings on the same judgements, and
 * choose on other judgements than those you report.
 *
 *     await measureRanking(async (id, limit) => (await recommender.similarTo(id, { limit })).items.map(({ id }) => id), clicks)
 *
 * @throws RecommenderError `INVALID_ARGUMENT` where a judgement has nothing relevant, or a gain that is not above 0, or there is no judgement
 */
export async function measureRanking(
  rank: (query: string, limit: number) => Promise<readonly string[]>,
  judgements: Iterable<Judgement> | AsyncIterable<Judgement>,
  { limit = 30 }: MeasureRankingOptions = {},
): Promise<RankingQuality> {
  let queries = 0
  let [ndcg, reciprocalRank, recall] = [0, 0, 0]
  for await (const { query, relevant } of judgements) {
    const gains = gainsOf(query, relevant)
    const ranked = (await rank(query, limit)).slice(0, limit)
    const gained = ranked.map((id) => gains.get(id) ?? 0)
    const best = [...gains.values()].sort((a, b) => b - a).slice(0, limit)
    queries++
    ndcg += discounted(gained) / discounted(best)
    const first = gained.findIndex((gain) => gain > 0)
    reciprocalRank += first < 0 ? 0 : 1 / (first + 1)
    recall += gained.filter((gain) => gain > 0).length / best.length
  }
  if (queries === 0) throw new RecommenderError('INVALID_ARGUMENT', 'measureRanking: there is no judgement to go by.')
  return { queries, ndcg: ndcg / queries, reciprocalRank: reciprocalRank / queries, recall: recall / queries }
}

function gainsOf(query: string, relevant: Judgement['relevant']): Map<string, number> {
  const gains = new Map(
    Array.isArray(relevant) ? relevant.map((id: string) => [id, 1] as const) : Object.entries(relevant),
  )
  const isRight = gains.size > 0 && [...gains.values()].every((gain) => gain > 0 && Number.isFinite(gain))
  if (isRight) return gains
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `measureRanking: the judgement of ${JSON.stringify(query)} needs something relevant, with gains above 0.`,
  )
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, at) => sum + gain / Math.log2(at + 2), 0)
}
