import { RecommenderError } from '@image-recommender/core'
import type { Database, Queries } from './database.ts'
import { failure } from './failure.ts'

/** A database whose every failure is a `RecommenderError`, and that can be closed for the store without being closed. */
export class GuardedDatabase implements Database {
  readonly rowsAtOnce: number
  readonly #database: Database
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false

  constructor(database: Database) {
    this.rowsAtOnce = database.rowsAtOnce
    this.#database = database
  }

  query<Row = unknown>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return this.#run(() => this.#database.query<Row>(sql, parameters))
  }

  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#run(() => this.#database.transaction(work))
  }

  /** From now on calls are refused; resolves when those under way have ended, so that the client may be closed. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#underWay)
  }

  async #run<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new RecommenderError('CLOSED', 'The store is closed: create another one.')
    const running = call()
    this.#underWay.add(running)
    try {
      return await running
    } catch (error) {
      throw failure(error)
    } finally {
      this.#underWay.delete(running)
    }
  }
}
