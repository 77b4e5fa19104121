import { CallQueue, nextTurn } from '@image-recommender/core/parts'

/** How long the thread works before it looks for messages, in milliseconds. */
const READ_SLICE = 5
const WRITE_SLICE = 2

/**
 * Shares the worker thread among searches and writes. All work comes in slices, between which messages are read; each
 * slice of a write leaves everything as it should be. A search that pauses keeps writes waiting until it ends; but if a
 * write is waiting when it would pause, it lets the write go first and begins again: so neither can keep the other
 * waiting for ever, and every answer is that of one moment.
 */
export class Turns {
  #paused = 0
  /** What wakes the writes that wait for pausing searches, and the searches that let a write go first. */
  readonly #waiting: (() => void)[] = []
  readonly #behind: (() => void)[] = []
  readonly #writes = new CallQueue()

  /** Runs writes one after the other, step by step. */
  write(steps: Generator<void, void>): Promise<void> {
    return this.alone(() => this.#runWrite(steps))
  }

  /** Runs a task in its turn among the writes, during which nothing is written. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#writes.run(task)
  }

  /** Runs the steps that `begin` makes, without any write between them. */
  async read<T>(begin: () => Generator<void, T>): Promise<T> {
    let steps = begin()
    let last = slice(steps, READ_SLICE)
    if (last.done) return last.value
    if (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#behind.push(resolve))
      steps = begin()
    }
    this.#paused++
    try {
      while (!last.done) {
        await nextTurn()
        last = slice(steps, READ_SLICE)
      }
      return last.value
    } finally {
      this.#paused--
      if (this.#paused === 0) wakeAll(this.#waiting)
    }
  }

  async #runWrite(steps: Generator<void, void>): Promise<void> {
    for (;;) {
      while (this.#paused > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      try {
        if (slice(steps, WRITE_SLICE).done) return
      } finally {
        wakeAll(this.#behind)
      }
      await nextTurn()
    }
  }
}

function slice<T>(steps: Generator<void, T>, milliseconds: number): IteratorResult<void, T> {
  const deadline = performance.now() + milliseconds
  for (;;) {
    const step = steps.next()
    if (step.done || performance.now() > deadline) return step
  }
}

function wakeAll(sleepers: (() => void)[]): void {
  for (const wake of sleepers.splice(0)) wake()
}
