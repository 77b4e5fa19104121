import { open, readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError, systemCode } from '@image-recommender/server/service'

export interface Lock {
  release(): Promise<void>
}

/** The locks of this process, taken or about to be: of them the file alone could not tell. */
const heldHere = new Set<string>()

/**
 * Takes the lock file at `path`, so that only one process uses the folder that it stands for. A lock whose process is
 * dead is taken over.
 *
 * @throws StartError where another process holds it
 */
export async function takeLock(path: string): Promise<Lock> {
  if (heldHere.has(path)) throw inUse(path, process.pid)
  heldHere.add(path)
  try {
    await takeFile(path)
  } catch (error) {
    heldHere.delete(path)
    throw error
  }
  return {
    async release() {
      if (heldHere.delete(path)) await rm(path, { force: true })
    },
  }
}

async function takeFile(path: string): Promise<void> {
  const mine = JSON.stringify({ pid: process.pid, born: await birthOf(process.pid) })
  for (let attempt = 0; attempt < 40; attempt++) {
    if (await createWith(path, mine)) return
    const found = await readFile(path, 'utf8').catch(() => '')
    const pid = await livingHolder(found)
    if (pid !== undefined) throw inUse(path, pid)
    // A lock that is just being written looks empty for a moment.
    if (found === '' && attempt < 5) await sleep(50)
    else await removeStale(path, found)
  }
  throw new StartError(`The lock ${path} could not be taken. Delete it where no other server is running.`)
}

function inUse(path: string, pid: number): StartError {
  return new StartError(
    `Another server (process ${pid}) is using this data folder. Stop it, or set DATA_FOLDER to another folder. ` +
      `If there is none, delete ${path}`,
  )
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

/** After this, whoever was removing a stale lock has died over it. */
const REMOVING_TAKES_AT_MOST_MS = 5000

/**
 * Removes the stale lock that says `found`. One process at a time, and only after another look: between a look and the
 * removal somebody else might have taken the lock over, and it would be theirs that is removed.
 */
async function removeStale(path: string, found: string): Promise<void> {
  const removing = `${path}.removing`
  if (!(await createWith(removing, ''))) {
    const since = await stat(removing).catch(() => undefined)
    if (since && Date.now() - since.mtimeMs > REMOVING_TAKES_AT_MOST_MS) await rm(removing, { force: true })
    else await sleep(20)
    return
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === found) await rm(path, { force: true })
  } finally {
    await rm(removing, { force: true })
  }
}

async function livingHolder(text: string): Promise<number | undefined> {
  let holder: { pid?: unknown; born?: unknown }
  try {
    holder = JSON.parse(text)
  } catch {
    return undefined
  }
  const pid = holder?.pid
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined
  // A process before this one had the same number, as they have in containers.
  if (pid === process.pid) return undefined
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
