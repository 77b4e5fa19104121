import { RecommenderError } from '@image-recommender/core'

/** The error with which a call is refused; it must be one of ours. */
export async function refusal(promise: Promise<unknown>): Promise<RecommenderError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!RecommenderError.is(error)) throw new Error(`expected a RecommenderError, got ${String(error)}`)
  return error
}
