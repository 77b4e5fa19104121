import type { SearchRequest } from '@image-recommender/core'
import type { CandidateRow, Candidates } from './candidates.ts'
import { filterSql, Parameters } from './filter-sql.ts'
import { toleranceOf } from './float32-bounds.ts'
import type { Searched } from './searched.ts'
import { vectorBytes } from './vector-format.ts'

/** More than are wanted, since the server orders them by distances in float32. */
const SPARE = 16
/** Where very many are equally far, each read costs the server a look at all: so reads grow, up to so many bytes. */
const GROWTH = 8
const BYTES_AT_ONCE = 16_000_000
/** What a value takes in memory: as base64, and as it is. */
const BYTES_PER_VALUE = 10

/** A distance that the server cannot tell: the vector must be looked at. */
const UNKNOWN = -1

interface MeasuredRow extends CandidateRow {
  /** In binary, in base64: as text, it would have as many digits as the role or the database likes. */
  readonly distance: string
}

/**
 * Looks at every vector that passes, by the distances that the server computes, as far as necessary. They are off by a
 * tolerance at most: behind the last match and that, nothing can be nearer. `query`: the vector as it is sent; `undefined`:
 * it has no direction, and by cosine everything is equally far.
 */
export async function searchAll(
  searched: Searched,
  request: SearchRequest,
  query: Float32Array | undefined,
  candidates: Candidates,
): Promise<void> {
  const { shape } = searched
  const most = Math.floor(BYTES_AT_ONCE / (BYTES_PER_VALUE * shape.dimensions))
  let size = request.limit + SPARE
  let last: MeasuredRow | undefined
  for (;;) {
    const rows = await readWindow(searched, request, query, last, size)
    await candidates.add(rows)
    if (rows.length < size) return
    last = rows.at(-1)!
    const { farthest } = candidates
    if (candidates.areEnough && bytesOf(last.distance).readDoubleBE() > farthest + toleranceOf(shape, farthest)) return
    size = Math.max(size, Math.min(GROWTH * size, most))
  }
}

function bytesOf(distance: string): Buffer {
  return Buffer.from(distance, 'base64')
}

/** The next so many behind `last`, in the order of the server's distances, then ids. */
function readWindow(
  { queries, tables, shape, terms }: Searched,
  { where = {}, after }: SearchRequest,
  query: Float32Array | undefined,
  last: MeasuredRow | undefined,
  size: number,
): Promise<MeasuredRow[]> {
  const parameters = new Parameters()
  const vector = query && parameters.add(vectorBytes(query))
  const conditions = [filterSql(where, parameters)]
  const measured: string[] = []
  if (after) {
    const from = parameters.add(after.distance - toleranceOf(shape, after.distance))
    measured.push(`(distance = ${UNKNOWN} or distance >= ${from}::float8)`)
  }
  if (last) {
    const place = `${parameters.add(bytesOf(last.distance))}::float8, ${parameters.add(last.id)}::text collate "C"`
    measured.push(`(distance, id) > (${place})`)
  }
  return queries.query<MeasuredRow>(
    `select id, ${terms.bytes} as vector, encode(float8send(distance), 'base64') as distance
    from (
      select id, vector, ${vector ? knownDistance(vector) : '1::float8'} as distance
      from ${tables.vectors} where ${conditions.join(' and ')}
    ) as measured
    ${measured.length > 0 ? `where ${measured.join(' and ')}` : ''}
    order by measured.distance, id limit ${size}`,
    parameters.values,
  )

  function knownDistance(vector: string): string {
    const distance = terms.distance(vector)
    // Not by itself: the server would order by it along the graph, and so overlook what this is to find.
    if (shape.metric === 'euclidean') return `(${distance}) + 0`
    return `case when ${terms.isZero} then 1 else coalesce(nullif(${distance}, 'NaN'), ${UNKNOWN}) end`
  }
}
