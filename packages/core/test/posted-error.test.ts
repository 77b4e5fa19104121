import { expect, it } from 'vitest'
import { RecommenderError } from '../src/errors.ts'
import { postedError, receivedError } from '../src/posted-error.ts'

const otherwise = (cause: unknown) => new RecommenderError('INDEX_FAILED', 'It failed.', { cause })

it('an error keeps its code, its message and what caused it on the way', () => {
  const error = new RecommenderError('CLOSED', 'It has been closed.', { cause: new Error('the reason') })
  const arrived = receivedError(structuredClone(postedError(error, otherwise)))
  expect(arrived).toMatchObject({ name: 'RecommenderError', code: 'CLOSED', message: 'It has been closed.' })
  expect(arrived.cause).toMatchObject({ message: expect.stringContaining('the reason') })
})

it('what is thrown without a code gets one', () => {
  const arrived = receivedError(structuredClone(postedError(new TypeError('not a thing'), otherwise)))
  expect(arrived).toMatchObject({ code: 'INDEX_FAILED', message: 'It failed.' })
  expect(arrived.cause).toMatchObject({ message: expect.stringContaining('not a thing') })
})
