import { existsSync, readFileSync } from 'node:fs'
import { summary } from '../search/latency.js'

/** On Linux: how long the process's first thread, which is the application's, has computed so far, in nanoseconds. */
const account = '/proc/self/schedstat'
const isThere = existsSync(account)

/**
 * How late the event loop comes to a timer that is due every millisecond, which is what the application would feel, and
 * how much of the time between two such timers its thread computed: the rest, others on the machine have caused.
 */
export class Lateness {
  #late = []
  #computed = []
  #timer
  #due = 0
  #before = 0

  begin() {
    this.#due = performance.now() + 1
    this.#before = computed()
    this.#timer = setInterval(() => this.#note(), 1)
  }

  pause() {
    clearInterval(this.#timer)
    // What was not come to any more was late as well.
    this.#note()
  }

  /** In milliseconds; `computed` is 0 where the system does not say. */
  end() {
    const { p99, max } = summary(this.#late)
    return { p99, max, computed: summary(this.#computed).max }
  }

  #note() {
    const [now, sofar] = [performance.now(), computed()]
    this.#late.push(Math.max(0, now - this.#due))
    this.#computed.push(sofar - this.#before)
    this.#due = now + 1
    this.#before = sofar
  }
}

function computed() {
  return isThere ? Number(readFileSync(account, 'latin1').split(' ', 1)[0]) / 1e6 : 0
}
