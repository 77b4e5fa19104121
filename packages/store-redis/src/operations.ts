import { RecommenderError } from '@image-recommender/core'

/** What a store, or an index, has under way, so that it can be closed without cutting anything off. */
export class Operations {
  readonly #whose: string
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false

  /** `whose`: who is closed, in the message of whatever is asked afterwards. */
  constructor(whose: 'store' | 'index' = 'store') {
    this.#whose = whose
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new RecommenderError('CLOSED', `The ${this.#whose} is closed: create another one.`)
    return this.#track(work())
  }

  /** What nobody waits for, and whose failure somebody else will mend. */
  runAside(work: () => Promise<unknown>): void {
    this.#track(work()).catch(() => {})
  }

  /** From now on calls are refused; resolves when those under way have ended. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
  }

  async #track<Result>(running: Promise<Result>): Promise<Result> {
    this.#underWay.add(running)
    try {
      return await running
    } finally {
      this.#underWay.delete(running)
    }
  }
}
