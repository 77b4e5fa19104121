import { expect, it } from 'vitest'
import { Bell } from '../src/bell.ts'

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

it('wakes everybody who waits, and does not make those wait who missed a ring', async () => {
  const bell = new Bell()
  const { signal } = new AbortController()
  const heard = bell.rings
  const waiting = Promise.all([bell.wait(heard, 60_000, signal), bell.wait(heard, 60_000, signal)])
  bell.ring()
  await waiting
  await bell.wait(heard, 60_000, signal)
})

it('wakes after the time that was given, and when the signal aborts', async () => {
  const bell = new Bell()
  const stop = new AbortController()
  await bell.wait(bell.rings, 5, stop.signal)
  const waiting = bell.wait(bell.rings, 60_000, stop.signal)
  stop.abort()
  await waiting
  await bell.wait(bell.rings, 60_000, stop.signal)
})

it('keeps no process alive', () => {
  const before = timers()
  const stop = new AbortController()
  void new Bell().wait(0, 60_000, stop.signal)
  expect(timers()).toBe(before)
  stop.abort()
})
