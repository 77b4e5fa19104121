/** The names of an exact index's tables, qualified and quoted. */
export interface ExactTables {
  readonly schema: string
  readonly members: string
  readonly sets: string
  readonly state: string
  /** Indexes live in the schema of their table and are named without it. */
  readonly codesIndex: string
  /** The function that fetches what may be near. */
  readonly near: string
}

export function exactTablesOf(schema: string, table: string): ExactTables {
  const qualified = (name: string) => `"${schema}"."${name}"`
  return {
    schema: `"${schema}"`,
    members: qualified(`${table}_members`),
    sets: qualified(`${table}_sets`),
    state: qualified(`${table}_state`),
    codesIndex: `"${table}_codes"`,
    near: qualified(`${table}_near`),
  }
}
