import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-code.ts'

export interface FolderLock {
  release(): Promise<void>
}

/**
 * Takes a folder for this process alone; two that write to one PGlite would destroy it. The lock is a socket that the process listens
 * on, not a file: when the process dies, however it dies, the system lets go of it, and nothing stale is left to be judged.
 *
 * @throws CommandError `STORE_IN_USE`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const { name, isFile } = await socketFor(folder)
  let server = await listening(name)
  if (server === undefined && isFile && !(await answers(name))) {
    // Only where sockets are files, one outlives its process.
    await rm(name, { force: true })
    server = await listening(name)
  }
  if (server === undefined) {
    throw new CommandError(
      'STORE_IN_USE',
      `Another process is using the store in ${folder}. Wait until it has ended, or name another with --store.`,
      { exitCode: exitCodes.unavailable },
    )
  }
  const held = server
  return {
    async release() {
      if (!held.listening) return
      held.close()
      await once(held, 'close')
    },
  }
}

/** By what the folder is and not by its path, so that it is the same through links and mounts. */
async function socketFor(folder: string): Promise<{ name: string; isFile: boolean }> {
  const { dev, ino } = await stat(folder, { bigint: true })
  const name = `image-recommender-${createHash('sha256').update(`${dev}/${ino}`).digest('hex').slice(0, 24)}`
  if (process.platform === 'win32') return { name: `\\\\.\\pipe\\${name}`, isFile: false }
  // Abstract: a name that is in no file system.
  if (process.platform === 'linux') return { name: `\0${name}`, isFile: false }
  return { name: join(tmpdir(), `${name}.sock`), isFile: true }
}

/** @returns `undefined` where somebody else is */
async function listening(name: string): Promise<Server | undefined> {
  const server = createServer((connection) => connection.destroy())
  server.listen(name)
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
  server.unref()
  return server
}

async function answers(name: string): Promise<boolean> {
  const connection = connect(name)
  try {
    await once(connection, 'connect')
    return true
  } catch {
    return false
  } finally {
    connection.destroy()
  }
}
