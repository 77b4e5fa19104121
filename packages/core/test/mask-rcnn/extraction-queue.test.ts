import { afterEach, describe, expect, it } from 'vitest'
import { ExtractionQueue } from '../../src/mask-rcnn/thread/extraction-queue.ts'
import { ExtractionThread } from '../../src/mask-rcnn/thread/extraction-thread.ts'
import type { ThreadSetup } from '../../src/mask-rcnn/thread/thread-messages.ts'

const ENTRY = new URL('fake-worker.js', import.meta.url)
const AT_ONCE = 0
const LATER = 1
const EXIT = 2
const THROW = 3
const REFUSE = 4
const NEVER = 5

const image = (order: number, mark = 0) => Uint8Array.of(order, mark)
const code = (expected: string) => expect.objectContaining({ code: expected })

let queues: ExtractionQueue[] = []
afterEach(async () => {
  await Promise.all(queues.map((queue) => queue.close()))
  queues = []
})

/** @param paths of the models of the threads that take over; the last one stays */
async function createQueue(...paths: string[]) {
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
  const queue = new ExtractionQueue(start, first)
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
    // Two are under way at once: what needs no time overtakes what it shares the thread with.
    expect(order.slice(0, 3)).toEqual([1, 2, 0])
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
    const before = [queue.add(image(LATER), undefined), queue.add(image(LATER), undefined)]
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

  it('does nothing when the result is there already', async () => {
    const { queue } = await createQueue()
    const controller = new AbortController()
    expect((await queue.add(image(AT_ONCE, 4), controller.signal)).width).toBe(4)
    controller.abort()
    expect((await queue.add(image(AT_ONCE, 5), undefined)).width).toBe(5)
  })
})

describe('death', () => {
  it.each([
    ['ends', EXIT, 'exit code 7'],
    ['throws', THROW, 'thrown inside the thread'],
  ])(
    'of a thread that %s: what was under way is rejected, what waits is done by the next',
    async (_, order, reason) => {
      const { queue, started } = await createQueue()
      const [deadly, neighbour, waiting] = [order, NEVER, AT_ONCE].map((what) =>
        queue.add(image(what, what), undefined),
      )
      await expect(deadly).rejects.toMatchObject({ code: 'EXTRACTOR_FAILED', message: expect.stringContaining(reason) })
      await expect(neighbour).rejects.toThrow(code('EXTRACTOR_FAILED'))
      expect(await waiting).toMatchObject({ width: AT_ONCE, appearance: 1 })
      expect(started).toHaveLength(2)
    },
  )

  it('while idle: the next image starts another thread', async () => {
    const { queue, started } = await createQueue()
    await expect(queue.add(image(EXIT), undefined)).rejects.toThrow(code('EXTRACTOR_FAILED'))
    expect(started).toHaveLength(1)
    expect(await queue.add(image(AT_ONCE), undefined)).toMatchObject({ appearance: 1 })
  })

  it('where no other can be started: what waits is rejected, and the next image tries again', async () => {
    const { queue, started } = await createQueue('broken', 'fine')
    const calls = [EXIT, NEVER, AT_ONCE, AT_ONCE].map((what) => queue.add(image(what), undefined))
    const outcomes = await Promise.allSettled(calls)
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'EXTRACTOR_FAILED' } })
    expect(outcomes[3]).toMatchObject({ reason: { message: expect.stringContaining('broken') } })
    expect(await queue.add(image(AT_ONCE, 6), undefined)).toMatchObject({ width: 6, appearance: 2 })
    expect(started).toHaveLength(3)
  })
})

describe('close', () => {
  it('rejects what waits and what is under way, ends the thread, and can be repeated', async () => {
    const { queue, started } = await createQueue()
    const calls = [NEVER, NEVER, AT_ONCE].map((what) => queue.add(image(what), undefined))
    const outcomes = Promise.allSettled(calls)
    await Promise.all([queue.close(), queue.close()])
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'CLOSED' } })
    expect(started[0]!.dead).toBe(true)
    await queue.close()
    expect(started).toHaveLength(1)
  })

  it('also ends a thread that is just being started', async () => {
    const { queue, started } = await createQueue()
    await expect(queue.add(image(EXIT), undefined)).rejects.toThrow(code('EXTRACTOR_FAILED'))
    const waiting = queue.add(image(AT_ONCE), undefined)
    const outcome = expect(waiting).rejects.toThrow(code('CLOSED'))
    await queue.close()
    await outcome
    expect(started[1]!.dead).toBe(true)
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
