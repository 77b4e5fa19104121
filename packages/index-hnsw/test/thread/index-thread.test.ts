import { expect, it } from 'vitest'
import { IndexThread } from '../../src/thread/index-thread.ts'

const shape = { dimensions: 3, metric: 'cosine', m: 16, efConstruction: 200, efSearch: 200 } as const
const dying = new URL('dying-worker.js', import.meta.url)

it.each([
  ['throws', 'it threw'],
  ['exits', 'exit code 3'],
])('where the thread %s, all that is asked for fails, then and later', async (how, said) => {
  const thread = await IndexThread.start(shape, how, dying)
  const failure = { name: 'RecommenderError', code: 'INDEX_FAILED', message: expect.stringContaining(said) }
  const search = { vector: new Float32Array(3), limit: 1 }
  const calls = [thread.call('search', search), thread.call('position', undefined), thread.call('counts', {})]
  for (const call of calls) await expect(call).rejects.toMatchObject(failure)
  await expect(thread.call('search', search)).rejects.toMatchObject(failure)
  await thread.end()
})

it('where it never begins, so does making it', async () => {
  await expect(IndexThread.start(shape, 'at once', dying)).rejects.toMatchObject({
    code: 'INDEX_FAILED',
    message: expect.stringContaining('could not start: it ended with exit code 4'),
  })
  const nowhere = new URL('no-such-worker.js', import.meta.url)
  await expect(IndexThread.start(shape, undefined, nowhere)).rejects.toMatchObject({
    code: 'INDEX_FAILED',
    message: expect.stringMatching(/could not start.*no-such-worker\.js.*external: @image-recommender\/index-hnsw/),
  })
})

it('an answer to something that nobody asked for is nothing', async () => {
  const thread = await IndexThread.start(shape, 'answers too much', dying)
  expect(await thread.call('position', undefined)).toBe('p:1')
  await thread.end()
})
