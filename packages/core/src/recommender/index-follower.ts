import type { Change, ImageStore } from '../image-store.ts'
import type { SimilarityIndex } from '../similarity-index.ts'

export interface IndexFollowerOptions {
  readonly store: ImageStore
  readonly index: SimilarityIndex
  /** Brings the index to what the store says of the ids of these changes. */
  readonly apply: (batch: readonly Change[]) => Promise<void>
  readonly onWarning: (warning: Error) => void
}

/**
 * Keeps an index a view of its store: filling it, catching up after a pause and following live are the same loop over
 * the store's feed, from wherever the index is.
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
    return new Promise((resolve, reject) => {
      this.#running = this.#follow(resolve, reject)
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #follow(caughtUp: () => void, failed: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stop
    let ready = false
    let pause = 0
    while (!signal.aborted) {
      try {
        for await (const batch of this.#changes()) {
          if (batch.length > 0) await this.#options.apply(batch)
          else {
            ready = true
            caughtUp()
          }
          pause = 0
        }
        if (!signal.aborted) throw new Error('The store ended its feed of changes.')
      } catch (error) {
        // Before it was ready somebody waits for the outcome. After that the store goes on being the truth, and a
        // lost connection is a reason to try again from where the index is.
        if (!ready) return failed(error)
        pause = Math.min(30_000, Math.max(250, 2 * pause))
        this.#options.onWarning(
          new Error(`The index could not follow the store; the next try is in ${pause / 1000} s.`, { cause: error }),
        )
        await delay(pause, signal)
      }
    }
  }

  async *#changes() {
    const { store, index } = this.#options
    yield* store.changes({ after: await index.position(), signal: this.#stop.signal })
  }
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done, { once: true })
  })
}
