import { RecommenderError } from '@image-recommender/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRedisIndex, createRedisStore } from '../src/index.ts'
import { keysOf } from '../src/store/keys.ts'
import { contentOf } from './mirror.ts'
import { record } from './records.ts'
import { describeBothShapes } from './servers.ts'

/** What a prefix may be made of so that it has a hash tag of its own, meets the keys of another, ends a command or is a pattern. */
const pieces = [
  ...[
    '{',
    '}',
    '{}',
    '{a}',
    '}{',
    '/',
    '/0}',
    '*',
    '?',
    '[a-z]',
    '\\',
    ' ',
    '\r\n',
    '\n',
    '\t',
    '\u0000',
    '"',
    "'",
    ',',
  ],
  ...['\r\nFLUSHALL\r\n', '*1\r\n$8\r\nFLUSHALL\r\n', '$', 'ä', '😀', '\ud800', '\u202e', '%', '#', '@', '(', ';', '|'],
  ...['x'.repeat(65), '-'.repeat(1000), 'images', 'a', '__proto__}', 'image-recommender}:meta'],
]
const allowed = /^[A-Za-z0-9_.:-]{1,64}$/
const hostile = fc.sample(
  fc
    .oneof(
      fc.constantFrom(...pieces),
      fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }).map((some) => some.join('')),
      fc.string({ unit: 'binary', maxLength: 70 }),
    )
    .filter((prefix) => !allowed.test(prefix)),
  { numRuns: 1000, seed: 1 },
)
const distinct = [...new Set(hostile)]

it(`${distinct.length} hostile prefixes are refused before anything is asked of the server`, async () => {
  expect(distinct.length).toBeGreaterThan(500)
  const asked: string[] = []
  const ask = async (...command: unknown[]) => {
    asked.push(command.join(' '))
    throw new Error('nobody should ask')
  }
  const names = ['evalsha', 'eval', 'hmgetBuffer', 'callBuffer', 'info', 'config']
  const client = { ...Object.fromEntries(names.map((name) => [name, ask])), on: () => {}, removeListener: () => {} }
  for (const prefix of distinct) {
    const options = { client: client as never, prefix }
    for (const create of [() => createRedisStore(options), () => createRedisIndex({ ...options, dimensions: 3 })]) {
      const error = await create().catch((error: unknown) => error)
      if (!RecommenderError.is(error, 'INVALID_ARGUMENT')) expect.fail(`${JSON.stringify(prefix)} was taken`)
      expect(error.message).toContain('prefix')
    }
  }
  expect(asked).toEqual([])
})

describeBothShapes((server) => {
  it('prefixes of which one begins like another, or like its keys, are stores of their own', async () => {
    const client = server.connect()
    const base = server.freshPrefix()
    const prefixes = [base, `${base}:`, `${base}:meta`, `${base}:ids`, `${base}.0`, `${base}:write:0`, `${base}-`]
    const stores = await Promise.all(prefixes.map((prefix) => createRedisStore({ client, prefix })))
    for (const [at, store] of stores.entries()) await store.put([record(`only ${at}`)])
    await stores[0]!.delete(['only 1', 'only 2'])
    for (const [at, store] of stores.entries()) expect([...(await contentOf(store)).keys()]).toEqual([`only ${at}`])
    for (const store of stores) await store.close()
    for (const prefix of prefixes.slice(1)) {
      const { directory, buckets } = keysOf(prefix)
      const keys = [directory.meta, directory.ids, directory.feed, ...buckets.map(({ records }) => records)]
      for (const key of keys) await client.callBuffer('unlink', key)
    }
  }, 60_000)
})
