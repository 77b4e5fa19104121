import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { ExtractionQueue, type QueueLimits } from '../../src/onnx-extractor/thread/extraction-queue.ts'
import { ExtractionThread } from '../../src/onnx-extractor/thread/extraction-thread.ts'
import type { ThreadSetup } from '../../src/onnx-extractor/thread/thread-messages.ts'

const ENTRY = new URL('fake-worker.js', import.meta.url)
const AT_ONCE = 0
const LATER = 1
const EXIT = 2
const THROW = 3
const REFUSE = 4
const NEVER = 5
const NEVER_BY_THE_FIRST = 6

const image = (order: number, mark = 0) => Uint8Array.of(order, mark)
const code = (expected: string) => expect.objectContaining({ code: expected })

let queues: ExtractionQueue[] = []
afterEach(async () => {
  await Promise.all(queues.map((queue) => queue.close()))
  queues = []
})

const ONE: QueueLimits = { workers: 1, maxWaiting: 100 }

/** @param paths of the models of the threads that come after the first; the last one stays */
async function createQueue(limits: Partial<QueueLimits> = {}, ...paths: string[]) {
  const started: ExtractionThread[] = []
  const start = () => {
    const path = (started.length === 0 ? undefined : paths.length > 1 ? paths.shift() : paths[0]) ?? 'fine'
    const setup = { model: { path }, name: started.length } as unknown as ThreadSetup
    const thread = new ExtractionThread(ENTRY, setup)
    started.push(thread)
    return thread
  }
  const first = start()
  expect(await first.ready).toBe('abc')
  const queue = new ExtractionQueue(start, first, { ...ONE, ...limits })
  queues.push(queue)
  return { queue, started }
}

describe('order', () => {
  it('answers each image with its own result, first come first served', async () => {
    const { queue } = await createQueue()
    const order: number[] = []
    const calls = [LATER, AT_ONCE, AT_ONCE, LATER, AT_ONCE].map(async (what, mark) => {
      const { width } = await queue.add(image(what, mark), undefined)
      order.push(mark)
      return width
    })
    expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4])
    // Three are under way at once: what needs no time overtakes what it shares the thread with.
    expect(order).toEqual([1, 2, 4, 0, 3])
  })

  it('rejects what the thread refuses, with code, message and cause, and goes on', async () => {
    const { queue, started } = await createQueue()
    const refused = queue.add(image(REFUSE), undefined)
    await expect(refused).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE', message: 'no', cause: { message: 'why' } })
    await queue.add(image(AT_ONCE), undefined)
    expect(started).toHaveLength(1)
  })
})

describe('abort', () => {
  it('takes a waiting image out of the queue, and the rest goes on', async () => {
    const { queue } = await createQueue()
    const controller = new AbortController()
    const before = [LATER, LATER, LATER].map((what) => queue.add(image(what), undefined))
    // If it were handed to the thread, the thread would die.
    const deadly = queue.add(image(EXIT), controller.signal)
    const after = queue.add(image(AT_ONCE, 9), undefined)
    controller.abort(new Error('enough'))
    await expect(deadly).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } })
    expect((await after).width).toBe(9)
    await Promise.all(before)
  })

  it('rejects one that is under way at once, and drops its late result', async () => {
    const { queue } = await createQueue()
    const controller = new AbortController()
    const running = queue.add(image(LATER), controller.signal)
    const neighbour = queue.add(image(LATER, 3), undefined)
    controller.abort()
    // Both take as long; only the aborted one does not wait for it.
    expect(await Promise.race([running.catch(() => 'aborted'), neighbour])).toBe('aborted')
    await expect(running).rejects.toThrow(code('ABORTED'))
    expect((await neighbour).width).toBe(3)
  })

  it('tells the thread, so that what it has not begun makes room for others', async () => {
    const { queue, started } = await createQueue()
    const controller = new AbortController()
    const never = [NEVER, NEVER, NEVER].map((what) => queue.add(image(what), controller.signal))
    const outcomes = Promise.allSettled(never)
    const waiting = queue.add(image(AT_ONCE, 8), undefined)
    controller.abort()
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'ABORTED' } })
    expect((await waiting).width).toBe(8)
    expect(started[0]!.load).toBe(0)
  })

  it('listens to a signal once, however many share it, and no longer than it must', async () => {
    const { queue } = await createQueue()
    const { signal } = new AbortController()
    const given = Array.from({ length: 30 }, (_, mark) => queue.add(image(AT_ONCE, mark), signal))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await Promise.all(given)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('does nothing when the result is there already', async () => {
    const { queue } = await createQueue()
    const controller = new AbortController()
    expect((await queue.add(image(AT_ONCE, 4), controller.signal)).width).toBe(4)
    controller.abort()
    expect((await queue.add(image(AT_ONCE, 5), undefined)).width).toBe(5)
  })
})

describe('several threads', () => {
  it('start only when there are more images than threads, up to the most allowed', async () => {
    const { queue, started } = await createQueue({ workers: 3 })
    for (const mark of [1, 2, 3]) await queue.add(image(AT_ONCE, mark), undefined)
    expect(started).toHaveLength(1)
    await Promise.all(Array.from({ length: 12 }, () => queue.add(image(LATER), undefined)))
    expect(started).toHaveLength(3)
    await Promise.all(started.map(({ ready }) => ready))
    const names = async (count: number) => {
      const calls = Array.from({ length: count }, () => queue.add(image(LATER), undefined))
      return (await Promise.all(calls)).map(({ appearance }) => appearance as unknown).sort()
    }
    // Each image goes to the thread that has least to do.
    expect(await names(3)).toEqual([0, 1, 2])
    expect(await names(9)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2])
  })

  it('go on with those that there are where no other can be started, and do not try with every image', async () => {
    const { queue, started } = await createQueue({ workers: 3 }, 'broken')
    const calls = () => Promise.all(Array.from({ length: 8 }, () => queue.add(image(LATER), undefined)))
    expect(new Set((await calls()).map(({ appearance }) => appearance as unknown))).toEqual(new Set([0]))
    await Promise.allSettled(started.map(({ ready }) => ready))
    const tried = started.length
    expect(tried).toBeLessThanOrEqual(3)
    await calls()
    expect(started).toHaveLength(tried)
  })
})

describe('overload', () => {
  it('refuses an image more than may wait, and takes one again when there is room', async () => {
    const { queue } = await createQueue({ maxWaiting: 2 })
    const calls = Array.from({ length: 5 }, (_, mark) => queue.add(image(LATER, mark), undefined))
    await expect(queue.add(image(AT_ONCE), undefined)).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringMatching(/^2 images are waiting.*"maxWaiting"/),
    })
    expect((await Promise.all(calls)).map(({ width }) => width)).toEqual([0, 1, 2, 3, 4])
    expect((await queue.add(image(AT_ONCE, 9), undefined)).width).toBe(9)
  })

  it('makes room when one that waits is aborted', async () => {
    const { queue } = await createQueue({ maxWaiting: 1 })
    const controller = new AbortController()
    const before = [LATER, LATER, LATER].map((what) => queue.add(image(what), undefined))
    const given = queue.add(image(AT_ONCE), controller.signal)
    controller.abort()
    await expect(given).rejects.toThrow(code('ABORTED'))
    expect((await queue.add(image(AT_ONCE, 7), undefined)).width).toBe(7)
    await Promise.all(before)
  })

  it('of none that may wait: takes what a thread takes', async () => {
    const { queue } = await createQueue({ maxWaiting: 0 })
    const calls = [LATER, LATER, LATER, AT_ONCE].map((what) => queue.add(image(what), undefined))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
  })
})

describe('death', () => {
  it.each([
    ['ends', EXIT, 'exit code 7'],
    ['throws', THROW, 'thrown inside the thread'],
  ])(
    'of a thread that %s: the guilty image is reported after its second, the others are done',
    async (_, order, reason) => {
      const { queue, started } = await createQueue()
      const [neighbour, deadly, other, waiting] = [NEVER_BY_THE_FIRST, order, NEVER_BY_THE_FIRST, AT_ONCE].map(
        (what, mark) => queue.add(image(what, mark), undefined),
      )
      await expect(deadly).rejects.toMatchObject({
        code: 'EXTRACTOR_FAILED',
        message: expect.stringMatching(new RegExp(`^Two worker threads died.*${reason}`)),
      })
      // Each was alone with its second thread, so the guilty one took nobody with it.
      expect(await neighbour).toMatchObject({ width: 0, appearance: 1 })
      expect(await other).toMatchObject({ width: 2, appearance: 2 })
      expect(await waiting).toMatchObject({ width: 3, appearance: 2 })
      expect(started).toHaveLength(3)
    },
  )

  it('of one of several: the others go on meanwhile', async () => {
    const { queue, started } = await createQueue({ workers: 2 })
    await Promise.all(Array.from({ length: 8 }, () => queue.add(image(LATER), undefined)))
    const deadly = queue.add(image(EXIT), undefined)
    const calls = Array.from({ length: 8 }, (_, mark) => queue.add(image(LATER, mark), undefined))
    await expect(deadly).rejects.toThrow(code('EXTRACTOR_FAILED'))
    expect((await Promise.all(calls)).map(({ width }) => width)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(started.length).toBeGreaterThan(2)
    expect(started.filter(({ dead }) => !dead).length).toBeLessThanOrEqual(2)
  })

  it('is not the end of an image that was aborted meanwhile', async () => {
    const { queue, started } = await createQueue()
    const controller = new AbortController()
    const deadly = queue.add(image(EXIT), controller.signal)
    const outcome = expect(deadly).rejects.toThrow(code('ABORTED'))
    controller.abort()
    await outcome
    await queue.add(image(AT_ONCE), undefined)
    expect(started).toHaveLength(2)
  })

  it('while idle: the next image starts another thread', async () => {
    const { queue, started } = await createQueue()
    await expect(queue.add(image(EXIT), undefined)).rejects.toThrow(code('EXTRACTOR_FAILED'))
    expect(started).toHaveLength(2)
    expect(await queue.add(image(AT_ONCE), undefined)).toMatchObject({ appearance: 2 })
  })

  it('where no other can be started: what waits is rejected, and the next image tries again', async () => {
    const { queue, started } = await createQueue({}, 'broken', 'fine')
    const calls = [EXIT, NEVER, AT_ONCE, AT_ONCE].map((what) => queue.add(image(what), undefined))
    const outcomes = await Promise.allSettled(calls)
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        reason: { code: 'EXTRACTOR_FAILED', message: expect.stringContaining('broken') },
      })
    expect(await queue.add(image(AT_ONCE, 6), undefined)).toMatchObject({ width: 6, appearance: 2 })
    expect(started).toHaveLength(3)
  })
})

describe('close', () => {
  it('rejects what waits and what is under way, ends all threads, and can be repeated', async () => {
    const { queue, started } = await createQueue({ workers: 2 })
    await Promise.all([LATER, LATER].map((what) => queue.add(image(what), undefined)))
    await Promise.all(started.map(({ ready }) => ready))
    const calls = [NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, AT_ONCE].map((what) => queue.add(image(what), undefined))
    const outcomes = Promise.allSettled(calls)
    await Promise.all([queue.close(), queue.close()])
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'CLOSED' } })
    await queue.close()
    expect(started).toHaveLength(2)
    for (const { dead } of started) expect(dead).toBe(true)
  })

  it('also ends a thread that is just being started', async () => {
    const { queue, started } = await createQueue()
    await expect(queue.add(image(EXIT), undefined)).rejects.toThrow(code('EXTRACTOR_FAILED'))
    const waiting = queue.add(image(AT_ONCE), undefined)
    const outcome = expect(waiting).rejects.toThrow(code('CLOSED'))
    await queue.close()
    await outcome
    expect(started).toHaveLength(3)
    for (const { dead } of started) expect(dead).toBe(true)
  })
})

it('a thread that cannot start says why', async () => {
  const thread = new ExtractionThread(ENTRY, { model: { path: 'broken' } } as unknown as ThreadSetup)
  await expect(thread.ready).rejects.toMatchObject({
    code: 'MODEL_CORRUPT',
    message: 'broken',
    cause: { message: 'because' },
  })
})
