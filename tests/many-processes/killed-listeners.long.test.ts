import type { ImageRecord, ImageStore } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { createPostgresStore } from '@image-recommender/store-postgres'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { describeEachStore, type OpenPlace } from './places.ts'
import { randomRecord } from './replica/images.js'
import { ReplicaProcess } from './replica-process.ts'
import { contentOf, truthOf } from './truth.ts'

const WRITES = 2000
const KILLS = 20
/** How long both may take until they have all, in milliseconds, with room for a machine that is busy. */
const SOON = { timeout: 2000 + 18_000, interval: 20 }

describeEachStore((open, _, kind) => {
  let place: OpenPlace
  let replicas: ReplicaProcess[]
  beforeEach(async () => {
    place = await open()
    replicas = [1, 2].map((seed) => new ReplicaProcess({ place: place.place, kind: 'exact', seed }))
    await Promise.all(replicas.map((replica) => replica.ready))
  }, 60_000)
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()))
    await place.remove()
  }, 60_000)

  /** Until the index of each process is the store; resolves to after how many milliseconds. */
  async function agreed(): Promise<number> {
    const truth = await truthOf(await place.store())
    const began = performance.now()
    await Promise.all(
      replicas.map((replica) => vi.waitFor(async () => expect(await contentOf(replica)).toEqual(truth), SOON)),
    )
    return Math.round(performance.now() - began)
  }

  it(`two processes have all of ${WRITES} writes though what they hear by was cut ${KILLS} times`, async () => {
    let [writes, kills, isWriting] = [0, 0, true]
    const writing = Promise.all(
      replicas.flatMap((replica, at) =>
        [0, 1].map(async (lane) => {
          while (writes < WRITES || kills < KILLS) {
            const nth = writes++
            const ids = [nth, nth + 7].map((number) => `${at}-${lane}-${number % 200}`)
            // One whose connection was cut fails, and is repeated until it is done.
            const write = () => (nth % 5 === 4 ? replica.call('remove', ids) : replica.call('put', ids))
            while (
              !(await write().then(
                () => true,
                () => false,
              ))
            );
          }
        }),
      ),
    )
    void writing.finally(() => {
      isWriting = false
    })
    while (isWriting) {
      if (kills < KILLS) kills += await cutListeners(place)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await writing
    const after = await agreed()
    console.log(`${kind}: both had all of ${writes} writes ${after} ms after the last, ${kills} listeners killed`)
    expect(kills).toBeGreaterThanOrEqual(KILLS)
    expect((await truthOf(await place.store())).counts.total).toBeGreaterThan(0)
  }, 300_000)

  it.runIf(kind === 'postgres')(
    'two processes have what commits long after what was written behind it',
    async () => {
      const late = await LateStore.open(place)
      const ids = Array.from({ length: 30 }, (_, at) => `late-${at}`)
      const commit = await late.put(ids.map((id) => randomRecord(id, seededRandom(7))))
      await replicas[0]!.call('put', [...ids.map((id) => `behind ${id}`), 'of both'])
      await replicas[1]!.call('put', ['of both', 'of the other'])
      await commit()
      const after = await agreed()
      console.log(`${kind}: both had what committed late ${after} ms after that`)
      const store = await place.store()
      expect((await store.get(ids)).every((it) => it !== undefined)).toBe(true)
      await late.close()
    },
    60_000,
  )
})

/** Cuts the connections by which others are heard of: the listeners of Postgres; all to Redis, which is asked. Resolves to how many. */
async function cutListeners({ place: { store, urls, name } }: OpenPlace): Promise<number> {
  if (store === 'postgres') {
    const admin = new pg.Client(urls[0])
    await admin.connect()
    const { rows } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and query like '%listen "%'`,
      [name],
    )
    await admin.end()
    return rows.length
  }
  let cut = 0
  for (const url of urls) {
    const admin = new Redis(url)
    for (const line of String(await admin.call('client', 'list')).split('\n')) {
      const id = /^id=(\d+) /.exec(line)?.[1]
      if (id && line.includes(` name=${name} `)) cut += Number(await admin.call('client', 'kill', 'id', id))
    }
    admin.disconnect()
  }
  return cut
}

/** A store whose transactions have written and not committed until they are told to. */
class LateStore {
  readonly #pool: pg.Pool
  readonly #store: ImageStore
  #held: Promise<void> | undefined

  private constructor(pool: pg.Pool, store: ImageStore) {
    this.#pool = pool
    this.#store = store
  }

  static async open({ place: { urls, name } }: OpenPlace): Promise<LateStore> {
    const pool = new pg.Pool({ connectionString: urls[0]! })
    const late = new LateStore(pool, await createPostgresStore({ client: pool, schema: name }))
    // What there is by now is used again; what comes later is as new.
    await pool.query('select 1')
    pool.on('acquire', (connection) => {
      const query = Object.getPrototypeOf(connection).query as (...given: unknown[]) => unknown
      Object.assign(connection, {
        query: async (...given: unknown[]) => {
          if (given[0] === 'commit') await late.#held
          return query.apply(connection, given)
        },
      })
    })
    return late
  }

  /** Resolves when all is written, to what commits it. */
  async put(records: readonly ImageRecord[]): Promise<() => Promise<void>> {
    let letGo = () => {}
    this.#held = new Promise((resolve) => {
      letGo = resolve
    })
    const putting = this.#store.put(records)
    const isWritten = async () =>
      (
        await this.#pool.query('select from pg_stat_activity where backend_xid is not null and state like $1', [
          'idle in%',
        ])
      ).rows.length > 0
    while (!(await isWritten()));
    return async () => {
      letGo()
      await putting
    }
  }

  async close(): Promise<void> {
    await this.#store.close()
    await this.#pool.end()
  }
}
