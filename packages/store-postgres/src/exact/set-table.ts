import type { Metric } from '@image-recommender/core'
import { type ClassSet, ClassSetDirectory, type VectorPlace } from '@image-recommender/core/parts'
import type { Queries } from '../database/database.ts'
import type { ExactTables } from './exact-tables.ts'

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

  /** Which version the table has. */
  async versionNow(queries: Queries): Promise<string> {
    const [row] = await queries.query<{ version: string }>(
      `select sets_version::text as version from ${this.#tables.state}`,
    )
    return row!.version
  }

  /** Brings the directory up to date. */
  async refresh(queries: Queries): Promise<void> {
    const { sets } = this.#tables
    const found: ClassSet[] = []
    let last = { version: this.#version, number: String(2 ** 31 - 1) }
    for (;;) {
      const [page] = await queries.query<{ packed: string | null; version: string; number: string }>(
        `select encode(string_agg(${PACKED}, '' order by version, number), 'hex') as packed,
          max(version)::text as version, (array_agg(number order by version, number))[count(*)]::text as number
        from (
          select * from ${sets} where (version, number) > ($1::bigint, $2::integer)
          order by ${sets}.version, ${sets}.number limit ${PAGE}
        ) as page`,
        [last.version, last.number],
      )
      if (!page?.packed) break
      const sizeBefore = found.length
      found.push(...unpacked(page.packed))
      last = page
      if (found.length - sizeBefore < PAGE) break
    }
    if (found.length === 0) return
    this.directory.include(found)
    // Others may have come since, by a transaction of which only a part of these rows told.
    this.#version = last.version
  }

  /** Learns about how many members each set has and where among its codes they are, from a sample if there are many. */
  async learnMembers(queries: Queries): Promise<void> {
    const { members, sets } = this.#tables
    const [table] = await queries.query<{ rows: string }>(
      'select greatest(reltuples, 0)::text as rows from pg_class where oid = $1::regclass',
      [members],
    )
    const share = Math.min(1, MOST_COUNTED / Number(table!.rows))
    const sample = share < 1 ? `tablesample system (${100 * share})` : ''
    // Of a set that is met once, nothing is learnt that one would not think anyway.
    const rows = await queries.query<{ axes: string; codes: string }>(
      `select encode(axes, 'hex') as axes, encode(counted.codes, 'hex') as codes
      from (
        select set, string_agg(int8send(code), '' order by code) as codes
        from ${members} ${sample} where set >= 0 group by set having count(*) > 1
      ) as counted
      join ${sets} on number = counted.set`,
    )
    for (const row of rows) {
      const codes = decodeCodes(row.codes)
      this.directory.addMembers(axesIn(Buffer.from(row.axes, 'hex')), Math.round(codes.length / share), codes)
    }
  }

  /**
   * Adds to the table the sets that the directory is `lacking`, or widens those that are there; resolves to these sets, with their
   * numbers. Within a transaction that holds the lock on the state: when that has been committed, the directory is to be told.
   */
  async make(queries: Queries, lacking: readonly VectorPlace[]): Promise<ClassSet[]> {
    const { sets, state } = this.#tables
    const rows = await queries.query<{ packed: string }>(
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
      returning encode(${PACKED}, 'hex') as packed`,
      [lacking.map(({ axes }) => encodeAxes(axes)), lacking.map(({ low }) => low), lacking.map(({ high }) => high)],
    )
    return rows.flatMap(({ packed }) => unpacked(packed))
  }
}

/** A set as bytes, big-endian: how many bytes its axes have, its number, `low`, `high`, its axes. */
const PACKED = 'int4send(octet_length(axes)) || int4send(number) || float8send(low) || float8send(high) || axes'
const HEAD = 24

function unpacked(digits: string): ClassSet[] {
  const bytes = Buffer.from(digits, 'hex')
  const sets: ClassSet[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + HEAD + bytes.readInt32BE(at)
    sets.push({
      number: bytes.readInt32BE(at + 4),
      low: bytes.readDoubleBE(at + 8),
      high: bytes.readDoubleBE(at + 16),
      axes: axesIn(bytes.subarray(at + HEAD, end)),
    })
    at = end
  }
  return sets
}

/** Two bytes each, little-endian. */
function encodeAxes(axes: Uint16Array): string {
  const view = new DataView(new ArrayBuffer(2 * axes.length))
  for (const [at, axis] of axes.entries()) view.setUint16(2 * at, axis, true)
  return Buffer.from(view.buffer).toString('base64')
}

/** Eight bytes each, big-endian. */
function decodeCodes(digits: string): Float64Array {
  const bytes = Buffer.from(digits, 'hex')
  return Float64Array.from({ length: bytes.length / 8 }, (_, at) => Number(bytes.readBigInt64BE(8 * at)))
}

function axesIn(bytes: Buffer): Uint16Array {
  return Uint16Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16LE(2 * at))
}
