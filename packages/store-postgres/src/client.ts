/**
 * The shapes of the database clients that are understood. They are written down here so that neither `pg` nor PGlite is
 * imported: the application chooses the client and its version, opens it, and closes it.
 */

/** What runs a statement: everything below can, and so can their transactions. */
export interface SqlRunner {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>
}

/** What says that its connection has died. Node ends the process where nobody listens to that. */
export interface ErrorSource {
  on?(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
}

/** A connection that was taken out of a pool. */
export interface PooledConnection extends SqlRunner, ErrorSource {
  /** Gives it back; with an error, it is thrown away instead. */
  release(error?: Error | boolean): void
}

/** `Pool` of `pg`. */
export interface PostgresPool extends SqlRunner, ErrorSource {
  /** How many connections are open. Only a pool has this, which is how it is told from a single connection. */
  readonly totalCount: number
  connect(): Promise<PooledConnection>
}

/** A connected `Client` of `pg`. */
export interface PostgresConnection extends SqlRunner, ErrorSource {}

/** An instance of PGlite, or whatever has its `query` and `transaction`. */
export interface PGliteInstance extends SqlRunner {
  transaction<Result>(work: (transaction: SqlRunner) => Promise<Result>): Promise<Result>
}

/** A database client, as the application opened it. */
export type PostgresClient = PostgresPool | PostgresConnection | PGliteInstance

export function isPool(client: PostgresClient): client is PostgresPool {
  return 'totalCount' in client && 'connect' in client
}

export function isPGlite(client: PostgresClient): client is PGliteInstance {
  return 'transaction' in client && typeof client.transaction === 'function'
}
