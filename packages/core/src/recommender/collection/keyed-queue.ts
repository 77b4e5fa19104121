/** Runs tasks that name the same key one after the other, in the order of the calls; others side by side. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<void>>()

  /** Runs `task` when every earlier task on any of `keys` has ended, well or not. */
  run<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
    // Taking all places at once, before anything is awaited, is what makes a deadlock impossible.
    const before = keys.map((key) => this.#tails.get(key)).filter((tail) => tail !== undefined)
    const result = Promise.all(before).then(task)
    const tail: Promise<void> = result.then(
      () => this.#left(keys, tail),
      () => this.#left(keys, tail),
    )
    for (const key of keys) this.#tails.set(key, tail)
    return result
  }

  #left(keys: readonly string[], tail: Promise<void>): void {
    for (const key of keys) if (this.#tails.get(key) === tail) this.#tails.delete(key)
  }
}
