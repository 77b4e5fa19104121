import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { changesSoFar } from '@image-recommender/core/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeEachStore, type OpenPlace } from './places.ts'

const PROCESSES = 8
const ROUNDS = 20
const program = fileURLToPath(new URL('replica/starter.js', import.meta.url))
const versionOne = new URL('../../packages/store-postgres/test/fixtures/version-1.sql', import.meta.url)

describeEachStore((open, kinds, kind) => {
  const shared = kinds.filter((kind) => kind !== 'exact' && kind !== 'hnsw')
  const starters: ChildProcess[] = []
  beforeAll(async () => {
    for (let at = 0; at < PROCESSES; at++) starters.push(fork(program))
    await Promise.all(starters.map((starter) => once(starter, 'message')))
  }, 60_000)
  afterAll(() => {
    for (const starter of starters) starter.disconnect()
  })

  /** All at once; resolves to what went wrong. */
  async function race({ place }: OpenPlace): Promise<string[]> {
    const answers = await Promise.all(
      starters.map(async (starter, at) => {
        const answer = once(starter, 'message')
        starter.send({ place, kinds: shared, id: `own-${at}` })
        return (await answer)[0] as { error?: string }
      }),
    )
    return answers.flatMap(({ error }) => (error === undefined ? [] : [error]))
  }

  it(`${PROCESSES} processes that start at once on nothing, ${ROUNDS} times, all start`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const place = await open()
      try {
        expect(await race(place)).toEqual([])
        const store = await place.store()
        expect(await store.count()).toBe(PROCESSES)
        expect(await changesSoFar(store)).toHaveLength(PROCESSES)
      } finally {
        await place.remove()
      }
    }
  }, 600_000)

  it.runIf(kind === 'postgres')(
    `${PROCESSES} processes that start at once on tables of version 1, ${ROUNDS} times, bring them up once`,
    async () => {
      const script = await readFile(versionOne, 'utf8')
      const admin = new pg.Client(process.env.TEST_POSTGRES_URL)
      await admin.connect()
      for (let round = 0; round < ROUNDS; round++) {
        const place = await open()
        const { name } = place.place
        try {
          await admin.query(`create schema ${name}`)
          for (const statement of script.split(';\n'))
            await admin.query(statement.replaceAll('SCHEMA', name).replaceAll('TABLE', 'images'))
          expect(await race(place)).toEqual([])
          const { rows } = await admin.query(`select version from ${name}.images_version order by version`)
          expect(rows).toEqual([{ version: 1 }, { version: 2 }])
          // Three were there.
          expect(await (await place.store()).count()).toBe(PROCESSES + 3)
        } finally {
          await place.remove()
        }
      }
      await admin.end()
    },
    600_000,
  )
})
