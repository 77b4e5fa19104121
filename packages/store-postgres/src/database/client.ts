/**
 * The shapes of the database clients that are understood. They are written down here so that neither `pg` nor PGlite is
 * imported: the application chooses the client and its version, opens it, and closes it.
 */

/** What runs a statement: everything below can, and so can their transactions. A Buffer among the parameters is sent in binary. */
export interface SqlRunner {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>
}

/** What says that its connection has died. Node ends the process where nobody listens to that. */
export interface ErrorSource {
  on?(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
}

/** What another session said on a channel that this one listens to. */
export interface Notification {
  readonly channel: string
  readonly payload?: string | undefined
}

/** What a connection tells: that it has died, or ended, or what was said on the channels that it listens to. */
export interface ConnectionEvents {
  on?(event: 'error', listener: (error: Error) => void): unknown
  on?(event: 'end', listener: () => void): unknown
  on?(event: 'notification', listener: (notification: Notification) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'end', listener: () => void): unknown
  removeListener?(event: 'notification', listener: (notification: Notification) => void): unknown
}

/** A connection that was taken out of a pool. */
export interface PooledConnection extends SqlRunner, ConnectionEvents {
  /** Gives it back; with an error, it is thrown away instead. */
  release(error?: Error | boolean): void
  /** From now on it does not keep the process alive. */
  unref?(): void
}

/** `Pool` of `pg`. */
export interface PostgresPool extends SqlRunner, ErrorSource {
  /** How many connections are open. Only a pool has this, which is how it is told from a single connection. */
  readonly totalCount: number
  /** `max`: how many connections it may have. */
  readonly options?: { readonly max?: number | undefined; readonly allowExitOnIdle?: boolean | undefined }
  connect(callback: (error: Error | undefined, connection: PooledConnection | undefined) => void): void
}

/** A connected `Client` of `pg`. */
export interface PostgresConnection extends SqlRunner, ConnectionEvents {}

/** What runs a statement in PGlite. `serializers` say, by the number of a type, how its parameters are sent. */
export interface PGliteRunner {
  query(
    sql: string,
    parameters?: unknown[],
    options?: { serializers?: Record<number, (value: unknown) => never> },
  ): Promise<{ rows: unknown[] }>
}

/** An instance of PGlite, or whatever has its `query` and `transaction`. */
export interface PGliteInstance extends PGliteRunner {
  transaction<Result>(work: (transaction: PGliteRunner) => Promise<Result>): Promise<Result>
  /** Resolves to what ends it. */
  listen?(channel: string, hearer: (said: string) => void): Promise<() => Promise<void>>
}

/** A database client, as the application opened it. */
export type PostgresClient = PostgresPool | PostgresConnection | PGliteInstance

export function isPool(client: PostgresClient): client is PostgresPool {
  return 'totalCount' in client && 'connect' in client
}

export function isPGlite(client: PostgresClient): client is PGliteInstance {
  return 'transaction' in client && typeof client.transaction === 'function'
}
