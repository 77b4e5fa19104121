/** One command at a time brings, starts or stops. The kernel holds the lock, so it ends with its process, however that ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.js'
import { engines } from './places.js'

export async function locked(work) {
  mkdirSync(engines, { recursive: true })
  // In a group of its own: Ctrl-C must not end it before this process has tidied up.
  const holder = spawn('flock', [join(engines, 'lock'), 'sh', '-c', 'echo held && exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const patience = setTimeout(() => console.error('› Waiting for another engines command to end'), 1000)
  const said = await Promise.race([
    once(holder.stdout, 'data').then(() => 'held'),
    once(holder, 'error').then(([error]) => error.message),
    once(holder, 'exit').then(([code]) => `flock ended with ${code}`),
  ])
  clearTimeout(patience)
  if (said !== 'held') throw new Failure(`The lock ${join(engines, 'lock')} could not be taken: ${said}`)
  try {
    return await work()
  } finally {
    holder.stdin.end()
    if (holder.exitCode === null && holder.signalCode === null) await once(holder, 'exit')
  }
}
