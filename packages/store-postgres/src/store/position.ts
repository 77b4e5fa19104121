import { RecommenderError } from '@image-recommender/core'

/** Where in the feed a change is: its transaction, then its place among the changes of that transaction. */
export interface Position {
  /**
   * Of which tables. Restored from a dump, they are others: their transactions were counted by another server, and what
   * somebody has seen of the old ones says nothing about them.
   */
  readonly lineage: string
  /** As text: they are 64 bits wide, and JavaScript's numbers are not. */
  readonly xid: string
  readonly seq: string
}

const greatestXid = 2n ** 64n - 1n
const greatestSeq = 2n ** 63n - 1n

export function beginningOf(lineage: string): Position {
  return { lineage, xid: '0', seq: '0' }
}

export function formatPosition({ lineage, xid, seq }: Position): string {
  return `${lineage}.${xid}.${seq}`
}

export function parsePosition(text: string): Position {
  // The first version named no tables. To whoever comes with such a position, all of them are others.
  const [, lineage = '', xid, seq] = /^(?:([0-9a-f]{16})\.)?(\d{1,20})\.(\d{1,19})$/.exec(text) ?? []
  if (xid && seq && BigInt(xid) <= greatestXid && BigInt(seq) <= greatestSeq) return { lineage, xid, seq }
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is no position of a PostgreSQL store; give one that it handed out, or none to begin at the beginning.`,
  )
}
