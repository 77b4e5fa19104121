import type { Filter, IndexEntry } from '@image-recommender/core'
import type { Fetched, Near } from '@image-recommender/core/parts'
import type { Queries } from '../database/database.ts'
import { decodeVector } from '../records/vector-codec.ts'
import type { ExactTables } from './exact-tables.ts'
import { tagParameters } from './tag-conditions.ts'

/** What a search reads at one moment. Tags have been asked for in the database, and are not read. */
export interface Reading extends Fetched {
  /** Of the sets. */
  readonly version: string
  /** Of the database: readings with the same one are of the same moment. */
  readonly snapshot: string
  /** Whether there are members in no set. */
  readonly hasDense: boolean
}

interface Row {
  readonly version: string
  readonly snapshot: string
  readonly dense: string | null
  readonly ranged: string | null
  readonly points: string | null
}

export async function readNear(
  queries: Queries,
  { near }: ExactTables,
  { ranges, points }: Near,
  where: Filter,
): Promise<Reading> {
  const [row] = await queries.query<Row>(`select * from ${near}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, [
    ranges.map(({ set }) => set),
    ranges.map(({ first }) => first),
    ranges.map(({ last }) => last),
    points.map(({ set }) => set),
    points.map(({ code }) => code),
    points.map(({ after }) => after),
    points.map(({ most }) => most),
    ...tagParameters(where),
  ])
  const { version, snapshot, dense, ranged, points: pages } = row!
  return {
    version,
    snapshot,
    hasDense: dense !== null,
    ranged: entriesOf(ranged ?? ''),
    points: points.length === 0 ? [] : pages!.split(',').map(entriesOf),
  }
}

// What `record_send` writes: how many fields, then each with its type, its length and its value, big-endian.
const COUNT = 4
const TYPE = 4
const LENGTH = 4

function entriesOf(digits: string): IndexEntry[] {
  const bytes = Buffer.from(digits, 'hex')
  const entries: IndexEntry[] = []
  let at = 0
  const field = () => {
    at += TYPE + LENGTH
    const from = at
    at += bytes.readInt32BE(at - LENGTH)
    return bytes.subarray(from, at)
  }
  while (at < bytes.length) {
    at += COUNT
    entries.push({ id: field().toString(), vector: decodeVector(field()), tags: [] })
  }
  return entries
}
