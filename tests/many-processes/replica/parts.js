import { existsSync } from 'node:fs'
import { createExactIndex, openExactIndex } from '@image-recommender/core/exact-index'
import { createHnswIndex, openHnswIndex } from '@image-recommender/index-hnsw'
import { createPgvectorIndex, createPostgresIndex, createPostgresStore } from '@image-recommender/store-postgres'
import { createRedisIndex, createRedisStore } from '@image-recommender/store-redis'
import { Cluster, Redis } from 'ioredis'
import pg from 'pg'
import { connectionWithPoints, redisWithPoints } from './points.js'

/** @typedef {{ store: 'postgres' | 'redis' | 'cluster', urls: string[], postgres?: string, name: string }} Place */
/** @typedef {'exact' | 'hnsw' | 'postgres' | 'pgvector' | 'redis'} IndexKind */

/** Clients of servers, as a process of an application has them. The connections of those with a fate may be cut: they have the place's name. */
export class Clients {
  #place
  #fate
  #pool
  #redis

  /** @param {Place} place @param {import('./fate.js').Fate} [fate] */
  constructor(place, fate) {
    this.#place = place
    this.#fate = fate
  }

  get pool() {
    const { postgres, name } = this.#place
    this.#pool ??= new pg.Pool({ connectionString: postgres, max: 4, application_name: this.#fate ? name : 'the test' })
    if (this.#fate && this.#pool.listenerCount('connect') === 0)
      this.#pool.on('connect', (connection) => connectionWithPoints(connection, this.#fate))
    return this.#pool
  }

  get redis() {
    if (this.#redis) return this.#redis
    const { store, urls, name } = this.#place
    const options = { connectionName: this.#fate ? name : 'the-test', retryStrategy: () => 20 }
    this.#redis =
      store === 'redis'
        ? new Redis(urls[0], options)
        : new Cluster(
            urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) })),
            { redisOptions: options },
          )
    this.#redis.on('error', () => {})
    if (this.#fate) redisWithPoints(this.#redis, this.#fate)
    return this.#redis
  }

  async close() {
    await this.#pool?.end()
    this.#redis?.disconnect()
  }
}

/** @param {Place} place @param {Clients} clients @param {(warning: Error) => void} [onWarning] */
export function openStore({ store, name }, clients, onWarning = () => {}) {
  if (store === 'postgres') return createPostgresStore({ client: clients.pool, schema: name, onWarning })
  return createRedisStore({ client: clients.redis, prefix: name, onWarning })
}

/** @param {IndexKind} kind @param {string} [snapshot] from where an index in memory goes on, if it is there */
export async function openIndex(kind, { name }, clients, dimensions, snapshot) {
  const isSaved = snapshot !== undefined && existsSync(snapshot)
  if (kind === 'exact') return isSaved ? openExactIndex(snapshot, { dimensions }) : createExactIndex({ dimensions })
  if (kind === 'hnsw') return isSaved ? openHnswIndex(snapshot, { dimensions }) : createHnswIndex({ dimensions })
  if (kind === 'redis') return createRedisIndex({ client: clients.redis, prefix: name, dimensions })
  const options = { client: clients.pool, schema: name, dimensions }
  return kind === 'postgres' ? createPostgresIndex(options) : createPgvectorIndex(options)
}
