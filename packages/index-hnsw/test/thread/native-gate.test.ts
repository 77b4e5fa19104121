import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { NativeGate, shutAtExit } from '../../src/thread/native-gate.ts'

/** A thread that goes through a gate again and again, and counts how often it went in and how often it came out. */
const program = `
  const { workerData: { memory, counts } } = require('node:worker_threads')
  const [BUSY, SHUT] = [0, 1]
  const gate = new (${NativeGate.toString()})(memory)
  const count = new Int32Array(counts)
  for (;;) {
    gate.pass(() => {
      Atomics.add(count, 0, 1)
      for (let at = 0; at < 20000; at++) Math.sqrt(at)
      Atomics.add(count, 1, 1)
    })
  }`

it('is shut when nobody is inside, and lets nobody in any more', async () => {
  for (let round = 0; round < 20; round++) {
    const memory = NativeGate.memory()
    const counts = new SharedArrayBuffer(8)
    const count = new Int32Array(counts)
    const worker = new Worker(program, { eval: true, workerData: { memory, counts } })
    while (Atomics.load(count, 0) < 50) await new Promise((resolve) => setTimeout(resolve, 1))
    new NativeGate(memory).shut()
    const [went, came] = count
    expect(came).toBe(went)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect([...count]).toEqual([went, came])
    const ended = once(worker, 'exit')
    await worker.terminate()
    await ended
  }
}, 60_000)

it('lets calls through, gives back what they give, and is free again where one throws', () => {
  const memory = NativeGate.memory()
  const gate = new NativeGate(memory)
  const words = new Int32Array(memory)
  expect(gate.pass(() => [7, ...words])).toEqual([7, 1, 0])
  expect(() =>
    gate.pass(() => {
      throw new Error('failed')
    }),
  ).toThrow('failed')
  expect([...words]).toEqual([0, 0])
  gate.shut()
  expect([...words]).toEqual([0, 1])
})

it('is shut at the exit, with one listener for all gates and none for none', () => {
  const before = process.listenerCount('exit')
  const memories = Array.from({ length: 30 }, () => NativeGate.memory())
  const forgets = memories.map((memory) => shutAtExit(new NativeGate(memory)))
  expect(process.listenerCount('exit')).toBe(before + 1)
  forgets.pop()!()
  const listener = process.listeners('exit').at(-1) as () => void
  listener()
  expect(memories.map((memory) => new Int32Array(memory)[1])).toEqual([...Array(29).fill(1), 0])
  for (const forget of [...forgets, ...forgets]) forget()
  expect(process.listenerCount('exit')).toBe(before)
})
