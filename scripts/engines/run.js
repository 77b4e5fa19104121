/** `run -- COMMAND…`: engines of its own for one command, ended whatever becomes of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { environmentOf } from './catalog.js'
import { Failure } from './failure.js'
import { interruption } from './interruption.js'
import { locked } from './lock.js'
import { requireRoot } from './privileges.js'
import { startOwn, stopAbandoned } from './sets.js'
import { requireAll } from './suites.js'

/** Gives the exit code: the command's own. */
export async function run(command) {
  if (command.length === 0) throw new Failure('What shall run? Usage: npm run engines -- run -- COMMAND…')
  requireRoot()
  requireAll()
  const signal = interruption()
  const { record, stop } = await locked(async () => {
    await stopAbandoned()
    return startOwn(signal)
  })
  try {
    signal.throwIfAborted()
    return await runCommand(command, { ...process.env, ...environmentOf(record) })
  } finally {
    await stop()
  }
}

async function runCommand([program, ...args], env) {
  const isAtTerminal = Boolean(process.stdin.isTTY)
  const child = spawn(program, args, { stdio: 'inherit', env, detached: !isAtTerminal })
  // At a terminal Ctrl-C reaches the command by itself. Otherwise it leads a group, so that what it started hears it too.
  const forward = (name) => {
    if (isAtTerminal && name !== 'SIGINT') child.kill(name)
    if (!isAtTerminal && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name)
  }
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const name of names) process.on(name, forward)
  try {
    const [code, ended] = await once(child, 'exit')
    return code ?? 128 + constants.signals[ended]
  } catch (error) {
    throw new Failure(`${program} could not be run: ${error.message}`)
  } finally {
    for (const name of names) process.off(name, forward)
  }
}
