import { createPostgresStore } from '@image-recommender/store-postgres'
import pg from 'pg'
import { takeParameters } from './address-parameters.ts'
import type { OpenedStore, OpenStoreOptions } from './opened-store.ts'
import { unreachable } from './unreachable.ts'

/** `?schema=…&table=…` name another place than the usual one. */
export async function openPostgresServer(address: string, { onWarning }: OpenStoreOptions): Promise<OpenedStore> {
  const { address: connectionString, parameters } = takeParameters(address, ['schema', 'table'])
  let pool: pg.Pool | undefined
  try {
    pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 10_000 })
    // Whoever uses a broken connection is told; that an idle one breaks must not end the process.
    pool.on('error', () => {})
    const store = await createPostgresStore({ client: pool, ...parameters, onWarning })
    const opened = pool
    return { store, close: () => opened.end() }
  } catch (cause) {
    await pool?.end().catch(() => {})
    throw unreachable(address, cause)
  }
}
