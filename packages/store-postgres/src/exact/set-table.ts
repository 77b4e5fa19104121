import type { Metric } from '@image-recommender/core'
import { type ClassSet, ClassSetDirectory, type VectorPlace } from '@image-recommender/core/parts'
import type { Queries } from '../database.ts'
import type { ExactTables } from './exact-tables.ts'

interface SetRow {
  readonly number: number
  readonly axes: string
  readonly low: number
  readonly high: number
}

/** Sets are read in pages, so that this thread is not busy with them for long. */
const PAGE = 5000
/** Where there are more members than this, they are counted from a sample of about as many. */
const MOST_COUNTED = 200_000

/**
 * The class sets of an index: the table, and the directory of it in memory. Whoever adds sets holds the lock on the state, so
 * that versions are seen in their order; everybody else learns from the version whether there are new ones.
 */
export class SetTable {
  readonly directory: ClassSetDirectory
  readonly #tables: ExactTables
  #version = '0'

  constructor(tables: ExactTables, shape: { dimensions: number; metric: Metric }) {
    this.#tables = tables
    this.directory = new ClassSetDirectory(shape)
  }

  /** Which version of the table the directory is. */
  get version(): string {
    return this.#version
  }

  /** Brings the directory up to date. */
  async refresh(queries: Queries): Promise<void> {
    const { sets } = this.#tables
    const found: ClassSet[] = []
    let last = { version: this.#version, number: 2 ** 31 - 1 }
    for (;;) {
      const rows = await queries.query<SetRow & { version: string }>(
        `select number, encode(axes, 'base64') as axes, low, high, version::text as version from ${sets}
        where (version, number) > ($1::bigint, $2::integer) order by ${sets}.version, number limit ${PAGE}`,
        [last.version, last.number],
      )
      for (const row of rows) found.push(fromRow(row))
      if (rows.length > 0) last = rows.at(-1)!
      if (rows.length < PAGE) break
    }
    if (found.length === 0) return
    this.directory.include(found)
    // Others may have come since, by a transaction of which only a part of these rows told.
    this.#version = last.version
  }

  /** Learns about how many members each set has, from a sample where there are many. */
  async countMembers(queries: Queries): Promise<void> {
    const { members, sets } = this.#tables
    const [table] = await queries.query<{ rows: number }>(
      'select greatest(reltuples, 0)::float8 as rows from pg_class where oid = $1::regclass',
      [members],
    )
    const share = Math.min(1, MOST_COUNTED / table!.rows)
    const sample = share < 1 ? `tablesample system (${100 * share})` : ''
    const rows = await queries.query<{ axes: string; members: number }>(
      `select encode(axes, 'base64') as axes, counted.members::float8 as members
      from (select set, count(*) as members from ${members} ${sample} where set >= 0 group by set) as counted
      join ${sets} on number = counted.set`,
    )
    for (const { axes, members } of rows) this.directory.addMembers(decodeAxes(axes), Math.round(members / share))
  }

  /**
   * Numbers for places that the directory has no set for, or one too narrow: found in the table, widened or added. Within a
   * transaction that holds the lock on the state. The directory is to be told of them when that has been committed.
   */
  async make(queries: Queries, places: readonly VectorPlace[]): Promise<ClassSet[]> {
    const { sets, state } = this.#tables
    const wanted = unionsOf(places)
    const rows = await queries.query<SetRow>(
      `with next as (update ${state} set sets_version = sets_version + 1 returning sets_version),
      first as (select coalesce(max(number), -1) + 1 as number from ${sets}),
      given as (
        select decode(axes, 'base64') as axes, low, high, row_number() over () - 1 as place
        from unnest($1::text[], $2::float8[], $3::float8[]) as given (axes, low, high)
      )
      insert into ${sets} as present (number, axes, low, high, version)
      select first.number + place, axes, low, high, sets_version from given, first, next
      on conflict (axes) do update set low = least(present.low, excluded.low), high = greatest(present.high, excluded.high),
        version = excluded.version
      returning number, encode(axes, 'base64') as axes, low, high`,
      [wanted.map(({ axes }) => encodeAxes(axes)), wanted.map(({ low }) => low), wanted.map(({ high }) => high)],
    )
    return rows.map(fromRow)
  }
}

/** One place for each set, as wide as all that were given. */
function unionsOf(places: readonly VectorPlace[]): VectorPlace[] {
  const unions = new Map<string, VectorPlace>()
  for (const place of places) {
    const key = place.axes.join()
    const { low, high } = unions.get(key) ?? place
    unions.set(key, { ...place, low: Math.min(low, place.low), high: Math.max(high, place.high) })
  }
  return [...unions.values()]
}

function fromRow({ number, axes, low, high }: SetRow): ClassSet {
  return { number: Number(number), axes: decodeAxes(axes), low: Number(low), high: Number(high) }
}

/** Two bytes each, little-endian. */
function encodeAxes(axes: Uint16Array): string {
  const view = new DataView(new ArrayBuffer(2 * axes.length))
  for (const [at, axis] of axes.entries()) view.setUint16(2 * at, axis, true)
  return Buffer.from(view.buffer).toString('base64')
}

function decodeAxes(text: string): Uint16Array {
  const bytes = Buffer.from(text, 'base64')
  return Uint16Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16LE(2 * at))
}
