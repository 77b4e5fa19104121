import { CallQueue } from '../call-queue.ts'
import { nextTurn } from '../next-turn.ts'

/**
 * Lets searches that take long pause, so that others get their turn, while nothing is written that they would not notice.
 *
 * Work comes in slices of a few milliseconds. A write is one slice after another, each of which leaves everything as it should
 * be; a search that ends within its first slice needs no more than that. A search that pauses keeps writes waiting until
 * it ends; but if a write is waiting when it would pause, it lets the write go first and begins again: so neither can keep
 * the other waiting for ever.
 */
export class Turns {
  #paused = 0
  /** What wakes the writes that wait for pausing searches, and the searches that let a write go first. */
  readonly #waiting: (() => void)[] = []
  readonly #behind: (() => void)[] = []
  readonly #writes = new CallQueue()

  /** Runs writes one after the other: `slice` until it says that all is done. */
  write(slice: () => boolean): Promise<void> {
    return this.alone(() => this.#runWrite(slice))
  }

  /** Runs a task in its turn among the writes, during which nothing is written. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#writes.run(task)
  }

  /** Runs what `begin` makes until it says that all is done, without any write between its slices. */
  async read(begin: () => () => boolean): Promise<void> {
    let slice = begin()
    if (slice()) return
    if (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#behind.push(resolve))
      slice = begin()
    }
    this.#paused++
    try {
      do await nextTurn()
      while (!slice())
    } finally {
      this.#paused--
      if (this.#paused === 0) wakeAll(this.#waiting)
    }
  }

  async #runWrite(slice: () => boolean): Promise<void> {
    for (;;) {
      while (this.#paused > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      try {
        if (slice()) return
      } finally {
        wakeAll(this.#behind)
      }
      await nextTurn()
    }
  }
}

function wakeAll(sleepers: (() => void)[]): void {
  for (const wake of sleepers.splice(0)) wake()
}
