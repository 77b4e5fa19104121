/** `npm run engines -- COMMAND`: real PostgreSQL, Redis and Valkey for the tests, from Debian, in a folder of this repository. */
import { constants } from 'node:os'
import { bring } from './bring.js'
import { Failure } from './failure.js'
import { Interrupted } from './interruption.js'
import { run } from './run.js'
import { env, start, status, stop } from './start.js'

const USAGE = `Usage: npm run engines -- COMMAND          (as root)
  bring             fetch the engines, once
  run -- COMMAND…   start engines for one command, tell it where they are, and end them
  start             start engines that stay; .engines/running.json says where they are
  env               what to eval so that tests find those
  status            what is started, and whether all of it is alive
  stop              end what was started or left behind`

const [name, ...rest] = process.argv.slice(2)
const commands = { bring, start, stop, status, env, run: () => run(rest[0] === '--' ? rest.slice(1) : rest) }

// Whoever reads what we print may go away, which is no reason to leave engines behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

try {
  if (!Object.hasOwn(commands, name ?? '')) throw new Failure(USAGE)
  process.exitCode = (await commands[name]()) ?? 0
} catch (error) {
  if (error instanceof Interrupted) process.exitCode = 128 + constants.signals[error.signalName]
  else {
    console.error(error instanceof Failure ? `\n✗ ${error.message}` : error)
    process.exitCode = 1
  }
}
