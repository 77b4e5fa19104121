import { setImmediate } from 'node:timers/promises'
import {
  type ErrorSource,
  isPGlite,
  isPool,
  type PGliteInstance,
  type PostgresClient,
  type PostgresConnection,
  type PostgresPool,
  type SqlRunner,
} from './client.ts'

/** What runs statements, inside a transaction or outside. */
export interface Queries {
  query<Row = unknown>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
}

/** One face for a pool, a single connection and PGlite. */
export interface Database extends Queries {
  /** How many records one statement should write or read, so that neither side is busy with it for long. */
  readonly rowsAtOnce: number
  /** Commits what `work` did, or undoes all of it where `work` rejects. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
}

export function databaseOf(client: PostgresClient): Database {
  if (isPGlite(client)) return onPGlite(client)
  return isPool(client) ? onPool(client) : onConnection(client)
}

// Not whatever the role or the database has as its default: where it is stricter, a statement that waited for another
// writer fails instead of going on, and a lock that was waited for does not show what its holder wrote.
const BEGIN = 'begin isolation level read committed'

/** Packing or unpacking so many records takes this thread some 10 ms; larger statements are hardly faster. */
const SERVER_ROWS = 500
/** PGlite computes on this thread too: some 10 ms for so many. */
const PGLITE_ROWS = 100

/** A connection of its own for each transaction. */
function onPool(pool: PostgresPool): Database {
  return {
    rowsAtOnce: SERVER_ROWS,
    query: queriesOf(pool).query,
    async transaction(work) {
      const connection = await pool.connect()
      // The pool does not listen to a connection that it has handed out.
      let dead: Error | undefined
      const listener = (error: Error) => {
        dead = error
      }
      connection.on?.('error', listener)
      try {
        return await betweenBeginAndCommit(connection, work, (error) => {
          dead = error
        })
      } finally {
        connection.removeListener?.('error', listener)
        connection.release(dead)
      }
    },
  }
}

/** All calls share one connection: they take turns, or one would run inside the transaction of another. */
function onConnection(connection: PostgresConnection): Database {
  const turns = turnsOf(connection)
  return {
    rowsAtOnce: SERVER_ROWS,
    query: (sql, parameters) => turns.take(() => queriesOf(connection).query(sql, parameters)),
    transaction: (work) => turns.take(() => betweenBeginAndCommit(connection, work, () => {})),
  }
}

/** PGlite lets transactions and queries take turns itself. */
function onPGlite(pglite: PGliteInstance): Database {
  return {
    rowsAtOnce: PGLITE_ROWS,
    query: politely(queriesOf(pglite)).query,
    transaction: (work) => pglite.transaction((transaction) => work(politely(queriesOf(transaction)))),
  }
}

/** PGlite computes on this very thread and awaits nothing but itself: without a pause, nothing else would get its turn. */
function politely(queries: Queries): Queries {
  return {
    async query<Row>(sql: string, parameters?: readonly unknown[]) {
      const rows = await queries.query<Row>(sql, parameters)
      await setImmediate()
      return rows
    },
  }
}

function queriesOf(runner: SqlRunner): Queries {
  return {
    async query<Row>(sql: string, parameters: readonly unknown[] = []) {
      const { rows } = await runner.query(sql, [...parameters])
      return rows as Row[]
    },
  }
}

async function betweenBeginAndCommit<Result>(
  connection: SqlRunner,
  work: (queries: Queries) => Promise<Result>,
  onUnusable: (error: Error) => void,
): Promise<Result> {
  await connection.query(BEGIN)
  try {
    const result = await work(queriesOf(connection))
    await connection.query('commit')
    return result
  } catch (error) {
    // Where even this fails, the connection is in no known state; the first error is the one that tells why.
    await connection.query('rollback').catch(onUnusable)
    throw error
  }
}

class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}

// By connection and not by store, because two stores may have been given the same one.
const turnsByConnection = new WeakMap<PostgresConnection, Turns>()

function turnsOf(connection: PostgresConnection): Turns {
  const known = turnsByConnection.get(connection)
  if (known) return known
  const turns = new Turns()
  turnsByConnection.set(connection, turns)
  return turns
}

/**
 * Listens for connections that die while nobody uses them. Without a listener the client ends the whole process, although
 * nothing is lost: a pool has let go of that connection already, and a query on a dead client says so itself.
 */
export function survive(client: PostgresClient, onDeath: (error: Error) => void): () => void {
  const source: ErrorSource = isPGlite(client) ? {} : client
  source.on?.('error', onDeath)
  return () => {
    source.removeListener?.('error', onDeath)
  }
}
