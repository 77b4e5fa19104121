import type { StopListening } from './stop-listening.ts'

/** Listens for as long as anybody wants to hear, however many they are. */
export class Ear {
  readonly #listen: () => StopListening
  readonly #open = new Set<object>()
  #stop: StopListening | undefined

  constructor(listen: () => StopListening) {
    this.#listen = listen
  }

  /** Begins to listen where nobody did. Gives what ends it for this one. */
  open(): StopListening {
    const hearer = {}
    this.#open.add(hearer)
    this.#stop ??= this.#listen()
    return async () => {
      if (this.#open.delete(hearer) && this.#open.size === 0) await this.close()
    }
  }

  /** Ends it for all, also for those who forgot to. */
  async close(): Promise<void> {
    this.#open.clear()
    const stop = this.#stop
    this.#stop = undefined
    await stop?.()
  }
}
