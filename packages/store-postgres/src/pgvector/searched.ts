import type { Queries } from '../database/database.ts'
import type { Extension } from './extension.ts'
import type { PgvectorTables, Shape, Terms } from './pgvector-tables.ts'

/** An index, as a search needs to know it. */
export interface Searched {
  readonly queries: Queries
  readonly tables: PgvectorTables
  readonly extension: Extension
  readonly shape: Shape
  readonly terms: Terms
  readonly efSearch: number
  /** Whether there are so few vectors that every search looks at all of them. */
  readonly isSmall: () => Promise<boolean>
}
