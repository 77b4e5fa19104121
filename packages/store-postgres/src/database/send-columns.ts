import type { Queries } from './database.ts'

/** Rows may be of any size; what is sent at once should not be. */
const BYTES_AT_ONCE = 4_000_000

/** Rows as the parameters of a statement, one array for each column. */
export interface Columns<Row> {
  /** How many rows. */
  readonly count: number
  /** How many bytes they take. */
  readonly size: number
  add(row: Row): void
  /** The arrays so far. They are views: to be sent before the next `clear`. */
  parameters(): unknown[]
  clear(): void
}

/**
 * Runs a statement for all rows, at most `most` at once, in their order. While the server works on some, this thread packs
 * the next: in turn into the two columns.
 */
export async function sendColumns<Row>(
  queries: Queries,
  statement: string,
  rows: Iterable<Row>,
  { most, columns }: { most: number; columns: readonly [Columns<Row>, Columns<Row>] },
): Promise<void> {
  let [packing, sent] = columns
  let sending: Promise<unknown> = Promise.resolve()
  for (const row of rows) {
    packing.add(row)
    if (packing.count < most && packing.size < BYTES_AT_ONCE) continue
    await sending
    sending = queries.query(statement, packing.parameters())
    // Awaited before anything else is sent; until then nobody may think that its failure was overlooked.
    sending.catch(() => {})
    ;[packing, sent] = [sent, packing]
    packing.clear()
  }
  await sending
  if (packing.count > 0) await queries.query(statement, packing.parameters())
}
