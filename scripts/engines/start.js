/** `start`, `stop`, `status` and `env`: the set of engines that stays between commands. */
import { environmentOf } from './catalog.js'
import { Failure } from './failure.js'
import { interruption } from './interruption.js'
import { locked } from './lock.js'
import { requireRoot } from './privileges.js'
import { isAlive, RUNNING, read, startLasting, stopAbandoned, stopSet } from './sets.js'
import { requireAll } from './suites.js'

export async function start() {
  requireRoot()
  requireAll()
  await locked(async () => {
    await stopAbandoned()
    const running = read(RUNNING)
    if (running && isAlive(running)) return
    if (running) {
      console.error('› Some of the engines have ended; all are started anew')
      await stopSet(RUNNING)
    }
    await startLasting(interruption())
  })
  status()
}

export async function stop() {
  requireRoot()
  await locked(async () => {
    for (const { file, runner } of await stopAbandoned()) {
      if (runner) console.log(`Left alone: the engines of a \`run\` that goes on as process ${runner.pid}`)
      else await stopSet(file)
    }
  })
  console.log('Stopped.')
}

export function status() {
  requireRoot()
  const running = read(RUNNING)
  if (!running) return console.log('Nothing is started.')
  const urls = Object.fromEntries(running.redisCluster.map((url, i) => [`redisCluster${i + 1}`, url]))
  for (const [name, version] of Object.entries(running.versions)) {
    console.log(
      `${name.padEnd(14)} ${running[name] ?? urls[name]}  ${version.split(' (')[0]}, pid ${running.pids[name]}`,
    )
  }
  if (isAlive(running)) return
  throw new Failure('Not all of them are alive any more. Start them anew: npm run engines -- start')
}

/** For `eval`: the variables by which tests find the engines that are started. */
export function env() {
  const running = read(RUNNING)
  if (!running) throw new Failure('Nothing is started. Start the engines: npm run engines -- start')
  for (const [variable, value] of Object.entries(environmentOf(running))) console.log(`export ${variable}='${value}'`)
}
