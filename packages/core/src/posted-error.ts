import { type ErrorCode, RecommenderError } from './errors.ts'

/** A `RecommenderError` on its way from one thread to another: structured cloning keeps neither its class nor its code. */
export interface PostedError {
  readonly code: ErrorCode
  readonly message: string
  readonly cause: string | undefined
}

/**
 * An error as it can be posted to another thread.
 *
 * @param otherwise what an error is that has no code
 */
export function postedError(error: unknown, otherwise: (error: unknown) => RecommenderError): PostedError {
  const { code, message, cause } = RecommenderError.is(error) ? error : otherwise(error)
  return { code, message, cause: cause === undefined ? undefined : detail(cause) }
}

/** The error that was posted, with its code. Of its cause there is only what that says, and where it was thrown. */
export function receivedError({ code, message, cause }: PostedError): RecommenderError {
  return new RecommenderError(code, message, cause === undefined ? {} : { cause: new Error(cause) })
}

function detail(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
