import type {
  FeedStep,
  Filter,
  IndexChanges,
  IndexEntry,
  Match,
  Metric,
  SearchRequest,
  SimilarityIndex,
} from '@image-recommender/core'
import {
  type ClassSetDirectory,
  countBySets,
  filterOf,
  type Near,
  searchBySets,
  type VectorPlace,
} from '@image-recommender/core/parts'
import { databaseOf, type Queries } from '../database/database.ts'
import { makeStep } from '../database/feed-step.ts'
import { GuardedDatabase, Restart } from '../database/guarded-database.ts'
import { inOrder } from '../database/index-changes.ts'
import { survive } from '../database/survive.ts'
import { migrateExact } from './exact-migration.ts'
import { type ExactTables, exactTablesOf } from './exact-tables.ts'
import { countMembers, readMembers } from './member-counts.ts'
import { type Reading, readNear } from './member-reads.ts'
import { DENSE, deleteMembers, type PlacedEntry, putMembers } from './member-writes.ts'
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
  const database = new GuardedDatabase(databaseOf(client), 'index')
  const stopSurviving = survive(client, onWarning)
  const sets = new SetTable(tables, { dimensions, metric })
  try {
    await migrateExact(database, tables, { dimensions, metric })
    await sets.refresh(database)
    await sets.learnMembers(database)
  } catch (error) {
    stopSurviving()
    throw error
  }
  return new PostgresIndex({ database, tables, sets, dimensions, metric, stopSurviving })
}

/** So many members that are in no set are read at a time. */
const DENSE_PAGE = 500

interface Parts {
  readonly database: GuardedDatabase
  readonly tables: ExactTables
  readonly sets: SetTable
  readonly dimensions: number
  readonly metric: Metric
  readonly stopSurviving: () => void
}

/** Ends a search that found the directory out of date. It begins again when that is read anew. */
class DirectoryOutOfDate extends Restart {}
/** Ends a search whose statements saw different moments. It begins again where all see the same. */
class NotOneMoment extends Restart {}

class PostgresIndex implements SimilarityIndex {
  readonly exact = true
  readonly shared = true
  readonly dimensions: number
  readonly metric: Metric
  readonly #database: GuardedDatabase
  readonly #tables: ExactTables
  readonly #sets: SetTable
  readonly #stopSurviving: () => void

  constructor({ database, tables, sets, dimensions, metric, stopSurviving }: Parts) {
    this.dimensions = dimensions
    this.metric = metric
    this.#database = database
    this.#tables = tables
    this.#sets = sets
    this.#stopSurviving = stopSurviving
  }

  async write(changes: IndexChanges, step?: FeedStep): Promise<boolean> {
    const { put, gone } = inOrder(changes)
    const { directory } = this.#sets
    const { state } = this.#tables
    const { rowsAtOnce } = this.#database
    const places = put.map(({ vector }) => directory.placeOf(vector))
    const made = await this.#database.transaction(async (queries) => {
      // Before any member: all writers take the state first, then members in one order; who needs two orders, or writes the state, is alone.
      const lacking = directory.lacking(places)
      const alone = lacking.length > 0 || (put.length > 0 && gone.length > 0)
      if (!(await makeStep(queries, { state, step, alone }))) return undefined
      const made = lacking.length === 0 ? [] : await this.#sets.make(queries, lacking)
      const numbers = new Map(made.map((set) => [set.axes.join(), set.number]))
      const entries = put.map((entry, at) => placed(entry, places[at], numbers, directory))
      await deleteMembers(queries, this.#tables, gone, rowsAtOnce)
      await putMembers(queries, this.#tables, entries, rowsAtOnce)
      return made
    })
    if (!made) return false
    directory.include(made)
    for (const place of places) if (place) directory.addMembers(place.axes, 1, [place.code])
    return true
  }

  async position(): Promise<string | undefined> {
    const [row] = await this.#database.query<{ position: string | null }>(`select position from ${this.#tables.state}`)
    return row!.position ?? undefined
  }

  async search(request: SearchRequest): Promise<Match[]> {
    let isOneMoment = false
    for (;;) {
      try {
        return await (isOneMoment
          ? this.#inOneMoment((queries) => this.#search(queries, request, true))
          : this.#search(this.#database, request, false))
      } catch (error) {
        if (error instanceof NotOneMoment) isOneMoment = true
        else if (error instanceof DirectoryOutOfDate) await this.#sets.refresh(this.#database)
        else throw error
      }
    }
  }

  async counts(where: Filter = {}): Promise<{ total: number; perAxis: Uint32Array }> {
    for (;;) {
      try {
        return await this.#inOneMoment((queries) => this.#count(queries, where))
      } catch (error) {
        if (error instanceof DirectoryOutOfDate) await this.#sets.refresh(this.#database)
        else throw error
      }
    }
  }

  async close(): Promise<void> {
    await this.#database.close()
    this.#stopSurviving()
  }

  #inOneMoment<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(async (queries) => {
      await queries.query('set transaction isolation level repeatable read')
      return await work(queries)
    })
  }

  /** `isOneMoment`: whether all that these queries read is of one moment; otherwise it is seen to that it is. */
  async #search(queries: Queries, request: SearchRequest, isOneMoment: boolean): Promise<Match[]> {
    const { where = {} } = request
    const { directory, version } = this.#sets
    let first: Reading | undefined
    const fetch = async (near: Near) => {
      const reading = await readNear(queries, this.#tables, near, where)
      if (reading.version !== version) throw new DirectoryOutOfDate()
      first ??= reading
      if (!isOneMoment && reading.snapshot !== first.snapshot) throw new NotOneMoment()
      return reading
    }
    const fetchDense = async function* () {
      const most = DENSE_PAGE
      for (let after = '', isLast = !first!.hasDense; !isLast; ) {
        const [entries] = (await fetch({ ranges: [], points: [{ set: DENSE, code: 0, after, most }] })).points
        yield entries!
        isLast = entries!.length < most
        after = entries!.at(-1)?.id ?? ''
      }
    }
    // The tags have been seen to.
    const passes = filterOf({ ...where, tags: {} })
    return await searchBySets({ directory, metric: this.metric, passes, fetch, fetchDense }, request)
  }

  async #count(queries: Queries, where: Filter): Promise<{ total: number; perAxis: Uint32Array }> {
    const { directory, version } = this.#sets
    const tables = this.#tables
    if ((await this.#sets.versionNow(queries)) !== version) throw new DirectoryOutOfDate()
    const page = this.#database.rowsAtOnce
    const source = {
      directory,
      // The tags and the excluded have been seen to.
      passes: filterOf({ axes: where.axes }),
      countMembers: () => countMembers(queries, tables, where),
      readMembers: (sets: readonly number[]) => readMembers(queries, tables, { sets: [...sets, DENSE], where, page }),
    }
    return await countBySets(source, where)
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
