import { RecommenderError } from '@image-recommender/core'

/** What a store would call `STORE_FAILED` is `INDEX_FAILED` in an index. */
export async function asIndexFailure<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!RecommenderError.is(error) || error.code !== 'STORE_FAILED') throw error
    throw new RecommenderError('INDEX_FAILED', error.message, { cause: error.cause })
  }
}
