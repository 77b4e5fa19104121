import { nextTurn } from './next-turn.ts'

/** For work in slices: `if (slices.isOver) await slices.next()` now and then, and others get their turn every few milliseconds. */
export class Slices {
  readonly #milliseconds: number
  #began = performance.now()

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
  }

  /** Whether it is time to let others do something. */
  get isOver(): boolean {
    return performance.now() - this.#began >= this.#milliseconds
  }

  /** Lets them, and begins the next slice. */
  async next(): Promise<void> {
    await nextTurn()
    this.#began = performance.now()
  }
}
