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
