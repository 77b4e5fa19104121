import type { Change } from '@image-recommender/core'
import type { Bell } from './bell.ts'
import type { Queries } from './database.ts'
import { beginning, formatPosition, type Position, parsePosition } from './position.ts'
import type { Tables } from './tables.ts'

const BATCH = 1000
/** How long a feed waits for transactions that began earlier before it says that this was all for now. */
const PATIENCE = 1000
const FIRST_DELAY = 5

export interface FeedOptions {
  readonly database: Queries
  readonly tables: Tables
  readonly bell: Bell
  readonly pollInterval: number
  /** Behind which position; from the beginning where it is left out. */
  readonly after: string | undefined
  /** Ends the feed. */
  readonly signal: AbortSignal
}

/**
 * The changes in the order of their transactions.
 *
 * A transaction gets its number when it begins to write, and becomes visible when it commits, which may be long after one
 * with a greater number did. Whoever read on behind the greater number would never see the lesser. So a change is held back
 * while any transaction with a lesser number is under way: behind what was read, nothing can appear any more.
 */
export async function* feed({
  database,
  tables,
  bell,
  pollInterval,
  after,
  signal,
}: FeedOptions): AsyncGenerator<Change[]> {
  let reached = after === undefined ? beginning : parsePosition(after)
  if (signal.aborted) return
  if (after !== undefined && (await unlessAborted(isAhead(database, reached), signal))) reached = beginning

  let saidAll = false
  let heldBackSince: number | undefined
  let delay = pollInterval
  while (!signal.aborted) {
    const heard = bell.rings
    const page = await unlessAborted(read(database, tables, reached), signal)
    if (!page) return
    const { changes, heldBack } = page
    if (changes.length > 0) {
      yield changes.map(({ id, ...position }) => ({ id, position: formatPosition(position) }))
      reached = changes.at(-1)!
      saidAll = false
      heldBackSince = undefined
      if (changes.length === BATCH) continue
    }
    if (heldBack) {
      // Most transactions are over in a moment: look again soon, then less and less often.
      delay = heldBackSince === undefined ? FIRST_DELAY : Math.min(2 * delay, pollInterval)
      heldBackSince ??= performance.now()
    } else {
      delay = pollInterval
      heldBackSince = undefined
    }
    if (!saidAll && (heldBackSince === undefined || performance.now() - heldBackSince >= PATIENCE)) {
      saidAll = true
      yield []
    }
    await bell.wait(heard, delay, signal)
  }
}

interface Page {
  readonly changes: readonly (Position & { readonly id: string })[]
  /** Whether there are more, behind a transaction that is still under way. */
  readonly heldBack: boolean
}

async function read(database: Queries, { changes }: Tables, { xid, seq }: Position): Promise<Page> {
  const rows = await database.query<Position & { id: string; settled: boolean }>(
    `select id, xid::text as xid, seq::text as seq, xid < (select pg_snapshot_xmin(pg_current_snapshot())) as settled
    from ${changes} where (xid, seq) > ($1::xid8, $2::bigint) order by ${changes}.xid, ${changes}.seq limit ${BATCH}`,
    [xid, seq],
  )
  const settled = rows.filter((row) => row.settled)
  return {
    changes: settled.map((row) => ({ id: row.id, xid: row.xid, seq: row.seq })),
    heldBack: settled.length < rows.length,
  }
}

/**
 * Whether the server has not come as far as this position. It was handed out before the server went back to a backup, so
 * nobody can tell what its holder has seen; from the beginning of the feed everybody arrives at the truth.
 */
async function isAhead(database: Queries, { xid }: Position): Promise<boolean> {
  const [row] = await database.query<{ ahead: boolean }>(
    'select $1::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) as ahead',
    [xid],
  )
  return row!.ahead
}

/** The value of the promise; `undefined` as soon as the signal aborts, whatever becomes of the promise. */
function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
