import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Filling } from '../../src/index.ts'
import { formWith } from '../forms.ts'
import { createGate, gatedExtractor } from '../gate.ts'
import { picture } from '../pictures.ts'
import { type TestApp, type TestAppOptions, testApp } from '../test-app.ts'

const opened: TestApp[] = []
async function open(options?: TestAppOptions): Promise<TestApp> {
  const app = await testApp(options)
  opened.push(app)
  return app
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()))
})

describe('GET /v1/status', () => {
  it('says what there is and what is allowed', async () => {
    const test = await open({ limits: { uploadBytes: 12_345, batch: 7 }, notice: 'Demo: `npm start`' })
    await test.add({ dog: 0.9 })
    await test.add({})
    const response = await test.inject('/v1/status')
    expect(response.json()).toMatchObject({
      images: 2,
      notice: 'Demo: `npm start`',
      filling: null,
      limits: { uploadBytes: 12_345, batch: 7 },
      objects: 80,
    })
    expect((await (await open()).inject('/v1/status')).json()).toMatchObject({
      notice: null,
      limits: { uploadBytes: 32 * 1024 * 1024, batch: 100 },
    })
  })

  it('and /v1/ready say how far a folder is described', async () => {
    let filling: Filling | undefined = { done: 3, total: 10 }
    const test = await open({ filling: () => filling })
    expect((await test.inject('/v1/status')).json().filling).toEqual({ done: 3, total: 10 })
    const ready = await test.inject('/v1/ready')
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'filling' }])
    filling = undefined
    expect((await test.inject('/v1/status')).json().filling).toBeNull()
    expect((await test.inject('/v1/ready')).json()).toEqual({ status: 'ready' })
  })
})

describe('GET /v1/health and /v1/ready', () => {
  it('tell of a server that lives and of one that is stopping', async () => {
    const gate = createGate()
    const test = await open({ extractor: gatedExtractor(gate) })
    await test.app.listen({ host: '127.0.0.1', port: 0 })
    const url = `http://127.0.0.1:${(test.app.server.address() as AddressInfo).port}`
    const state = async (path: string): Promise<[number, unknown]> => {
      const response = await fetch(url + path)
      return [response.status, await response.json()]
    }
    expect(await state('/v1/health')).toEqual([200, { status: 'ok' }])
    expect(await state('/v1/ready')).toEqual([200, { status: 'ready' }])

    const { payload, headers } = await formWith(picture({ dog: 0.9 }))
    const upload = fetch(`${url}/v1/images`, { method: 'POST', body: new Uint8Array(payload), headers })
    await gate.reached
    const stopped = test.parts.stopping.stop(test.app)
    await expect.poll(() => state('/v1/ready')).toEqual([503, { status: 'stopping' }])
    expect(await state('/v1/health')).toEqual([200, { status: 'ok' }])
    const refusal = { error: { code: 'STOPPING', message: expect.any(String) } }
    expect(await state('/v1/status')).toEqual([503, refusal])
    gate.open()
    expect((await upload).status).toBe(201)
    await stopped
  })
})
