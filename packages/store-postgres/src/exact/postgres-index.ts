import {
  compareUtf8,
  type Filter,
  type IndexEntry,
  type Match,
  type Metric,
  type SearchRequest,
  type SimilarityIndex,
} from '@image-recommender/core'
import {
  type ClassSet,
  type ClassSetDirectory,
  type CodeRange,
  type EquallyFar,
  filterOf,
  searchBySets,
  type VectorPlace,
} from '@image-recommender/core/parts'
import { columnChunks, idChunks } from '../chunks.ts'
import { databaseOf, type Queries, survive } from '../database.ts'
import { GuardedDatabase } from '../guarded-database.ts'
import { migrateExact } from './exact-migration.ts'
import { type ExactTables, exactTablesOf } from './exact-tables.ts'
import { asIndexFailure } from './index-failure.ts'
import {
  DENSE,
  fetchByIds,
  fetchDense,
  fetchRanges,
  type PlacedEntry,
  putStatement,
  scanMembers,
  toRow,
} from './member-rows.ts'
import { checkIndexOptions, type PostgresIndexOptions } from './postgres-index-options.ts'
import { SetTable } from './set-table.ts'

/**
 * An exact index on plain PostgreSQL (13 or newer) or PGlite, without any extension. Members live in a table, keyed by their
 * class set; in memory are the class sets alone. Several processes may use it at once, and find what the others have put as soon
 * as it is committed.
 *
 * @throws RecommenderError `INVALID_ARGUMENT` (options), `INDEX_FAILED` (no server, no right to create tables, tables of
 * another shape or a newer version)
 */
export async function createPostgresIndex(options: PostgresIndexOptions): Promise<SimilarityIndex> {
  const { client, schema, table, dimensions, metric, onWarning } = checkIndexOptions(options)
  const tables = exactTablesOf(schema, table)
  const database = new GuardedDatabase(databaseOf(client))
  const stopListening = survive(client, onWarning)
  const sets = new SetTable(tables, { dimensions, metric })
  try {
    await asIndexFailure(async () => {
      await migrateExact(database, tables, { dimensions, metric })
      await sets.refresh(database)
      await sets.countMembers(database)
    })
  } catch (error) {
    stopListening()
    throw error
  }
  return new PostgresIndex({ database, tables, sets, dimensions, metric, stopListening })
}

interface Parts {
  readonly database: GuardedDatabase
  readonly tables: ExactTables
  readonly sets: SetTable
  readonly dimensions: number
  readonly metric: Metric
  readonly stopListening: () => void
}

/** Ends a search that found the directory out of date. It begins again when that is read anew. */
class DirectoryOutOfDate extends Error {}
/** Ends a search for which one statement did not suffice. It begins again where many see the same moment. */
class NotAtOnce extends Error {}

class PostgresIndex implements SimilarityIndex {
  readonly exact = true
  readonly shared = true
  readonly dimensions: number
  readonly metric: Metric
  readonly #database: GuardedDatabase
  readonly #tables: ExactTables
  readonly #sets: SetTable
  readonly #stopListening: () => void

  constructor({ database, tables, sets, dimensions, metric, stopListening }: Parts) {
    this.dimensions = dimensions
    this.metric = metric
    this.#database = database
    this.#tables = tables
    this.#sets = sets
    this.#stopListening = stopListening
  }

  put(entries: readonly IndexEntry[], position?: string): Promise<void> {
    return asIndexFailure(async () => {
      const unique = [...new Map(entries.map((entry) => [entry.id, entry])).values()]
      unique.sort((a, b) => compareUtf8(a.id, b.id))
      const { directory } = this.#sets
      const places = unique.map(({ vector }) => directory.placeOf(vector))
      const made = await this.#database.transaction(async (queries) => {
        // Before any member: all writers take the state first, then members in one order.
        const made = await this.#makeSets(queries, places)
        if (position !== undefined) await this.#setPosition(queries, position)
        const numbers = new Map(made.map((set) => [set.axes.join(), set.number]))
        const rows = unique.map((entry, at) => toRow(placed(entry, places[at], numbers, directory)))
        for (const columns of columnChunks(rows, this.#database.rowsAtOnce)) {
          await queries.query(putStatement(this.#tables), columns)
        }
        return made
      })
      directory.include(made)
      for (const place of places) if (place) directory.addMembers(place.axes, 1)
    })
  }

  delete(ids: readonly string[], position?: string): Promise<void> {
    return asIndexFailure(async () => {
      const unique = [...new Set(ids)].sort(compareUtf8)
      await this.#database.transaction(async (queries) => {
        if (position !== undefined) await this.#setPosition(queries, position)
        for (const chunk of idChunks(unique, this.#database.rowsAtOnce)) {
          // `delete` takes rows in whatever order it comes upon them; taken in the order of all writers, nobody deadlocks.
          await queries.query(
            `with gone as (select id from ${this.#tables.members} where id = any ($1::text[]) order by id for update)
            delete from ${this.#tables.members} where id in (select id from gone)`,
            [chunk],
          )
        }
      })
    })
  }

  position(): Promise<string | undefined> {
    return asIndexFailure(async () => {
      const [row] = await this.#database.query<{ position: string | null }>(
        `select position from ${this.#tables.state}`,
      )
      return row!.position ?? undefined
    })
  }

  search(request: SearchRequest): Promise<Match[]> {
    return asIndexFailure(async () => {
      let atOnce = true
      for (;;) {
        try {
          return await (atOnce ? this.#search(this.#database, request, 1) : this.#searchInOneMoment(request))
        } catch (error) {
          if (error instanceof NotAtOnce) atOnce = false
          else if (error instanceof DirectoryOutOfDate) await this.#sets.refresh(this.#database)
          else throw error
        }
      }
    })
  }

  counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    return asIndexFailure(async () => {
      const passes = filterOf(where)
      const perAxis = new Uint32Array(this.dimensions)
      let total = 0
      for await (const entries of scanMembers(this.#database, this.#tables, this.#database.rowsAtOnce)) {
        for (const entry of entries) {
          if (!passes(entry)) continue
          total++
          for (let axis = 0; axis < this.dimensions; axis++) if (entry.vector[axis]! > 0) perAxis[axis]!++
        }
      }
      return { total, perAxis }
    })
  }

  async close(): Promise<void> {
    await this.#database.close()
    this.#stopListening()
  }

  #searchInOneMoment(request: SearchRequest): Promise<Match[]> {
    return this.#database.transaction(async (queries) => {
      await queries.query('set transaction isolation level repeatable read')
      return await this.#search(queries, request, Number.POSITIVE_INFINITY)
    })
  }

  async #search(queries: Queries, request: SearchRequest, mostFetches: number): Promise<Match[]> {
    const { directory, version } = this.#sets
    let fetches = 0
    let hasDense = false
    const fetch = async (ranges: readonly CodeRange[]) => {
      if (++fetches > mostFetches) throw new NotAtOnce()
      const fetched = await fetchRanges(queries, this.#tables, ranges, request.where ?? {})
      if (fetched.version !== version) throw new DirectoryOutOfDate()
      hasDense = fetched.hasDense
      return fetched.entries
    }
    const pointMembers = (point: EquallyFar, after: string, most: number) => {
      if (++fetches > mostFetches) throw new NotAtOnce()
      return fetchByIds(queries, this.#tables, point, after, most)
    }
    const denseMembers = () => {
      if (hasDense && mostFetches === 1) throw new NotAtOnce()
      return hasDense ? fetchDense(queries, this.#tables, this.#database.rowsAtOnce) : nothing()
    }
    const source = { directory, metric: this.metric, fetch, fetchByIds: pointMembers, fetchDense: denseMembers }
    return await searchBySets(source, request)
  }

  /** The sets that places still lack, in the table; nothing else writes sets until the transaction ends. */
  async #makeSets(queries: Queries, places: readonly (VectorPlace | undefined)[]): Promise<ClassSet[]> {
    const missing = places.filter((place) => place !== undefined && this.#sets.directory.find(place) === undefined)
    return missing.length === 0 ? [] : await this.#sets.make(queries, missing as VectorPlace[])
  }

  async #setPosition(queries: Queries, position: string): Promise<void> {
    await queries.query(`update ${this.#tables.state} set position = $1`, [position])
  }
}

function placed(
  entry: IndexEntry,
  place: VectorPlace | undefined,
  made: ReadonlyMap<string, number>,
  directory: ClassSetDirectory,
): PlacedEntry {
  if (!place) return { ...entry, set: DENSE, code: 0 }
  return { ...entry, set: directory.find(place) ?? made.get(place.axes.join())!, code: place.code }
}

async function* nothing(): AsyncGenerator<IndexEntry[]> {}
