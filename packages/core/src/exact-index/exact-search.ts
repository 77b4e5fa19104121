import type { Match, SearchRequest } from '../similarity-index.ts'
import { Admission } from './admission.ts'
import { BlockReader } from './class-sets/block-reader.ts'
import { geometryOf } from './class-sets/geometry.ts'
import type { Layer } from './class-sets/layer.ts'
import { NearestSearch } from './class-sets/nearest-search.ts'
import { Query } from './class-sets/query.ts'
import { DenseScan } from './dense-scan.ts'
import { NearestMatches } from './nearest-matches.ts'
import { TagScan } from './tag-scan.ts'
import type { VectorTable } from './vector-table.ts'

/** Where no more than so many times as many as are wanted pass by their tags, looking at the tags of all is faster than going outwards. */
const FEW = 20

/**
 * A search over a table that does not change meanwhile: first the sparse vectors, then the dense. It is made once and begun
 * many times, one after the other.
 */
export class ExactSearch {
  readonly #table: VectorTable
  readonly #query: Query
  readonly #nearest: NearestMatches
  readonly #outwards: NearestSearch<Layer>
  readonly #tagScan: TagScan
  readonly #dense: DenseScan
  /** The way in which the sparse vectors are searched this time. */
  #sparse: NearestSearch<Layer> | TagScan

  constructor(table: VectorTable) {
    const { dimensions, metric, layers, order } = table
    this.#table = table
    this.#query = new Query(dimensions, geometryOf(metric), order)
    this.#nearest = new NearestMatches(table)
    const reader = new BlockReader(this.#query, metric, this.#nearest)
    this.#outwards = new NearestSearch(layers, order, this.#query, reader)
    this.#tagScan = new TagScan(layers, reader)
    this.#sparse = this.#outwards
    this.#dense = new DenseScan(table, this.#nearest)
  }

  begin({ vector, limit, where = {}, after }: SearchRequest): void {
    const admission = admissionOf(this.#table, where)
    this.#query.set(vector)
    this.#nearest.begin(limit, after)
    const passing = admission.estimateByTags(this.#table.count)
    this.#sparse = passing < Math.min(this.#table.count, FEW * limit) ? this.#tagScan : this.#outwards
    this.#sparse.begin(admission)
    this.#dense.begin(this.#query.vector, admission)
  }

  /** Goes on until all is found, then tells `true`; or until `deadline`, in the time of `performance.now()`. */
  advance(deadline: number): boolean {
    return this.#sparse.advance(deadline) && this.#dense.advance(deadline)
  }

  /** What was found, the nearest first; to be asked for once. */
  matches(): Match[] {
    return this.#nearest.take()
  }
}

/** A filter made ready for the table as it is now. */
export function admissionOf(table: VectorTable, where: NonNullable<SearchRequest['where']>): Admission {
  const excluded = new Set<number>()
  for (const id of where.exclude ?? []) {
    const found = table.find(id)
    if (found) excluded.add(found.reference)
  }
  return new Admission(where, table.tagLists, excluded)
}
