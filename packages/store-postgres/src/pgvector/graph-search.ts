import type { SearchRequest } from '@image-recommender/core'
import type { CandidateRow } from './candidates.ts'
import { filterSql, Parameters } from './filter-sql.ts'
import { toleranceOf } from './float32-bounds.ts'
import type { Searched } from './searched.ts'
import { vectorBytes } from './vector-format.ts'

/** Half precision tells less apart: so many candidates are looked at for one that is wanted. */
const HALF_FACTOR = 2
/** More than are wanted, since the server orders them by distances in float32. */
const SPARE = 16
const MOST_EF_SEARCH = 1000

/**
 * What the graph leads to, and what it leaves out: more than were asked for, or fewer, and not in their true order.
 * `query`: the vector as it is sent.
 */
export function searchGraph(
  { queries, tables, extension, shape, terms, efSearch }: Searched,
  { limit, where = {}, after }: SearchRequest,
  query: Float32Array,
): Promise<CandidateRow[]> {
  const count = limit * (shape.halfvec ? HALF_FACTOR : 1) + SPARE
  const parameters = new Parameters()
  const vector = parameters.add(vectorBytes(query))
  let passes = filterSql(where, parameters)
  if (after) {
    const from = parameters.add(after.distance - toleranceOf(shape, after.distance))
    passes += ` and ${terms.distance(vector)} >= ${from}::float8`
  }
  // One round trip instead of five: the settings hold until the statement ends, and as the search asks for them, they are
  // made before it begins.
  const linked = `
    select id, ${terms.bytes} as vector
    from (select ${settings(Math.min(Math.max(efSearch, count), MOST_EF_SEARCH), extension.scansOn)} as made) as settings
    cross join lateral (
      select id, vector from ${tables.vectors} where made is not null and ${passes}
      order by ${terms.graphDistance(vector)} limit ${count}
    ) as nearest`
  const leftOut = `
    select id, ${terms.bytes} from ${tables.vectors} where ${terms.isLeftOut} and ${passes} order by id limit ${count}`
  return queries.query<CandidateRow>(terms.isLeftOut ? `(${linked}) union all (${leftOut})` : linked, parameters.values)
}

function settings(efSearch: number, scansOn: boolean): string {
  const made = [`set_config('hnsw.ef_search', '${efSearch}', true)`]
  // Not in strict order: they are put in order here, and more of them are found.
  if (scansOn) made.push("set_config('hnsw.iterative_scan', 'relaxed_order', true)")
  return made.join(' || ')
}
