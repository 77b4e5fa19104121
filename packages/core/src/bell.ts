/** Rung after each write of this process, for those who wait for changes. */
export class Bell {
  #rings = 0
  readonly #waiting = new Set<() => void>()

  /** How often it has rung: taken before looking for changes, it shows whether one came while looking. */
  get rings(): number {
    return this.#rings
  }

  ring(): void {
    this.#rings++
    for (const wake of this.#waiting) wake()
  }

  /** Resolves at the first ring behind `heard`, after `milliseconds`, or when `signal` aborts. Keeps no process alive. */
  wait(heard: number, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#rings > heard || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, milliseconds).unref()
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}
