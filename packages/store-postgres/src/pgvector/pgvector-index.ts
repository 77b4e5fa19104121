import type {
  FeedStep,
  Filter,
  IndexChanges,
  Match,
  Metric,
  SearchRequest,
  SimilarityIndex,
} from '@image-recommender/core'
import { requireBinaryClient } from '../database/binary-client.ts'
import { databaseOf, type Queries } from '../database/database.ts'
import { GuardedDatabase } from '../database/guarded-database.ts'
import { survive } from '../database/survive.ts'
import { findExtension } from './extension.ts'
import { filterSql, Parameters } from './filter-sql.ts'
import { checkPgvectorOptions, type PgvectorIndexOptions } from './pgvector-index-options.ts'
import { makePgvectorTables } from './pgvector-migration.ts'
import { searchVectors } from './pgvector-search.ts'
import { type PgvectorTables, pgvectorTablesOf, termsOf } from './pgvector-tables.ts'
import { writeVectors } from './pgvector-writes.ts'
import type { Searched } from './searched.ts'

/**
 * An index for dense vectors on PostgreSQL with pgvector (0.7 or newer): a graph (HNSW), which finds most of the true
 * neighbours. For object vectors take `createPostgresIndex`: it is exact, faster on them, and needs no extension. Several
 * processes may use it at once, and find what the others have put as soon as it is committed.
 *
 * @throws RecommenderError `INVALID_ARGUMENT` (options), `INDEX_FAILED` (no pgvector in this database; no server, no right to
 * create tables, tables of another shape or a newer version)
 */
export async function createPgvectorIndex(options: PgvectorIndexOptions): Promise<SimilarityIndex> {
  const { client, dimensions, metric, schema, table, halfvec, m, efConstruction, efSearch, scanUpTo, onWarning } =
    checkPgvectorOptions(options)
  const shape = { dimensions, metric, halfvec }
  const tables = pgvectorTablesOf(schema, table)
  const database = new GuardedDatabase(databaseOf(client), 'index')
  const stopSurviving = survive(client, onWarning)
  try {
    const { extension, terms } = await database.transaction(async (queries) => {
      await requireBinaryClient(queries)
      const extension = await findExtension(queries)
      const terms = termsOf(extension, shape)
      await makePgvectorTables(queries, { tables, shape, terms, m, efConstruction })
      return { extension, terms }
    })
    const isSmall = smallness(database, tables, scanUpTo)
    const searched = { queries: database, tables, extension, shape, terms, efSearch, isSmall }
    return new PgvectorIndex(database, searched, stopSurviving)
  } catch (error) {
    stopSurviving()
    throw error
  }
}

/** Tells whether there are at most so many vectors. Once there were more it asks no longer: the graph is right at any size. */
function smallness(queries: Queries, { vectors }: PgvectorTables, most: number): () => Promise<boolean> {
  let isLarge = most === 0
  return async () => {
    if (isLarge) return false
    isLarge = (await queries.query(`select from ${vectors} offset ${most} limit 1`)).length > 0
    return !isLarge
  }
}

class PgvectorIndex implements SimilarityIndex {
  readonly exact = false
  readonly shared = true
  readonly dimensions: number
  readonly metric: Metric
  readonly #database: GuardedDatabase
  readonly #searched: Searched
  readonly #stopSurviving: () => void

  constructor(database: GuardedDatabase, searched: Searched, stopSurviving: () => void) {
    this.dimensions = searched.shape.dimensions
    this.metric = searched.shape.metric
    this.#database = database
    this.#searched = searched
    this.#stopSurviving = stopSurviving
  }

  write(changes: IndexChanges, step?: FeedStep): Promise<boolean> {
    return writeVectors({ database: this.#database, ...this.#searched }, changes, step)
  }

  async position(): Promise<string | undefined> {
    const [row] = await this.#database.query<{ position: string | null }>(
      `select position from ${this.#searched.tables.state}`,
    )
    return row!.position ?? undefined
  }

  search(request: SearchRequest): Promise<Match[]> {
    return searchVectors(this.#searched, request)
  }

  async counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    const parameters = new Parameters()
    const rows = await this.#database.query<{ axis: string | null; count: string }>(
      `with passing as (select axes from ${this.#searched.tables.vectors} where ${filterSql(where, parameters)})
      select null::text as axis, count(*)::text as count from passing
      union all
      select axis::text, count(*)::text from passing cross join unnest(axes) as axis group by axis`,
      parameters.values,
    )
    const perAxis = new Uint32Array(this.dimensions)
    let total = 0
    for (const { axis, count } of rows) {
      if (axis === null) total = Number(count)
      else perAxis[Number(axis)] = Number(count)
    }
    return { total, perAxis }
  }

  async close(): Promise<void> {
    await this.#database.close()
    this.#stopSurviving()
  }
}
