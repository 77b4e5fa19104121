import { nextTurn } from '@image-recommender/core/parts'
import { queueOf } from './call-queues.ts'
import {
  isPGlite,
  isPool,
  type PGliteInstance,
  type PGliteRunner,
  type PostgresClient,
  type PostgresConnection,
  type PostgresPool,
  type SqlRunner,
} from './client.ts'
import { takeOut } from './take-out.ts'

/**
 * What runs statements, inside a transaction or outside. A Buffer is sent in binary, as its type's binary format has it;
 * beside one, the other parameters are Buffers, texts, numbers or null.
 */
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
      let dead: Error | undefined
      const listener = (error: Error) => {
        dead = error
      }
      const connection = await takeOut(pool, listener)
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
  const queue = queueOf(connection)
  return {
    rowsAtOnce: SERVER_ROWS,
    query: (sql, parameters) => queue.run(() => queriesOf(connection).query(sql, parameters)),
    transaction: (work) => queue.run(() => betweenBeginAndCommit(connection, work, () => {})),
  }
}

/** PGlite lets transactions and queries take turns itself. */
function onPGlite(pglite: PGliteInstance): Database {
  return {
    rowsAtOnce: PGLITE_ROWS,
    query: politely(inBinary(pglite)).query,
    transaction: (work) => pglite.transaction((transaction) => work(politely(inBinary(transaction)))),
  }
}

/** For every type alike. PGlite would write out bytes as text, five times as slowly. */
const serializers = new Proxy<Record<number, (value: unknown) => never>>(
  {},
  { get: () => (value: unknown) => (Buffer.isBuffer(value) ? value : String(value)) as never },
)

function inBinary(runner: PGliteRunner): Queries {
  return queriesOf({
    query: (sql, parameters = []) =>
      parameters.some(Buffer.isBuffer) ? runner.query(sql, parameters, { serializers }) : runner.query(sql, parameters),
  })
}

/** PGlite computes on this very thread and awaits nothing but itself: without a pause, nothing else would get its turn. */
function politely(queries: Queries): Queries {
  return {
    async query<Row>(sql: string, parameters?: readonly unknown[]) {
      const rows = await queries.query<Row>(sql, parameters)
      await nextTurn()
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
  try {
    await connection.query(BEGIN)
    const result = await work(queriesOf(connection))
    await connection.query('commit')
    return result
  } catch (error) {
    // Also where it did not begin: a client that gave up waiting for that may yet begin. Where even this fails, the connection
    // is in no known state; the first error is the one that tells why.
    await connection.query('rollback').catch(onUnusable)
    throw error
  }
}
