import { open, readFile, rename, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError, systemCode } from './start-error.ts'

export interface Lock {
  release(): Promise<void>
}

const heldHere = new Set<string>()

/**
 * Takes the lock file at `path`, so that only one process uses the folder that it stands for. A lock whose process is
 * dead is taken over.
 *
 * @throws StartError where another process holds it
 */
export async function takeLock(path: string): Promise<Lock> {
  const mine = JSON.stringify({ pid: process.pid, born: await birthOf(process.pid) })
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await createWith(path, mine)) {
      heldHere.add(path)
      return {
        async release() {
          if (heldHere.delete(path)) await rm(path, { force: true })
        },
      }
    }
    const found = await readFile(path, 'utf8').catch(() => '')
    const pid = await livingHolder(path, found)
    if (pid !== undefined) {
      throw new StartError(
        `Another server (process ${pid}) is using this data folder. Stop it, or set DATA_FOLDER to another folder. ` +
          `If there is none, delete ${path}`,
      )
    }
    // A lock that is just being written looks empty for a moment.
    if (found === '' && attempt < 5) await sleep(50)
    else await setAside(path, found)
  }
  throw new StartError(`The lock ${path} could not be taken. Delete it where no other server is running.`)
}

async function createWith(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(text).finally(() => file.close())
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Removes the stale lock that says `found`, but never one that another process has put there in the meantime. */
async function setAside(path: string, found: string): Promise<void> {
  const aside = `${path}.${process.pid}.stale`
  try {
    await rename(path, aside)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) === found) await rm(aside, { force: true })
  else await rename(aside, path)
}

async function livingHolder(path: string, text: string): Promise<number | undefined> {
  let holder: { pid?: unknown; born?: unknown }
  try {
    holder = JSON.parse(text)
  } catch {
    return undefined
  }
  const pid = holder?.pid
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined
  if (pid === process.pid) return heldHere.has(path) ? pid : undefined
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    if (systemCode(error) !== 'EPERM') return undefined
  }
  // After a restart of the machine the number may belong to another process: it was born at another time.
  const born = await birthOf(pid)
  return born === undefined || born === holder.born ? pid : undefined
}

/** When a process was started, in ticks since the machine's start; `undefined` where the system has no /proc. */
async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name in parentheses, which may hold spaces; the start time is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
