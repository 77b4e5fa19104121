import type { Change } from '@image-recommender/core'
import { type Bell, unlessAborted } from '@image-recommender/core/parts'
import type { Queries } from '../database/database.ts'
import { beginningOf, formatPosition, type Position, parsePosition } from './position.ts'
import type { Tables } from './tables.ts'

const BATCH = 1000
/** How long a feed waits for transactions that began earlier before it says that this was all for now. */
const PATIENCE = 5000
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
  /** Called before it waits for the first time: from then on the bell should ring for what others write too. */
  readonly onWait: () => void
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
  onWait,
}: FeedOptions): AsyncGenerator<Change[]> {
  let reached = after === undefined ? beginningOf('') : parsePosition(after)
  let saidAll = false
  let hasWaited = false
  let heldBackSince: number | undefined
  let delay = pollInterval
  while (!signal.aborted) {
    const heard = bell.rings
    const page = await unlessAborted(read(database, tables, reached), signal)
    if (!page) return
    const { changes, heldBack, lineage } = page
    if (lineage !== reached.lineage) reached = beginningOf(lineage)
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
    if (!hasWaited) onWait()
    hasWaited = true
    await bell.wait(heard, delay, signal)
  }
}

interface Page {
  readonly changes: readonly (Position & { readonly id: string })[]
  /** Of the tables as they are now. */
  readonly lineage: string
  /** Whether there are more, behind a transaction that is still under way. */
  readonly heldBack: boolean
}

interface Row {
  readonly lineage: string
  /** `null` where there is no change behind the position; then it is the only row. */
  readonly id: string | null
  readonly xid: string
  readonly seq: string
  readonly state: 'settled' | 'held back'
}

/**
 * What is behind a position; all there is where it is of other tables than these, or ahead of the server. It was handed out
 * before the server went back to a backup, so nobody can tell what its holder has seen; from the beginning of the feed
 * everybody arrives at the truth.
 */
async function read(database: Queries, { changes, version }: Tables, { lineage, xid, seq }: Position): Promise<Page> {
  const isKnown = 'lineage = $1 and $2::xid8 < pg_snapshot_xmax(pg_current_snapshot())'
  const rows = await database.query<Row>(
    `select lineage, id, xid::text as xid, seq::text as seq,
      case when xid < pg_snapshot_xmin(pg_current_snapshot()) then 'settled' else 'held back' end as state
    from (select ${lineageOf(changes, version)} as lineage) as tables
    left join lateral (
      select id, xid, seq from ${changes}
      where (xid, seq) > (case when ${isKnown} then $2::xid8 else '0' end, case when ${isKnown} then $3::bigint else 0 end)
      order by ${changes}.xid, ${changes}.seq limit ${BATCH}
    ) as change on true
    order by change.xid, change.seq`,
    [lineage, xid, seq],
  )
  const settled = rows.filter((row): row is Row & { id: string } => row.id !== null && row.state === 'settled')
  return {
    changes: settled.map(({ id, lineage, xid, seq }) => ({ id, lineage, xid, seq })),
    lineage: rows[0]!.lineage,
    heldBack: settled.length < rows.length && rows[0]!.id !== null,
  }
}

/**
 * Tells these tables from those of the same name before them: which table it is, and who wrote the first row of the versions,
 * and when. A dump brings the time along, but not the others, and nothing but a dump brings it.
 */
function lineageOf(changes: string, version: string): string {
  const facts = `'${changes}'::regclass::oid, versions.xmin, extract(epoch from applied_at)`
  return `(select left(encode(sha256(convert_to(concat_ws(' ', ${facts}), 'UTF8')), 'hex'), 16)
    from ${version} as versions order by version limit 1)`
}
