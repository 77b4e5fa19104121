import type { Admission, Verdict } from './admission.ts'
import type { DenseQuery } from './dense/dense-rows.ts'
import type { NearestMatches } from './nearest-matches.ts'
import { DENSE, type VectorTable } from './vector-table.ts'

/** How much memory is scanned between two looks at the clock: well under a millisecond. */
const STEP_BYTES = 2 ** 20

/** Compares a query with every dense vector of a table, step by step. */
export class DenseScan {
  readonly #table: VectorTable
  readonly #nearest: NearestMatches
  readonly #rowsPerStep: number
  #admission!: Admission
  #query!: DenseQuery
  #verdict: Verdict | undefined
  #next = 0

  constructor(table: VectorTable, nearest: NearestMatches) {
    this.#table = table
    this.#nearest = nearest
    this.#rowsPerStep = Math.max(1, Math.floor(STEP_BYTES / (4 * table.dimensions)))
  }

  begin(vector: Float32Array, admission: Admission): void {
    const { dense } = this.#table
    this.#admission = admission
    this.#next = 0
    this.#verdict = undefined
    if (dense.count > 0) this.#query = dense.prepare(vector)
  }

  /** Goes on until all are compared, then tells `true`; or until `deadline`, in the time of `performance.now()`. */
  advance(deadline: number): boolean {
    const { dense, dimensions } = this.#table
    if (dense.count === 0) return true
    // Not before: the search of the sparse vectors enters sets of its own.
    this.#verdict ??= this.#admission.enter(allAxes(dimensions), 0, dimensions, false)
    while (this.#next < dense.count) {
      const end = Math.min(dense.count, this.#next + this.#rowsPerStep)
      if (this.#verdict !== 'none') this.#scan(this.#next, end)
      this.#next = end
      if (performance.now() > deadline) break
    }
    return this.#next >= dense.count
  }

  #scan(from: number, to: number): void {
    const { dense } = this.#table
    const near = dense.candidates(this.#query, from, to, this.#nearest.worst)
    for (let at = 0; at < near.length; at++) {
      const row = near[at]!
      const distance = dense.exactDistance(this.#query, row)
      if (distance > this.#nearest.worst) continue
      const reference = dense.referenceOf(row)
      const passes =
        this.#verdict === 'all' || this.#admission.admits(dense.vectorOf(row), 0, reference, dense.tagsOf(row))
      if (passes) this.#nearest.offer(distance, reference, DENSE, -1, row)
    }
  }
}

function allAxes(dimensions: number): Uint16Array {
  return Uint16Array.from({ length: dimensions }, (_, axis) => axis)
}
