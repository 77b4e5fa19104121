import type { Queries } from '../database/database.ts'

/**
 * Tells other processes that something was written. Not within the writer's transaction: the server lets transactions that
 * notify commit one after the other only, and fails them where its queue is full. Told behind the commit, it can neither
 * slow down a writer nor fail one; if it is lost, the others poll. One is under way at a time, and what comes meanwhile is
 * told together.
 */
export class Announcer {
  readonly #queries: Queries
  readonly #channel: string
  readonly #sender: string
  #isDue = false
  #sending: Promise<void> | undefined

  /** `sender`: what others hear, so that one does not listen to oneself. */
  constructor(queries: Queries, channel: string, sender: string) {
    this.#queries = queries
    this.#channel = channel
    this.#sender = sender
  }

  announce(): void {
    this.#isDue = true
    this.#sending ??= this.#send()
  }

  /** Resolves when nothing is to be told any more. */
  async close(): Promise<void> {
    await this.#sending
  }

  async #send(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false
      try {
        await this.#queries.query('select pg_notify($1, $2)', [this.#channel, this.#sender])
      } catch {
        // It was a hint only. Whatever is wrong with the server, the next call says.
      }
    }
    // In the same breath as looking whether more is due: what came in between would wait for the next.
    this.#sending = undefined
  }
}
