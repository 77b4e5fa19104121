import type { Filter, IndexEntry } from '@image-recommender/core'
import type { CodeRange, EquallyFar } from '@image-recommender/core/parts'
import type { Queries } from '../database.ts'
import { decodeTag, encodeTag } from '../tag-text.ts'
import { decodeVector, encodeVector } from '../vector-codec.ts'
import type { ExactTables } from './exact-tables.ts'

interface MemberRow {
  readonly id: string
  readonly vector: string
  readonly tags: readonly string[]
}

/** A member with the number of its set and its code. */
export interface PlacedEntry extends IndexEntry {
  readonly set: number
  readonly code: number
}

/** The set of members that have too many classes for one. */
export const DENSE = -1

const columns = "id, encode(vector, 'base64') as vector, tags"

/** Inserts members, or moves them. In the order of their ids, as all writers do: so none waits for one that waits for it. */
export function putStatement({ members }: ExactTables): string {
  return `insert into ${members} (id, set, code, vector, tags)
    select id, set, code, decode(vector, 'base64'), tags::text[]
    from unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::text[]) as given (id, set, code, vector, tags)
    on conflict (id) do update set set = excluded.set, code = excluded.code, vector = excluded.vector, tags = excluded.tags`
}

export function toRow({ id, set, code, vector, tags }: PlacedEntry): readonly unknown[] {
  const bytes = encodeVector(vector)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return [id, set, code, text, `{${tags.map((tag) => `"${encodeTag(tag).replace(/["\\]/g, '\\$&')}"`).join(',')}}`]
}

/** What a search reads at one moment. */
export interface Fetched {
  /** The version of the sets at that moment. */
  readonly version: string
  readonly hasDense: boolean
  readonly entries: IndexEntry[]
}

/** The members in these ranges, but for those whose tags do not pass. */
export async function fetchRanges(
  queries: Queries,
  { state, members }: ExactTables,
  ranges: readonly CodeRange[],
  { tags = {} }: Filter,
): Promise<Fetched> {
  const rows = await queries.query<Partial<MemberRow> & { version: string; dense: boolean }>(
    `select sets_version::text as version, exists (select from ${members} where set = ${DENSE}) as dense, found.*
    from ${state} left join lateral (
      select ${columns}
      from unnest($1::integer[], $2::bigint[], $3::bigint[]) as range (set, first, last)
      cross join lateral (
        select * from ${members} as member
        where member.set = range.set and member.code between range.first and range.last offset 0
      ) as near
      where ($4::text[] is null or tags @> $4) and ($5::text[] is null or tags && $5)
        and ($6::text[] is null or not tags && $6)
    ) as found on true`,
    [
      ranges.map(({ set }) => set),
      ranges.map(({ first }) => first),
      ranges.map(({ last }) => last),
      textsOf(tags.all),
      textsOf(tags.any),
      textsOf(tags.none),
    ],
  )
  const { version, dense } = rows[0]!
  return { version, hasDense: dense, entries: rows.filter(isMember).map((row) => fromRow(row)) }
}

/** Up to `most` members of a set that have the same code, the first by their ids behind `after`. */
export async function fetchByIds(
  queries: Queries,
  { members }: ExactTables,
  { set, code }: EquallyFar,
  after: string,
  most: number,
): Promise<IndexEntry[]> {
  const rows = await queries.query<MemberRow>(
    `select ${columns} from ${members} where set = $1 and code = $2 and id > $3 order by id limit $4`,
    [set, code, after, most],
  )
  return rows.map(fromRow)
}

/** All members with too many classes for a set, page by page. */
export async function* fetchDense(
  queries: Queries,
  { members }: ExactTables,
  page: number,
): AsyncGenerator<IndexEntry[]> {
  for (let last = ''; ; ) {
    const rows = await queries.query<MemberRow>(
      `select ${columns} from ${members} where set = ${DENSE} and id > $1 order by id limit ${page}`,
      [last],
    )
    if (rows.length > 0) yield rows.map(fromRow)
    if (rows.length < page) return
    last = rows.at(-1)!.id
  }
}

/** All members, page by page. */
export async function* scanMembers(
  queries: Queries,
  { members }: ExactTables,
  page: number,
): AsyncGenerator<IndexEntry[]> {
  for (let last = ''; ; ) {
    const rows = await queries.query<MemberRow>(
      `select ${columns} from ${members} where id > $1 order by id limit ${page}`,
      [last],
    )
    if (rows.length > 0) yield rows.map(fromRow)
    if (rows.length < page) return
    last = rows.at(-1)!.id
  }
}

function isMember<Row extends Partial<MemberRow>>(row: Row): row is Row & MemberRow {
  return typeof row.id === 'string'
}

function fromRow({ id, vector, tags }: MemberRow): IndexEntry {
  return { id, vector: decodeVector(Buffer.from(vector, 'base64')), tags: tags.map(decodeTag) }
}

/** `null` where there is no condition: an empty list of any holds. */
function textsOf(tags: readonly string[] = []): string[] | null {
  return tags.length === 0 ? null : tags.map(encodeTag)
}
