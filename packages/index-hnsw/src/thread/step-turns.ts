import { Turns } from '@image-recommender/core/parts'

/** How long the thread works before it looks for messages, in milliseconds. */
const READ_SLICE = 5
const WRITE_SLICE = 2

/**
 * Shares the worker thread among searches and writes, as `Turns` has it; the slices are made of the steps of generators. Between
 * slices messages are read; every answer is that of one moment.
 */
export class StepTurns {
  readonly #turns = new Turns()

  /** Runs writes one after the other, step by step. */
  write(steps: Generator<void, void>): Promise<void> {
    return this.#turns.write(() => slice(steps, WRITE_SLICE).done === true)
  }

  /** Runs a task in its turn among the writes, during which nothing is written. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns.alone(task)
  }

  /** Runs the steps that `begin` makes, without any write between them; it may have to begin again. */
  async read<T>(begin: () => Generator<void, T>): Promise<T> {
    let last: IteratorResult<void, T>
    await this.#turns.read(() => {
      const steps = begin()
      return () => {
        last = slice(steps, READ_SLICE)
        return last.done === true
      }
    })
    return last!.value as T
  }
}

/** Goes on for so long, or to the end. */
function slice<T>(steps: Generator<void, T>, milliseconds: number): IteratorResult<void, T> {
  const deadline = performance.now() + milliseconds
  for (;;) {
    const step = steps.next()
    if (step.done || performance.now() > deadline) return step
  }
}
