/** The names of a store's tables, qualified and quoted. */
export interface Tables {
  readonly schema: string
  readonly records: string
  readonly changes: string
  readonly version: string
  /** Indexes live in the schema of their table and are named without it. */
  readonly tagsIndex: string
  readonly positionIndex: string
}

/** Longer names PostgreSQL cuts at 63 bytes without a word, so that two stores could meet in one table: 48, and our endings. */
export const tableName = /^[a-z_][a-z0-9_]{0,47}$/

export function tablesOf(schema: string, table: string): Tables {
  const qualified = (name: string) => `"${schema}"."${name}"`
  return {
    schema: `"${schema}"`,
    records: qualified(table),
    changes: qualified(`${table}_changes`),
    version: qualified(`${table}_version`),
    tagsIndex: `"${table}_tags"`,
    positionIndex: `"${table}_position"`,
  }
}
