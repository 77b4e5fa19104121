import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A partial file that nobody has written to for this long belongs to a process that is gone. */
const ABANDONED_AFTER_MS = 60_000

/**
 * Half a download, beside the file it is to become. Whoever downloads has one of its own (`….part-<unique>`), so that
 * processes do not write into each other's; what a stopped or killed process left (`….part`, or one that has not been
 * written to for a minute) is taken over by renaming it, which only one process can do.
 *
 * @param path of the whole file
 * @param version what the whole file is to contain: halves of other contents are left alone
 * @returns path of a partial file that is this caller's alone; it need not exist
 */
export async function claimPartial(path: string, version: string): Promise<string> {
  const own = `${released(path, version)}-${randomUUID()}`
  for (const candidate of await abandoned(path, version)) {
    try {
      // First the time, so that it looks taken before it is.
      const now = new Date()
      await utimes(candidate, now, now)
      await rename(candidate, own)
      return own
    } catch {
      // Another process was faster.
    }
  }
  return own
}

/** Leaves what has been downloaded to whoever comes next. */
export async function releasePartial(partial: string, path: string, version: string): Promise<void> {
  try {
    if ((await stat(partial)).size > 0) await rename(partial, released(path, version))
    else await discardPartial(partial)
  } catch {
    // There is none yet; or it stays under its own name and is found later.
  }
}

export async function discardPartial(partial: string): Promise<void> {
  await rm(partial, { force: true })
}

function released(path: string, version: string): string {
  return `${path}.${version.slice(0, 8)}.part`
}

/** The largest first. */
async function abandoned(path: string, version: string): Promise<string[]> {
  const free = basename(released(path, version))
  const names = (await readdir(dirname(path))).filter((name) => name === free || name.startsWith(`${free}-`))
  const files = await Promise.all(
    names.map(async (name) => {
      const file = join(dirname(path), name)
      const found = await stat(file).catch(() => undefined)
      const untouched = found !== undefined && (name === free || Date.now() - found.mtimeMs > ABANDONED_AFTER_MS)
      return untouched ? { file, size: found.size } : undefined
    }),
  )
  return files
    .filter((file) => file !== undefined)
    .sort((one, other) => other.size - one.size)
    .map(({ file }) => file)
}
