/**
 * Finds and ends the processes of a set of servers. A process belongs to the set if its root is one of our Debians and it
 * works in the set's data folder, or was given it as an argument. No number that was written down is trusted: whoever has
 * that pid now may be somebody else.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from './failure.js'
import { dataWithin, rootOf } from './places.js'
import { suites } from './suites.js'

export function processesOf(id) {
  const roots = Object.keys(suites).map(rootOf)
  const data = dataWithin(id)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) =>
      unlessGone(() => {
        const root = readlinkSync(`/proc/${pid}/root`)
        if (!roots.includes(root)) return false
        if (readlinkSync(`/proc/${pid}/cwd`).startsWith(root + data)) return true
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data)
      }),
    )
}

/** Ends a set's processes: in order, then at once, then by force. */
export async function endProcesses(id) {
  // On SIGINT PostgreSQL and Redis end in order without waiting for clients, on SIGQUIT at once; both end what they started.
  for (const [signal, patience] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 10_000],
  ]) {
    const pids = processesOf(id)
    const servers = pids.filter((pid) => !pids.includes(parentOf(pid)))
    for (const pid of signal === 'SIGKILL' ? pids : servers) send(pid, signal)
    const until = Date.now() + patience
    while (processesOf(id).length > 0 && Date.now() < until) await delay(30)
    if (processesOf(id).length === 0) return
  }
  throw new Failure(`Processes ${processesOf(id).join(', ')} do not end. Is the disk they write to stuck?`)
}

/**
 * When a process began, in ticks since the machine started: tells it from a later one with its pid. Undefined once it has
 * ended, also where its parent has not taken note of that.
 */
export const beginningOf = (pid) =>
  unlessGone(() => {
    const status = statusOf(pid)
    return status[0] === 'Z' ? undefined : Number(status[19])
  })

const parentOf = (pid) => unlessGone(() => Number(statusOf(pid)[1]))

/** The fields of `stat` behind the program's name, which may itself hold blanks and brackets: state, parent, … */
const statusOf = (pid) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')

function send(pid, signal) {
  unlessGone(() => process.kill(pid, signal))
}

/** Undefined for a process that has ended meanwhile, and for one that even root may not look into. */
function unlessGone(look) {
  try {
    return look()
  } catch (error) {
    if (!['ENOENT', 'ESRCH', 'EACCES'].includes(error.code)) throw error
  }
}
