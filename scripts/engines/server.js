/** Starts one server of the catalog, and waits until it answers. */
import { chmodSync, chownSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { account, launchWithin } from './chroot.js'
import { Failure, lastLines } from './failure.js'
import { dataOf, dataWithin } from './places.js'
import { sparePorts } from './ports.js'

const ATTEMPTS = 5
const PATIENCE = 120_000

/** Gives the server's pid and ports. `findPorts` may find ports that are taken before the server has them. */
export async function startServer(kind, { id, name, signal, findPorts = sparePorts }) {
  const { suite, user } = kind
  const data = dataOf(suite, id, name)
  const within = dataWithin(id, name)
  const { uid, gid } = account(suite, user)
  mkdirSync(data, { recursive: true })
  // Whatever the caller's umask.
  chmodSync(dirname(data), 0o755)
  chownSync(data, uid, gid)
  await kind.prepare?.(within, { signal })

  for (let attempt = 1; ; attempt++) {
    const ports = await findPorts(kind.ports)
    const logPath = `${data}.log`
    const log = openSync(logPath, 'w')
    const launched = launchWithin(suite, user, kind.command(within, ports), log)
    closeSync(log)
    const { pid } = launched
    if (await comesUp(launched, () => kind.isReady({ data, pid, log: readFileSync(logPath, 'utf8') }), signal)) {
      return { pid, ports }
    }
    const said = readFileSync(logPath, 'utf8')
    if (attempt < ATTEMPTS && /address already in use/i.test(said)) continue
    throw new Failure(`${name} does not start. Its log ends:\n${lastLines(said)}`)
  }
}

/** False where the server ends before it is ready, or takes too long. Then it does not go on. */
async function comesUp(launched, isReady, signal) {
  const hasEnded = () => launched.exitCode !== null || launched.signalCode !== null
  const deadline = Date.now() + PATIENCE
  while (!hasEnded() && !signal.aborted && Date.now() < deadline) {
    if (isReady()) return true
    await delay(50)
  }
  while (!hasEnded()) {
    launched.kill('SIGQUIT')
    await delay(50)
  }
  signal.throwIfAborted()
  return false
}
