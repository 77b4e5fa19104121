import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { createPostgresStore } from '@image-recommender/store-postgres'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-code.ts'
import { lockFolder } from './folder-lock.ts'
import type { OpenStore, OpenStoreOptions } from './open-store.ts'

/**
 * A store of one's own in a folder: PostgreSQL within this process. What is acknowledged is in its log on the disk, so a process
 * that is killed loses nothing, and the next one goes on from there.
 */
export async function openFolderStore(where: string, { create, onWarning }: OpenStoreOptions): Promise<OpenStore> {
  const folder = resolve(where)
  const database = join(folder, 'database')
  if (!existsSync(database)) {
    if (!create) throw noStore(folder)
    await makeFolder(folder)
  }
  const lock = await lockFolder(folder)
  let pglite: PGlite | undefined
  try {
    if (!existsSync(database)) await makeDatabase(database)
    pglite = await PGlite.create({ dataDir: database })
    const opened = pglite
    return {
      store: await createPostgresStore({ client: opened, onWarning }),
      async close() {
        await opened.close()
        await lock.release()
      },
    }
  } catch (cause) {
    await pglite?.close().catch(() => {})
    await lock.release()
    throw damaged(folder, cause)
  }
}

/** Made aside and then moved: one whose making was interrupted is made again, not taken for damaged. */
async function makeDatabase(database: string): Promise<void> {
  const unfinished = `${database}.new`
  await rm(unfinished, { recursive: true, force: true })
  const pglite = await PGlite.create({ dataDir: unfinished })
  await pglite.close()
  await rename(unfinished, database)
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
  // Some of what WebAssembly throws is no Error.
  const reason = cause instanceof Error ? cause.message : 'its files cannot be read'
  return unusable(
    `The store in ${folder} cannot be opened (${reason}). Move that folder away and \`ingest\` again: no image is lost.`,
    cause,
  )
}

function unusable(message: string, cause?: unknown): CommandError {
  return new CommandError('STORE_FAILED', message, { exitCode: exitCodes.unavailable, cause })
}
