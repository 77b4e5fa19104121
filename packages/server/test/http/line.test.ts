import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LightMyRequestResponse } from 'fastify'
import { afterEach, expect, it, vi } from 'vitest'
import type { Limits } from '../../src/index.ts'
import { createGate, type Gate } from '../gate.ts'
import { type TestApp, testApp } from '../test-app.ts'

interface Line extends TestApp {
  /** Before which the searches wait that have begun. */
  readonly gate: Gate
  /** The images that were searched by, in the order in which that was begun. */
  readonly begun: readonly string[]
  /** Has the searches stand in line, one behind the other. @returns their answers, once the gate is open */
  search(...ids: string[]): Promise<Promise<LightMyRequestResponse>[]>
}

async function line(limits: Partial<Limits>): Promise<Line> {
  const gate = createGate()
  const begun: string[] = []
  const test = await testApp({
    limits: { searchesAtOnce: 1, ...limits },
    recommender: () => ({
      async similarTo(id) {
        begun.push(id)
        await gate.pass()
        return { items: [], objects: [], nextCursor: undefined, nothingRecognised: true }
      },
    }),
  })
  const search = async (...ids: string[]) => {
    const answers = ids.map((id) => test.inject(`/v1/images/${id}/similar`))
    // What comes behind them is answered: so they are there.
    expect((await test.inject('/v1/health')).statusCode).toBe(200)
    return answers
  }
  return { ...test, gate, begun, search }
}

async function statusesOf(answers: readonly Promise<LightMyRequestResponse>[]): Promise<number[]> {
  return (await Promise.all(answers)).map(({ statusCode }) => statusCode)
}

afterEach(() => {
  vi.useRealTimers()
})

it('lets few wait, and serves them in the order in which they came', async () => {
  const test = await line({})
  const ids = Array.from({ length: 16 }, (_, nth) => `${nth}`)
  const answers = await test.search(...ids)
  await test.gate.reached
  expect(test.begun).toEqual(['0'])
  test.gate.open()
  expect(await statusesOf(answers)).toEqual(ids.map(() => 200))
  expect(test.begun).toEqual(ids)
  await test.close()
})

it('works on so many at once', async () => {
  const test = await line({ searchesAtOnce: 3 })
  const answers = await test.search('0', '1', '2', '3', '4')
  await expect.poll(() => test.begun).toEqual(['0', '1', '2'])
  test.gate.open()
  expect(await statusesOf(answers)).toEqual([200, 200, 200, 200, 200])
  await test.close()
})

it('serves the last first where many wait', async () => {
  const test = await line({})
  const first = await test.search('first')
  await test.gate.reached
  const answers = await test.search(...Array.from({ length: 18 }, (_, nth) => `${nth}`))
  test.gate.open()
  expect(new Set(await statusesOf([...first, ...answers]))).toEqual(new Set([200]))
  expect(test.begun.slice(0, 5)).toEqual(['first', '17', '16', '0', '1'])
  await test.close()
})

it('refuses who came first where more come than may wait', async () => {
  const test = await line({ searches: 3 })
  const first = await test.search('first')
  await test.gate.reached
  const answers = await test.search('0', '1', '2', '3')
  const refused = await answers[0]!
  expect(refused.statusCode).toBe(503)
  expect(refused.headers['retry-after']).toBe('2')
  expect(refused.json().error.code).toBe('OVERLOADED')
  test.gate.open()
  expect(await statusesOf([...first, ...answers])).toEqual([200, 503, 503, 200, 200])
  expect(test.begun).toEqual(['first', '2', '3'])
  await test.close()
})

it('refuses who has waited too long, but not who is next', async () => {
  const test = await line({ searchWait: 0 })
  const first = await test.search('first')
  await test.gate.reached
  const answers = await test.search('0', '1', '2')
  test.gate.open()
  expect(await statusesOf([...first, ...answers])).toEqual([200, 200, 503, 503])
  expect(test.begun).toEqual(['first', '0'])
  await test.close()
})

it('has a tenth of the patience where many have waited for long', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const test = await line({ searchWait: 1000 })
  const first = await test.search('first')
  await test.gate.reached
  const before = await test.search(...Array.from({ length: 18 }, (_, nth) => `${nth}`))
  vi.advanceTimersByTime(950)
  const between = await test.search('a', 'b')
  vi.advanceTimersByTime(101)
  const last = await test.search('c', 'd')
  test.gate.open()
  expect(await statusesOf([...first, ...between, ...last])).toEqual([200, 503, 503, 200, 200])
  expect(new Set(await statusesOf(before))).toEqual(new Set([503]))
  await test.close()
})

it('forgets who goes while it waits', async () => {
  const test = await line({})
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  const first = await test.search('first')
  await test.gate.reached
  const { port } = test.app.server.address() as AddressInfo
  const goes = get({ port, path: '/v1/images/gone/similar' })
  goes.on('error', () => {})
  await new Promise<void>((resolve) => test.app.server.once('request', () => resolve()))
  const closed = new Promise<void>((resolve) => goes.once('close', resolve))
  goes.destroy()
  await closed
  await expect.poll(() => connections(test)).toBe(0)
  const answers = await test.search('last')
  test.gate.open()
  expect(await statusesOf([...first, ...answers])).toEqual([200, 200])
  expect(test.begun).toEqual(['first', 'last'])
  expect(test.reported).toEqual([])
  await test.close()
})

function connections({ app }: TestApp): Promise<number> {
  return new Promise((resolve) => app.server.getConnections((_error, count) => resolve(count)))
}
