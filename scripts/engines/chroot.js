/** Programs of one of the two Debians, run there as one of its users. */
import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Failure, lastLines } from './failure.js'
import { rootOf } from './places.js'

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: '/' }

export function account(suite, user) {
  const line = readFileSync(join(rootOf(suite), 'etc/passwd'), 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  if (!line)
    throw new Failure(`Debian ${suite} in ${rootOf(suite)} has no user ${user}. Remove that folder and bring it anew.`)
  const [, , uid, gid] = line.split(':').map(Number)
  return { uid, gid }
}

/** Runs a program to its end and gives what it printed. */
export async function runWithin(suite, user, command, { signal } = {}) {
  try {
    // It ends with us, however we end.
    const bound = into(suite, user, ['setpriv', '--pdeathsig', 'KILL', ...command])
    const { stdout } = await promisify(execFile)('chroot', bound, {
      env: environment,
      maxBuffer: 2 ** 24,
      ...(signal && { signal }),
    })
    return stdout
  } catch (error) {
    signal?.throwIfAborted()
    throw new Failure(
      `${command.join(' ')} failed:\n${lastLines(`${error.stdout ?? ''}\n${error.stderr || error.message}`)}`,
    )
  }
}

/** Starts a program that outlives this process. Its pid is the program's own. */
export function launchWithin(suite, user, command, log) {
  const launched = spawn('chroot', into(suite, user, command), {
    env: environment,
    stdio: ['ignore', log, log],
    // Ctrl-C is for us: we end it in order.
    detached: true,
  })
  launched.unref()
  return launched
}

function into(suite, user, command) {
  const { uid, gid } = account(suite, user)
  return [`--userspec=${uid}:${gid}`, '--groups=', rootOf(suite), ...command]
}
