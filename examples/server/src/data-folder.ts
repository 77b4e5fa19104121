import { createHash } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { StartError, systemCode } from '@image-recommender/server/service'
import { type Lock, takeLock } from './lock.ts'

/** Where things are kept. Open means: it is there, can be written to, and no other server uses it where it is not shared. */
export interface DataFolder {
  readonly database: string
  /** Uploaded images. */
  readonly images: string
  readonly cache: string
  release(): Promise<void>
}

export interface DataFolderOptions {
  /** Absolute. Everything that the server writes is below it. */
  readonly dataFolder: string
  /** Absolute; `undefined`: there is no folder of photos. */
  readonly photos: string | undefined
  /** Whether other servers may use it at the same time: then the database is elsewhere, and it is one whatever the photos. */
  readonly shared: boolean
}

/**
 * Opens the data folder; each photos folder has a sub-folder of its own, so that it never mixes with the demo. A shared one is not locked:
 * it would have to be judged on one machine whether a process on another one lives.
 *
 * @throws StartError where it cannot be written to, or another server uses it
 */
export async function openDataFolder({ dataFolder, photos, shared }: DataFolderOptions): Promise<DataFolder> {
  const root = photos === undefined || shared ? dataFolder : join(dataFolder, 'photos', folderNameFor(photos))
  const images = join(root, 'images')
  const cache = join(root, 'cache')
  let lock: Lock | undefined
  try {
    for (const folder of [root, images, cache]) await makeFolder(folder)
    if (!shared) lock = await takeLock(join(root, 'server.lock'))
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    throw new StartError(`${code}: cannot write to ${root}. Set DATA_FOLDER to a folder that you can write to.`)
  }
  return { database: join(root, 'database'), images, cache, release: async () => lock?.release() }
}

function folderNameFor(photos: string): string {
  const readable = basename(photos)
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(0, 40)
  return `${readable}-${createHash('sha256').update(photos).digest('hex').slice(0, 8)}`
}

/** As `mkdir` with `recursive`, which never ends where a folder is there but takes no other (`/proc`). */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST') return
    const parent = dirname(path)
    if (code !== 'ENOENT' || (await stat(parent).catch(() => undefined))) throw error
    await makeFolder(parent)
    await mkdir(path)
  }
}
