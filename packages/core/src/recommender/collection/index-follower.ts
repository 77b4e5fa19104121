import type { Change, ImageStore } from '../../image-store.ts'
import { backOff } from '../back-off.ts'
import { delay } from '../delay.ts'
import type { IndexOfSpace } from './index-of-space.ts'

export interface IndexFollowerOptions {
  readonly store: ImageStore
  readonly index: IndexOfSpace
  /**
   * Brings the index from this position to that of the last of these changes, and to what the store says of their ids; `false`
   * where it is at that position no longer.
   */
  readonly apply: (batch: readonly Change[], from: string | undefined) => Promise<boolean>
  readonly onWarning: (warning: Error) => void
}

/**
 * Keeps an index a view of its store: filling it, catching up after a pause and following live are the same loop over
 * the store's feed, from wherever the index is.
 *
 * Of several that follow for one index, each batch is applied by one, whoever is first; the others go on from there. So none
 * has to be chosen for it, and none is missed when it dies.
 */
export class IndexFollower {
  readonly #options: IndexFollowerOptions
  readonly #stop = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: IndexFollowerOptions) {
    this.#options = options
  }

  /** Starts to follow, and resolves when the index has everything that the store had at that time. */
  start(): Promise<void> {
    // Stores keep no process alive while they wait for more; but whoever starts is waited for, and not idle.
    const hold = setInterval(() => {}, 2 ** 30)
    const started = new Promise<void>((resolve, reject) => {
      this.#running = this.#follow(resolve, reject)
    })
    return started.finally(() => clearInterval(hold))
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #follow(caughtUp: () => void, failed: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stop
    let ready = false
    let pause = 0
    let overtaken = 0
    while (!signal.aborted) {
      try {
        for await (const { isAll, isOvertaken } of this.#applications()) {
          if (isAll) {
            ready = true
            caughtUp()
          }
          overtaken = isOvertaken ? overtaken + 1 : 0
          pause = 0
        }
        if (overtaken > 0) await backOff(overtaken, signal)
        else if (!signal.aborted) throw new Error('The store ended its feed of changes.')
      } catch (error) {
        // Before it was ready somebody waits for the outcome. After that the store goes on being the truth, and a
        // lost connection is a reason to try again from where the index is.
        if (!ready) return failed(error)
        pause = Math.min(30_000, Math.max(250, 2 * pause))
        this.#options.onWarning(
          new Error(`The index could not follow the store; the next try is in ${pause / 1000} s.`, { cause: error }),
        )
        // As little as a store that waits for more does it keep a process alive: nobody waits for it.
        await delay(pause, signal, { idle: true })
      }
    }
  }

  /** Applies the feed from where the index is, batch by batch, until somebody else was faster. */
  async *#applications() {
    const { store, index, apply } = this.#options
    let position = await index.position()
    for await (const batch of store.changes({ after: position, signal: this.#stop.signal })) {
      const isAll = batch.length === 0
      const isOvertaken = !isAll && !(await apply(batch, position))
      yield { isAll, isOvertaken }
      if (isOvertaken) return
      position = batch.at(-1)?.position ?? position
    }
  }
}
