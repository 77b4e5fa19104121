import { expect, it } from 'vitest'
import { formWith } from '../forms.ts'
import { createGate, gatedExtractor } from '../gate.ts'
import { picture } from '../pictures.ts'
import { testApp } from '../test-app.ts'

it('turns away what is too much at once, says when to come again, and then takes it', async () => {
  const gate = createGate()
  const test = await testApp({ extractor: gatedExtractor(gate), limits: { uploads: 3 } })
  const form = await formWith(picture({ dog: 0.9 }))
  const add = (url = '/v1/images') => test.inject({ method: 'POST', url, ...form })
  const taken = [add(), add('/v1/images/batch'), add('/v1/search')]
  await gate.reached
  for (const url of ['/v1/images', '/v1/images/batch', '/v1/search']) {
    const refused = await add(url)
    expect(refused.statusCode).toBe(503)
    expect(refused.headers['retry-after']).toBe('2')
    expect(refused.json().error.code).toBe('OVERLOADED')
  }
  expect((await test.inject('/v1/status')).statusCode).toBe(200)
  gate.open()
  expect((await Promise.all(taken)).map(({ statusCode }) => statusCode)).toEqual([201, 200, 200])
  expect((await add()).statusCode).toBe(201)
  await test.close()
})

it('turns away what is too much to search at once, by any route', async () => {
  const gate = createGate()
  let begun = 0
  const test = await testApp({
    limits: { searches: 2 },
    recommender: (real) => ({
      async similarTo(...given) {
        begun += 1
        await gate.pass()
        return real.similarTo(...given)
      },
    }),
  })
  const id = await test.add({ dog: 0.9 })
  const similar = () => test.inject(`/v1/images/${id}/similar`)
  const taken = [similar(), similar()]
  // They begin one after the other.
  await expect.poll(() => begun).toBe(2)
  for (const refused of [await similar(), await test.inject('/v1/objects')]) {
    expect(refused.statusCode).toBe(503)
    expect(refused.headers['retry-after']).toBe('2')
    expect(refused.json().error.code).toBe('OVERLOADED')
  }
  gate.open()
  expect((await Promise.all(taken)).map(({ statusCode }) => statusCode)).toEqual([200, 200])
  expect((await similar()).statusCode).toBe(200)
  await test.close()
})
