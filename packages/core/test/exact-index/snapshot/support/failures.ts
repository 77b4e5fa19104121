import { expect } from 'vitest'
import { RecommenderError } from '../../../../src/errors.ts'

/** What a promise was rejected with; `undefined` where it was not. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/**
 * An `INDEX_FAILED` that names path and reason. The reason must have been seen, not stumbled over: a TypeError amid
 * damaged bytes would mean that nobody had checked them.
 */
export function expectIndexFailed(error: unknown, path: string, reason: RegExp = /./, what = ''): void {
  expect(error, what).toBeInstanceOf(RecommenderError)
  const { code, message, cause } = error as RecommenderError
  expect(code, what).toBe('INDEX_FAILED')
  expect(message, what).toContain(path)
  expect(cause, what).toBeInstanceOf(Error)
  expect((cause as Error).constructor, `${what}: ${(cause as Error).stack}`).toBe(Error)
  expect(message, what).toContain((cause as Error).message)
  expect(message, what).toMatch(reason)
}
