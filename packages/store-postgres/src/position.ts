import { RecommenderError } from '@image-recommender/core'

/** Where in the feed a change is: its transaction, then its place among the changes of that transaction. */
export interface Position {
  /** As text: they are 64 bits wide, and JavaScript's numbers are not. */
  readonly xid: string
  readonly seq: string
}

export const beginning: Position = { xid: '0', seq: '0' }

const greatestXid = 2n ** 64n - 1n
const greatestSeq = 2n ** 63n - 1n

export function formatPosition({ xid, seq }: Position): string {
  return `${xid}.${seq}`
}

export function parsePosition(text: string): Position {
  const [, xid, seq] = /^(\d{1,20})\.(\d{1,19})$/.exec(text) ?? []
  if (xid !== undefined && seq !== undefined && BigInt(xid) <= greatestXid && BigInt(seq) <= greatestSeq)
    return { xid, seq }
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is no position of a PostgreSQL store; give one that it handed out, or none to begin at the beginning.`,
  )
}
