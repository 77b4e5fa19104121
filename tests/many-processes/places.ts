import { randomBytes } from 'node:crypto'
import type { ImageStore } from '@image-recommender/core'
import { Redis } from 'ioredis'
import pg from 'pg'
import { describe } from 'vitest'
import { Clients, openStore } from './replica/parts.js'

export type IndexKind = 'exact' | 'hnsw' | 'postgres' | 'pgvector' | 'redis'

/** Where processes meet: a store, and the servers with the indexes that they share. Everything there has its `name`. */
export interface Place {
  readonly store: 'postgres' | 'redis' | 'cluster'
  readonly urls: readonly string[]
  /** Where shared indexes are. */
  readonly postgres: string | undefined
  readonly name: string
}

interface Kind {
  readonly store: Place['store']
  readonly variable: string
  readonly indexes: readonly IndexKind[]
}

const kinds: readonly Kind[] = [
  { store: 'postgres', variable: 'TEST_POSTGRES_URL', indexes: ['exact', 'hnsw', 'postgres', 'pgvector'] },
  { store: 'redis', variable: 'TEST_REDIS_URL', indexes: ['exact', 'hnsw', 'redis'] },
  { store: 'cluster', variable: 'TEST_REDIS_CLUSTER_URLS', indexes: ['exact', 'hnsw', 'redis'] },
]

/** Every kind of store that several processes can use. Says of those that are not there that they are skipped, and why. */
export function describeEachStore(
  suite: (place: () => Promise<OpenPlace>, indexes: readonly IndexKind[], store: Place['store']) => void,
): void {
  for (const { store, variable, indexes } of kinds) {
    const urls = process.env[variable]
    const reason = urls ? '' : ` (skipped: ${variable} names no server)`
    describe.skipIf(!urls)(`${store}${reason}`, () => {
      suite(() => OpenPlace.open(store, urls!.split(',')), indexes, store)
    })
  }
}

/** A place of one's own, and what the test itself does there. */
export class OpenPlace {
  readonly place: Place
  readonly #clients: Clients
  #store: ImageStore | undefined

  private constructor(place: Place) {
    this.place = place
    this.#clients = new Clients(place as never)
  }

  static async open(store: Place['store'], urls: readonly string[]): Promise<OpenPlace> {
    const postgres = process.env.TEST_POSTGRES_URL
    const opened = new OpenPlace({ store, urls, postgres, name: `test_${randomBytes(6).toString('hex')}` })
    // Where there is the extension, it must be there before anybody looks for it.
    if (postgres) await opened.#clients.pool.query('create extension if not exists vector').catch(() => {})
    return opened
  }

  /** The store as one more process has it; it is opened when it is first asked for. */
  async store(): Promise<ImageStore> {
    this.#store ??= await openStore(this.place as never, this.#clients)
    return this.#store
  }

  /** Cuts some of the connections that processes have to the servers there, as a proxy or an administrator may. */
  async cutConnections(random: () => number): Promise<void> {
    const { store, urls, postgres, name } = this.place
    if (postgres) {
      const admin = new pg.Client(postgres)
      await admin.connect()
      await admin.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and random() < 0.4',
        [name],
      )
      await admin.end()
    }
    if (store === 'postgres') return
    for (const url of urls) {
      const admin = new Redis(url)
      for (const line of String(await admin.call('client', 'list')).split('\n')) {
        const id = /^id=(\d+) /.exec(line)?.[1]
        if (id && line.includes(` name=${name} `) && random() < 0.4) await admin.call('client', 'kill', 'id', id)
      }
      admin.disconnect()
    }
  }

  async remove(): Promise<void> {
    const { store, urls, postgres, name } = this.place
    await this.#store?.close()
    await this.#clients.close()
    if (postgres) {
      const admin = new pg.Client(postgres)
      await admin.connect()
      await admin.query(`drop schema if exists ${name} cascade`)
      await admin.end()
    }
    if (store === 'postgres') return
    for (const url of urls) {
      const admin = new Redis(url)
      let cursor = '0'
      do {
        const [next, keys] = await admin.scan(cursor, 'MATCH', `{${name}*`, 'COUNT', 1000)
        for (const key of keys) await admin.unlink(key)
        cursor = next
      } while (cursor !== '0')
      admin.disconnect()
    }
  }
}
