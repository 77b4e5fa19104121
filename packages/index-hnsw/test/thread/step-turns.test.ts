import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { StepTurns } from '../../src/thread/step-turns.ts'

// Every look at the clock finds that a slice's time is over: work pauses wherever it can.
beforeEach(() => {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000
    return now
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const order: string[] = []
beforeEach(() => {
  order.length = 0
})

function* steps(name: string, count: number): Generator<void, string> {
  for (let at = 0; at < count; at++) {
    order.push(`${name}${at}`)
    yield
  }
  return name
}

function* writeSteps(name: string, count: number): Generator<void, void> {
  yield* steps(name, count)
}

it('runs writes one after the other, whole', async () => {
  const turns = new StepTurns()
  await Promise.all([turns.write(writeSteps('a', 3)), turns.write(writeSteps('b', 2))])
  expect(order).toEqual(['a0', 'a1', 'a2', 'b0', 'b1'])
})

it('goes on with the next write where one fails', async () => {
  const turns = new StepTurns()
  const failing = turns.write(
    (function* () {
      yield
      throw new Error('failed')
    })(),
  )
  const next = turns.write(writeSteps('b', 1))
  await expect(failing).rejects.toThrow('failed')
  await next
  expect(order).toEqual(['b0'])
})

it('lets searches have their turn between the slices of a write, and messages too', async () => {
  const turns = new StepTurns()
  let messages = 0
  const writing = turns.write(writeSteps('w', 6))
  setImmediate(() => messages++)
  await turns.write(writeSteps('', 0)).then(() => order.push('end'))
  await writing
  expect(messages).toBe(1)
  const reading = turns.read(() => steps('r', 1))
  expect(await reading).toBe('r')
})

it('lets nothing be written between the steps of a search', async () => {
  const turns = new StepTurns()
  const reading = turns.read(() => steps('r', 5))
  const writing = turns.write(writeSteps('w', 3))
  expect(await reading).toBe('r')
  await writing
  expect(order).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'w0', 'w1', 'w2'])
})

it('lets a waiting write go before a search that comes while another one pauses, which begins anew', async () => {
  const turns = new StepTurns()
  const first = turns.read(() => steps('a', 4))
  const writing = turns.write(writeSteps('w', 2))
  await new Promise((resolve) => setImmediate(resolve))
  const second = turns.read(() => steps('b', 3))
  await Promise.all([first, writing, second])
  expect(order.indexOf('w0')).toBeLessThan(order.indexOf('b1'))
  expect(order.filter((step) => step === 'b0')).toHaveLength(2)
  const between = order.slice(order.lastIndexOf('b0'), order.indexOf('b2'))
  expect(between.every((step) => step.startsWith('b'))).toBe(true)
})

it('is free for writes again where a search fails', async () => {
  const turns = new StepTurns()
  const failing = turns.read(function* (): Generator<void, never> {
    yield
    throw new Error('failed')
  })
  await expect(failing).rejects.toThrow('failed')
  await turns.write(writeSteps('w', 1))
  expect(order).toEqual(['w0'])
})

it('lets nothing be written during a task that has its turn', async () => {
  const turns = new StepTurns()
  const task = turns.alone(async () => {
    for (let at = 0; at < 3; at++) await new Promise((resolve) => setImmediate(resolve))
    order.push('task')
  })
  await Promise.all([task, turns.write(writeSteps('w', 1)), turns.read(() => steps('r', 1))])
  expect(order).toEqual(['r0', 'task', 'w0'])
})
