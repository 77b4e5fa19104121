import { setImmediate } from 'node:timers/promises'

const MILLISECONDS = 10

/** Long computations ask after each piece whether it is time to let others have the thread. */
export class TimeSlice {
  #began = performance.now()

  get isOver(): boolean {
    return performance.now() - this.#began > MILLISECONDS
  }

  /** Lets others have it. */
  async next(): Promise<void> {
    await setImmediate()
    this.#began = performance.now()
  }
}
