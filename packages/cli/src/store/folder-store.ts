import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type EmbeddedPostgres, StartError, startEmbeddedPostgres } from '@image-recommender/server/service'
import { createPostgresStore } from '@image-recommender/store-postgres'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-code.ts'
import { lockFolder } from './folder-lock.ts'
import type { OpenedStore, OpenStoreOptions } from './opened-store.ts'

/**
 * A store of one's own in a folder: PostgreSQL in a thread of this process. What is acknowledged is in its log on the disk, so a process
 * that is killed loses nothing, and the next one goes on from there.
 */
export async function openFolderStore(where: string, { create, onWarning }: OpenStoreOptions): Promise<OpenedStore> {
  const folder = resolve(where)
  const database = join(folder, 'database')
  if (!existsSync(database)) {
    if (!create) throw noStore(folder)
    await makeFolder(folder)
  }
  const lock = await lockFolder(folder)
  let postgres: EmbeddedPostgres | undefined
  try {
    const opened = await startEmbeddedPostgres({ folder: database })
    postgres = opened
    return {
      store: await createPostgresStore({ client: opened.pool, onWarning }),
      async close() {
        await opened.close()
        await lock.release()
      },
    }
  } catch (cause) {
    await postgres?.close()
    await lock.release()
    throw damaged(folder, cause)
  }
}

/** @throws CommandError where it cannot be made, or is somebody else's */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    const found = (await readdir(folder)).filter((name) => name !== 'database.new')
    if (found.length === 0) return
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw unusable(`A store cannot be made in ${folder} (${code}). Name another folder with --store.`, cause)
  }
  throw unusable(`${folder} is no store and not empty, so none is made in it. Name a folder of its own with --store.`)
}

function noStore(folder: string): CommandError {
  return new CommandError(
    'NO_STORE',
    `There is no store in ${folder}. Make one with \`ingest\` or \`import\`, or say with --store where yours is.`,
    { exitCode: exitCodes.unavailable },
  )
}

function damaged(folder: string, cause: unknown): CommandError {
  const { message: reason } = (cause instanceof StartError ? cause.cause : cause) as Error
  return unusable(
    `The store in ${folder} cannot be opened (${reason}). Move that folder away and \`ingest\` again: no image is lost.`,
    cause,
  )
}

function unusable(message: string, cause?: unknown): CommandError {
  return new CommandError('STORE_FAILED', message, { exitCode: exitCodes.unavailable, cause })
}
