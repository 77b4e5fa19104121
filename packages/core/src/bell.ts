/** Rung after each write, for those who wait for changes. */
export class Bell {
  #rings = 0
  readonly #waiting = new Set<() => void>()

  /** How often it has rung. Whoever notes that before looking for changes, and hands it to `wait`, misses none that came meanwhile. */
  get rings(): number {
    return this.#rings
  }

  ring(): void {
    this.#rings++
    for (const wake of this.#waiting) wake()
  }

  /** Resolves when it has rung more than `heard` times, after `milliseconds`, or when `signal` aborts. Keeps no process alive. */
  wait(heard: number, milliseconds: number | undefined, signal: AbortSignal | undefined): Promise<void> {
    if (this.#rings > heard || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = milliseconds === undefined ? undefined : setTimeout(wake, milliseconds).unref()
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }
}
