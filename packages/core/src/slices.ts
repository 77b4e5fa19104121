import { nextTurn } from './next-turn.ts'

const MILLISECONDS = 10

/**
 * For long work on a thread that others need too. It says now and then `if (slices.isOver) await slices.next()`, so that
 * others get their turn after each slice of 10 ms.
 */
export class Slices {
  #began = performance.now()

  /** Whether it is time to let others do something. */
  get isOver(): boolean {
    return performance.now() - this.#began >= MILLISECONDS
  }

  /** Lets others have their turn, then begins the next slice. */
  async next(): Promise<void> {
    await nextTurn()
    this.#began = performance.now()
  }
}
