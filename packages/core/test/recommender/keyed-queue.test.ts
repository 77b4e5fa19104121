import { expect, it } from 'vitest'
import { KeyedQueue } from '../../src/recommender/collection/keyed-queue.ts'

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

it('runs tasks of one key in order, those of different keys side by side', async () => {
  const queue = new KeyedQueue()
  const log: string[] = []
  const task = (name: string, milliseconds: number) => async () => {
    log.push(`${name} begins`)
    await pause(milliseconds)
    log.push(`${name} ends`)
    return name
  }
  const results = await Promise.all([
    queue.run(['a'], task('first', 20)),
    queue.run(['a'], task('second', 1)),
    queue.run(['b'], task('other', 1)),
  ])
  expect(results).toEqual(['first', 'second', 'other'])
  expect(log).toEqual(['first begins', 'other begins', 'other ends', 'first ends', 'second begins', 'second ends'])
})

it('goes on after a task that failed, and hands its error to its caller alone', async () => {
  const queue = new KeyedQueue()
  const failing = queue.run(['a'], async () => {
    throw new Error('mine')
  })
  const next = queue.run(['a'], async () => 'fine')
  await expect(failing).rejects.toThrow('mine')
  expect(await next).toBe('fine')
})

it('cannot deadlock on tasks that name the same keys in opposite orders', async () => {
  const queue = new KeyedQueue()
  let running = 0
  const alone = async () => {
    expect(++running).toBe(1)
    await pause(0)
    running--
  }
  await Promise.all(
    Array.from({ length: 50 }, (_, at) => queue.run(at % 2 === 0 ? ['a', 'b', 'c'] : ['c', 'a', 'b'], alone)),
  )
})
