import type { ImageStore } from '@image-recommender/core'
import { StartError, startEmbeddedPostgres } from '@image-recommender/server/service'
import { createPostgresStore } from '@image-recommender/store-postgres'
import { createRedisStore } from '@image-recommender/store-redis'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Settings } from './settings.ts'

/** A store, and what lies under it. */
export interface OpenStore {
  readonly store: ImageStore
  /** What it is, in words for people; without a password. */
  readonly name: string
  /** Closes what is under the store; the store itself is closed before. */
  close(): Promise<void>
}

export interface OpenStoreOptions {
  /** Where the database is kept that needs no server. */
  readonly folder: string
  readonly report: (error: unknown) => void
}

const CONNECTING_TAKES_AT_MOST_MS = 10_000

/** Whether other processes may use the same store at the same time. */
export function isShared({ DATABASE_URL, REDIS_URL }: Pick<Settings, 'DATABASE_URL' | 'REDIS_URL'>): boolean {
  return DATABASE_URL !== undefined || REDIS_URL !== undefined
}

/** @throws StartError where it cannot be opened */
export async function openStore(
  { DATABASE_URL, REDIS_URL }: Pick<Settings, 'DATABASE_URL' | 'REDIS_URL'>,
  options: OpenStoreOptions,
): Promise<OpenStore> {
  if (DATABASE_URL !== undefined) return openPostgres(DATABASE_URL, options)
  if (REDIS_URL !== undefined) return openRedis(REDIS_URL, options)
  return openEmbedded(options)
}

async function openEmbedded({ folder, report }: OpenStoreOptions): Promise<OpenStore> {
  const { pool, close } = await startEmbeddedPostgres({ folder, onCrash: report })
  const store = await opened(() => createPostgresStore({ client: pool, onWarning: report }), close)
  return { store, name: 'PostgreSQL in this process', close }
}

async function openPostgres(address: string, { report }: OpenStoreOptions): Promise<OpenStore> {
  const pool = new pg.Pool({ connectionString: address, connectionTimeoutMillis: CONNECTING_TAKES_AT_MOST_MS })
  // Without a listener, a broken idle connection would end the process. The next query reconnects or says why not.
  pool.on('error', report)
  const close = () => pool.end()
  const store = await opened(
    () => createPostgresStore({ client: pool, onWarning: report }),
    close,
    () => 'DATABASE_URL',
  )
  return { store, name: `PostgreSQL at ${placeOf(address)}`, close }
}

async function openRedis(address: string, { report }: OpenStoreOptions): Promise<OpenStore> {
  const client = new Redis(address, { lazyConnect: true, connectTimeout: CONNECTING_TAKES_AT_MOST_MS })
  let reason: unknown
  client.on('error', (error) => {
    // Until it is connected, whoever connects is told.
    if (client.status === 'ready') report(error)
    reason = error
  })
  const close = async () => client.disconnect()
  const connected = async () => {
    await client.connect().catch((error) => Promise.reject(reason ?? error))
    return createRedisStore({ client, onWarning: report })
  }
  return { store: await opened(connected, close, () => 'REDIS_URL'), name: `Redis at ${placeOf(address)}`, close }
}

/** What `open` gives; where it fails, what is under it is closed. */
async function opened(
  open: () => Promise<ImageStore>,
  close: () => Promise<void>,
  variable?: () => string,
): Promise<ImageStore> {
  try {
    return await open()
  } catch (error) {
    await close()
    if (variable === undefined) throw error
    throw new StartError(
      `The database that ${variable()} names cannot be used (${reasonOf(error)}). Check the address, the server and the password.`,
    )
  }
}

function placeOf(address: string): string {
  const { host, pathname } = new URL(address)
  return `${host}${pathname === '/' ? '' : pathname}`
}

/** The innermost: what the server or the network said. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return reasonOf(error.cause)
  // Where a name has several addresses, each failed for itself and the whole has no message.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(', ')
  return error.message.replace(/\.$/, '')
}
