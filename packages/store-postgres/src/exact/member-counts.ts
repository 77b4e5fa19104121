import type { Filter, IndexEntry } from '@image-recommender/core'
import type { Queries } from '../database/database.ts'
import { decodeVector } from '../records/vector-codec.ts'
import type { ExactTables } from './exact-tables.ts'
import { tagConditions, tagParameters } from './tag-conditions.ts'

/** So many sets are counted at a time. */
const SETS_AT_ONCE = 50_000

const passes = `${tagConditions(3)} and ($6::text[] is null or not id = any ($6))`

/** How many members each set has that pass the filter's tags and are not excluded, by number. */
export async function countMembers(
  queries: Queries,
  { members, sets }: ExactTables,
  where: Filter,
): Promise<Map<number, number>> {
  const [row] = await queries.query<{ last: string }>(`select coalesce(max(number), -1)::text as last from ${sets}`)
  const last = Number(row!.last)
  const counts = new Map<number, number>()
  for (let first = 0; first <= last; first += SETS_AT_ONCE) {
    const [row] = await queries.query<{ counted: string | null }>(
      `select encode(string_agg(int4send(set) || int8send(members), ''), 'hex') as counted
      from (
        select set, count(*) as members from ${members}
        where set between $1::integer and $2::integer and ${passes} group by set
      ) as counted`,
      [first, first + SETS_AT_ONCE - 1, ...tagParameters(where), excluded(where)],
    )
    const bytes = Buffer.from(row!.counted ?? '', 'hex')
    for (let at = 0; at < bytes.length; at += 12)
      counts.set(bytes.readInt32BE(at), Number(bytes.readBigInt64BE(at + 4)))
  }
  return counts
}

/** Those members of some sets, page by page. Tags have been asked for, and are not read. */
export async function* readMembers(
  queries: Queries,
  { members }: ExactTables,
  { sets, where, page }: { sets: readonly number[]; where: Filter; page: number },
): AsyncGenerator<IndexEntry[]> {
  for (let last = { set: '-2', code: '0', id: '' }; ; ) {
    const rows = await queries.query<{ id: string; set: string; code: string; vector: string }>(
      `select id, set::text as set, code::text as code, encode(vector, 'hex') as vector from ${members}
      where ${members}.set = any ($1::integer[]) and (${members}.set, ${members}.code, ${members}.id) > ($2::integer, $7::bigint, $8) and ${passes}
      order by ${members}.set, ${members}.code, ${members}.id limit ${page}`,
      [sets, last.set, ...tagParameters(where), excluded(where), last.code, last.id],
    )
    if (rows.length > 0) {
      yield rows.map(({ id, vector }) => ({ id, vector: decodeVector(Buffer.from(vector, 'hex')), tags: [] }))
    }
    if (rows.length < page) return
    last = rows.at(-1)!
  }
}

function excluded({ exclude = [] }: Filter): readonly string[] | null {
  return exclude.length === 0 ? null : exclude
}
