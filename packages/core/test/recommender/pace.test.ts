import { expect, it } from 'vitest'
import { Pace } from '../../src/recommender/ingest/pace.ts'

it('is unknown before there are two steps, at different times', () => {
  const pace = new Pace()
  expect(pace.rate).toBeUndefined()
  pace.step(1000)
  expect(pace.rate).toBeUndefined()
  pace.step(1000)
  expect(pace.rate).toBeUndefined()
  pace.step(1500)
  expect(pace.rate).toBe(4)
})

it('is that of the last 64 steps, so that it follows a change', () => {
  const pace = new Pace()
  for (let step = 1; step <= 1000; step++) pace.step(step)
  expect(pace.rate).toBe(1000)
  for (let step = 1; step <= 64; step++) pace.step(1000 + 200 * step)
  expect(pace.rate).toBe(5)
})
