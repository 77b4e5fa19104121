import { readdir } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from '@image-recommender/core/testing'
import { expect, it } from 'vitest'
import { formWith } from '../forms.ts'
import { picture, pictureExtractor } from '../pictures.ts'
import { testApp } from '../test-app.ts'

const ABORTS = 50
const EVENTUALLY = { timeout: 60_000, interval: 20 }

it(`of ${ABORTS} clients that go at random moments nothing stays`, { timeout: 180_000 }, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = seededRandom(seed)
  const real = pictureExtractor()
  let describing = 0
  const test = await testApp({
    limits: { uploads: 4 },
    extractor: {
      ...real,
      async extract(image, options) {
        describing += 1
        await new Promise((resolve) => setTimeout(resolve, 20 * random()))
        describing -= 1
        return real.extract(image, options)
      },
    },
  })
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = test.app.server.address() as AddressInfo
  const stored = await test.add({ dog: 0.9 })

  for (let at = 0; at < ABORTS; at++) {
    const { payload, headers } = await formWith(picture({ dog: 0.9 }, `${at}`))
    const path = ['/v1/images', '/v1/images/batch', '/v1/search', `/v1/images/${stored}/similar`][at % 4]!
    const isForm = path !== `/v1/images/${stored}/similar`
    const length = { 'content-length': payload.length }
    const request = http.request({
      port,
      path,
      method: isForm ? 'POST' : 'GET',
      headers: isForm ? { ...headers, ...length, accept: at % 8 === 1 ? 'text/event-stream' : '*/*' } : {},
    })
    request.on('error', () => {})
    request.on('response', (response) => response.on('error', () => {}).resume())
    const closed = new Promise((resolve) => request.once('close', resolve))
    // Some go amid their own request, some while it is worked on, some with the answer before them.
    if (isForm) request.write(payload.subarray(0, random() < 0.3 ? payload.length * random() : payload.length))
    else request.end()
    await new Promise((resolve) => setTimeout(resolve, 30 * random()))
    request.destroy()
    await closed
  }

  await expect.poll(() => describing, EVENTUALLY).toBe(0)
  const records = async () => {
    const ids: string[] = []
    for await (const { id } of test.recommender.records()) ids.push(id)
    return ids.sort()
  }
  // A file for each record and a record for each file: whatever was given up is gone as a whole.
  await expect
    .poll(async () => [await records(), (await readdir(test.uploads)).sort()], EVENTUALLY)
    .toSatisfy(([ids, files]) => JSON.stringify(ids) === JSON.stringify(files))
  // All turns are there again.
  const forms = await Promise.all(Array.from({ length: 4 }, (_, at) => formWith(picture({ cat: 0.9 }, `${at}`))))
  const again = await Promise.all(forms.map((form) => test.inject({ method: 'POST', url: '/v1/images', ...form })))
  expect(
    again.map(({ statusCode }) => statusCode),
    `seed ${seed}`,
  ).toEqual([201, 201, 201, 201])
  expect(test.reported, `seed ${seed}`).toEqual([])
  await test.close()
})
