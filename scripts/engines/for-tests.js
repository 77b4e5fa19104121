/** How a test run comes to real engines, for whoever starts one. */
import { environmentOf, ownServersAreNamed } from './catalog.js'
import { isAlive, RUNNING, read } from './sets.js'
import { allAreHere } from './suites.js'

/**
 * `{ env }` where the tests can run as they are, with these variables added; `{ run: true }` where `run` should start
 * engines for them. Servers that the caller names come first, then engines that are started, then engines that are here.
 */
export function enginesForTests() {
  if (ownServersAreNamed()) return { env: {} }
  const running = read(RUNNING)
  if (running && isAlive(running)) return { env: environmentOf(running) }
  return process.getuid?.() === 0 && allAreHere() ? { run: true } : { env: {} }
}
