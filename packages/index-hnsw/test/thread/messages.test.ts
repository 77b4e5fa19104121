import { RecommenderError } from '@image-recommender/core'
import { expect, it } from 'vitest'
import { posted, received } from '../../src/thread/messages.ts'

it('an error keeps its code, its message and what caused it on the way', () => {
  const error = new RecommenderError('CLOSED', 'It has been closed.', { cause: new Error('the reason') })
  const arrived = received(structuredClone(posted(error)))
  expect(arrived).toMatchObject({ name: 'RecommenderError', code: 'CLOSED', message: 'It has been closed.' })
  expect(arrived.cause).toMatchObject({ message: 'the reason' })
})

it('what is thrown without a code is an INDEX_FAILED', () => {
  expect(received(structuredClone(posted(new TypeError('not a thing'))))).toMatchObject({
    code: 'INDEX_FAILED',
    message: 'not a thing',
  })
})
