import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWhenSeen } from '../../src/http/when-seen.ts'

// Time stands still unless it is told to go on.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

it.each(['connection', 'request'])('waits as long as each turn of the event loop brings a %s', async (event) => {
  const server = new EventEmitter()
  const call = vi.fn()
  createWhenSeen(server)(call)
  vi.advanceTimersByTime(5)
  for (let nth = 0; nth < 10; nth++) {
    server.emit(event)
    await turn()
  }
  expect(call).not.toHaveBeenCalled()
  await turn()
  await turn()
  expect(call).toHaveBeenCalledOnce()
})

it('waits for no longer than the turn took in which it was asked', async () => {
  const server = new EventEmitter()
  const call = vi.fn()
  createWhenSeen(server)(call)
  vi.advanceTimersByTime(5)
  const arrive = async (after: number) => {
    vi.advanceTimersByTime(after)
    server.emit('connection')
    await turn()
  }
  await arrive(0)
  await arrive(4)
  expect(call).not.toHaveBeenCalled()
  await arrive(1)
  expect(call).toHaveBeenCalledOnce()
})
