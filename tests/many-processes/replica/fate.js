/**
 * When a process ends, or stops for a while: at a named point, the nth time it comes by there. `kill -9` lets nothing run behind it:
 * no `finally`, no closing of connections.
 */
export class Fate {
  #point
  #left
  #random
  #pauses

  /** @param {{ point?: string, after?: number, pauses: number }} plan @param {() => number} random */
  constructor({ point, after = 1, pauses }, random) {
    this.#point = point
    this.#left = after
    this.#pauses = pauses
    this.#random = random
  }

  /** @param {string} point */
  pass(point) {
    if (point === this.#point && --this.#left <= 0) die()
  }

  /** The same, where the process may also stop for a moment, as one does that is swapped out. @param {string} point */
  async linger(point) {
    this.pass(point)
    if (this.#random() < this.#pauses) await new Promise((resolve) => setTimeout(resolve, 250 * this.#random()))
  }

  /** At some moment of what begins now, if it is to end there. @param {string} point @param {number} within milliseconds */
  during(point, within) {
    if (point === this.#point && --this.#left <= 0) setTimeout(die, within * this.#random())
  }
}

export function die() {
  process.kill(process.pid, 'SIGKILL')
}
