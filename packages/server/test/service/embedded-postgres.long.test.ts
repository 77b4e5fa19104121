import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecommender } from '@image-recommender/core'
import { createPostgresStore } from '@image-recommender/store-postgres'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startEmbeddedPostgres } from '../../src/service/index.ts'
import { picture, pictureExtractor } from '../pictures.ts'

// A new database takes seconds of computing; on a busy machine, many.
vi.setConfig({ testTimeout: 90_000 })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-postgres-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function open(name: string) {
  const database = await startEmbeddedPostgres({ folder: join(folder, name) })
  const store = await createPostgresStore({ client: database.pool })
  const recommender = await createRecommender({ extractor: pictureExtractor(), store })
  return {
    recommender,
    async close() {
      await recommender.close()
      await database.close()
      await database.close()
    },
  }
}

it('keeps everything over a restart, leaves the event loop free, and begins anew where its making was interrupted', async () => {
  await writeFile(join(folder, 'a.new'), 'half of a database')
  const first = await open('a')
  const before = performance.eventLoopUtilization()
  const names = Array.from({ length: 200 }, (_, at) => `image-${at}.png`)
  await first.recommender.addAll(
    names.map((id, at) => ({ id, image: picture({ dog: 0.9, car: 0.7 + at / 1000 }), metadata: { at } })),
  )
  // In this thread, the database would take nearly all of it.
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.8)
  const page = await first.recommender.similarTo('image-7.png', { limit: 50 })
  await first.close()

  const second = await open('a')
  expect(await second.recommender.count()).toBe(200)
  expect(await second.recommender.similarTo('image-7.png', { limit: 50 })).toEqual(page)
  expect((await second.recommender.get('image-9.png'))?.metadata).toEqual({ at: 9 })
  await second.close()
})

it('says what to do where the folder is damaged', async () => {
  for (const [name, damage] of [
    ['version', (at: string) => writeFile(join(at, 'PG_VERSION'), '12\n')],
    ['control', (at: string) => truncate(join(at, 'global/pg_control'), 0)],
    ['log', (at: string) => rm(join(at, 'pg_wal'), { recursive: true })],
  ] as const) {
    const damaged = join(folder, name)
    await cp(join(folder, 'a'), damaged, { recursive: true })
    await damage(damaged)
    await expect(startEmbeddedPostgres({ folder: damaged }), name).rejects.toThrow(
      new RegExp(`^The database in ${damaged} cannot be opened \\(.+\\)\\. Move that folder away to begin anew`),
    )
  }
})

it('does not blame the folder for a machine that is too busy', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const refused = expect(startEmbeddedPostgres({ folder: join(folder, 'slow') })).rejects.toThrow(
      /was not open after 5 minutes\. Start again when the machine is less busy/,
    )
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    await refused
  } finally {
    vi.useRealTimers()
  }
})
