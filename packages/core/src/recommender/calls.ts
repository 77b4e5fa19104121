import { RecommenderError } from '../errors.ts'

/** The calls that are under way, so that closing can wait for them and nothing begins after it. */
export class Calls {
  readonly #pending = new Set<Promise<unknown>>()
  #ended: Promise<void> | undefined

  assertOpen(): void {
    if (this.#ended) throw new RecommenderError('CLOSED', 'This recommender has been closed; create another one.')
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    this.assertOpen()
    const call = task()
    this.#pending.add(call)
    try {
      return await call
    } finally {
      this.#pending.delete(call)
    }
  }

  /** Lets nothing begin any more, waits for what is under way, then runs `finish`, once. */
  end(finish: () => Promise<void>): Promise<void> {
    this.#ended ??= Promise.allSettled(this.#pending).then(finish)
    return this.#ended
  }
}
