import { RecommenderError } from '@image-recommender/core'
import type { Database, Queries } from './database.ts'
import { failure, type Part } from './failure.ts'

/** Ends a piece of work that is to be begun again, and undoes its transaction. It is no failure. */
export class Restart extends Error {}

/** A database whose every failure is a `RecommenderError`, and that can be closed for a part without being closed. */
export class GuardedDatabase implements Database {
  readonly rowsAtOnce: number
  readonly #database: Database
  readonly #part: Part
  readonly #underWay = new Set<Promise<unknown>>()
  #closed = false

  /** `part`: whose failures they are, `STORE_FAILED` or `INDEX_FAILED`. */
  constructor(database: Database, part: Part = 'store') {
    this.rowsAtOnce = database.rowsAtOnce
    this.#database = database
    this.#part = part
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

  /** For calls that have nothing to ask of the database. @throws RecommenderError `CLOSED` */
  assertOpen(): void {
    if (this.#closed) throw new RecommenderError('CLOSED', `The ${this.#part} is closed: create another one.`)
  }

  async #run<Result>(call: () => Promise<Result>): Promise<Result> {
    this.assertOpen()
    const running = call()
    this.#underWay.add(running)
    try {
      return await running
    } catch (error) {
      throw error instanceof Restart ? error : failure(error, this.#part)
    } finally {
      this.#underWay.delete(running)
    }
  }
}
