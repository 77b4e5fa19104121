import { usageError } from '../command-error.ts'
import { shownAddress } from '../secrets.ts'
import { isAddress, isLikeAddress } from '../settings.ts'
import type { OpenedStore, OpenStoreOptions } from './opened-store.ts'

/** @throws CommandError `NO_STORE`, `STORE_IN_USE`, `STORE_FAILED`, `USAGE` */
export async function openStore(where: string, options: OpenStoreOptions): Promise<OpenedStore> {
  if (isLikeAddress(where)) {
    throw usageError(
      '--store looks like an address and is none. Give postgres://…, redis://…, rediss://… or a folder, as ./… where its name looks like this.',
    )
  }
  if (!isAddress(where)) {
    const { openFolderStore } = await import('./folder-store.ts')
    return openFolderStore(where, options)
  }
  const protocol = where.slice(0, where.indexOf(':')).toLowerCase()
  if (protocol === 'postgres' || protocol === 'postgresql') {
    const { openPostgresServer } = await import('./postgres-server.ts')
    return openPostgresServer(where, options)
  }
  if (protocol === 'redis' || protocol === 'rediss') {
    const { openRedisServer } = await import('./redis-server.ts')
    return openRedisServer(where, options)
  }
  throw usageError(
    `--store is ${shownAddress(where)}, of which nothing is known. Give postgres://…, redis://…, rediss://… or a folder.`,
  )
}
