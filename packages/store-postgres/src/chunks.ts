const BYTES = 4_000_000

/** Rows as columns, in chunks of at most `most`, and of fewer where rows are heavy. */
export function* columnChunks(rows: Iterable<readonly unknown[]>, most: number): Generator<unknown[][]> {
  let columns: unknown[][] = []
  let count = 0
  let weight = 0
  for (const row of rows) {
    for (const [at, value] of row.entries()) {
      columns[at] ??= []
      columns[at].push(value)
      weight += weightOf(value)
    }
    if (++count < most && weight < BYTES) continue
    yield columns
    columns = []
    count = 0
    weight = 0
  }
  if (count > 0) yield columns
}

/** The ids in chunks of at most `most`. */
export function* idChunks(ids: readonly string[], most: number): Generator<string[]> {
  for (let at = 0; at < ids.length; at += most) yield ids.slice(at, at + most)
}

function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  return value instanceof Uint8Array ? value.length : 4
}
