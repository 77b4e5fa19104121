import { RecommenderError } from '@image-recommender/core'
import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5'
import { describe, expect, it } from 'vitest'
import { createRedisStore, type RedisStoreOptions } from '../src/index.ts'
import { checkStoreOptions } from '../src/store/redis-store-options.ts'

const nowhere = { host: '127.0.0.1', port: 1, lazyConnect: true }
const client = new Redis(nowhere)

async function refusal(options: unknown): Promise<RecommenderError> {
  const error = await createRedisStore(options as RedisStoreOptions).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!RecommenderError.is(error, 'INVALID_ARGUMENT')) throw new Error(`expected a refusal, got ${String(error)}`)
  return error
}

describe('options', () => {
  it.each(['', 'a b', 'a/b', '{a}', 'a{', 'a}', 'ä', 'a\n', '\u0000', 'x'.repeat(65), 7, null])(
    'refuse %j as a prefix',
    async (prefix) => {
      const error = await refusal({ client, prefix })
      expect(error.message).toMatch(/createRedisStore: prefix: /)
    },
  )

  it.each(['a', 'image-recommender', 'My.App:images_2', 'x'.repeat(64)])('take %j as a prefix', (prefix) => {
    expect(checkStoreOptions({ client, prefix }).prefix).toBe(prefix)
  })

  it.each([0, 9, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 3_600_001, '1000'])(
    'refuse %j as pollInterval',
    async (pollInterval) => {
      const error = await refusal({ client, pollInterval })
      expect(error.message).toMatch(/createRedisStore: pollInterval: .*received/)
    },
  )

  it('refuse what is no client, and do not repeat a password in it', async () => {
    for (const wrong of ['redis://me:secret@host', undefined, null, {}, 7, { get() {}, on() {} }]) {
      const error = await refusal({ client: wrong })
      expect(error.message).toMatch(/createRedisStore: client: expected a `Redis` or a `Cluster`/)
      expect(error.message).not.toContain('secret')
    }
    await refusal(undefined)
    await refusal('redis://me:secret@host')
  })

  it('refuse what they do not know', async () => {
    expect((await refusal({ client, prefx: 'x' })).message).toContain('prefx')
    expect((await refusal({ client, onWarning: 'log' })).message).toContain('onWarning')
  })

  it('take clients of ioredis 5 and 6, single and Cluster', () => {
    const clients = [client, new Redis5(nowhere), new Cluster([nowhere], nowhere), new Cluster5([nowhere], nowhere)]
    for (const one of clients) {
      const { client: taken, ...rest } = checkStoreOptions({ client: one })
      expect(taken).toBe(one)
      expect(rest).toMatchObject({ prefix: 'image-recommender', pollInterval: 200 })
    }
  })

  it('refuse a Cluster that reads from replicas', async () => {
    for (const scaleReads of ['slave', 'all'] as const) {
      for (const one of [
        new Cluster([nowhere], { ...nowhere, scaleReads }),
        new Cluster5([nowhere], { ...nowhere, scaleReads }),
      ]) {
        expect((await refusal({ client: one })).message).toContain('scaleReads')
      }
    }
  })
})
