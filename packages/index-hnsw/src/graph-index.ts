import type { Filter, IndexEntry, SearchRequest } from '@image-recommender/core'
import { Graph, type Native } from './graph/graph.ts'
import { hasDirection } from './graph/native-point.ts'
import type { IndexShape } from './options.ts'
import { Admission } from './search/admission.ts'
import { NearestSlots } from './search/nearest-slots.ts'
import { isScanLess, type Work } from './search/work.ts'
import { VectorTable } from './table/vector-table.ts'

/** How many values are read between two steps: a fraction of a millisecond. */
const VALUES_A_STEP = 2 ** 18
/** So many images are asked whether they pass a filter, to tell how many do. */
const ASKED = 256
/** Steps of this share of the slots go everywhere, and in step with nothing: every second one passes, say. */
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** Matches by slot, the nearest first: what they are is in the table. */
export type FoundSlots = ReturnType<NearestSlots['sorted']>

export interface Counts {
  readonly total: number
  readonly perAxis: Uint32Array
}

/**
 * The index as the worker thread has it: the graph finds candidates, the table knows what they are. What takes long
 * comes in steps; a search and its like must not see a write between two of theirs.
 */
export class GraphIndex {
  readonly table: VectorTable
  readonly graph: Graph
  readonly #shape: IndexShape
  readonly #isScanLess: (work: Work) => boolean

  /** @param scans for tests: when not to use the graph */
  constructor(native: Native, shape: IndexShape, scans: (work: Work) => boolean = isScanLess) {
    this.table = new VectorTable(shape.dimensions)
    this.graph = new Graph(native, shape)
    this.#shape = shape
    this.#isScanLess = scans
  }

  put(entry: IndexEntry): void {
    const slot = this.table.slotOf(entry.id)
    // Whoever follows a store's feed brings most vectors twice, and a place in the graph takes longest.
    const isThere = slot !== undefined && isSame(this.table.vectorOf(slot), entry.vector)
    if (slot === undefined) this.table.makeRoom()
    if (!isThere) this.graph.put(slot ?? this.table.nextSlot, entry.vector)
    this.table.put(entry)
  }

  delete(id: string): void {
    const slot = this.table.slotOf(id)
    if (slot === undefined) return
    this.graph.remove(slot)
    this.table.delete(id)
  }

  *search(request: SearchRequest): Generator<void, FoundSlots> {
    const nearest = new NearestSlots(this.table, this.#shape.metric, request)
    const admission = new Admission(request.where ?? {}, this.table)
    if (!this.#walk(request, nearest, admission)) yield* this.#scan(nearest, admission)
    return nearest.sorted()
  }

  /** The same without the graph: every true neighbour. */
  *searchExactly(request: SearchRequest): Generator<void, FoundSlots> {
    const nearest = new NearestSlots(this.table, this.#shape.metric, request)
    yield* this.#scan(nearest, new Admission(request.where ?? {}, this.table))
    return nearest.sorted()
  }

  *counts(where: Filter): Generator<void, Counts> {
    const admission = new Admission(where, this.table)
    if (admission.isFree) return { total: this.table.count, perAxis: this.table.perAxis.slice() }
    const perAxis = new Uint32Array(this.#shape.dimensions)
    let total = 0
    for (const slot of this.#slots()) {
      if (slot === undefined) yield
      else if (admission.admits(slot)) {
        const vector = this.table.vectorOf(slot)
        for (let axis = 0; axis < vector.length; axis++) if (vector[axis]! > 0) perAxis[axis]!++
        total++
      }
    }
    return { total, perAxis }
  }

  /** Lets the graph find the nearest; `false` where it cannot, or a scan is less work. */
  #walk({ vector, after }: SearchRequest, nearest: NearestSlots, admission: Admission): boolean {
    const { metric, efSearch, m } = this.#shape
    const isOpen = admission.isFree && after === undefined
    const admits = isOpen ? undefined : (slot: number) => admission.admits(slot) && nearest.canCome(slot)
    const wanted = Math.max(efSearch, nearest.limit)
    const passing = admits ? this.#estimate(admits) : this.table.count
    if (this.#isScanLess({ passing, wanted, m, slots: this.graph.slots })) return false
    if (!hasDirection(vector, metric)) return false
    const slots = this.graph.nearest(vector, wanted, admits)
    // It has come to its end, which says nothing of those that its paths do not lead to.
    if (slots.length < wanted) return false
    for (const slot of slots) nearest.offer(slot)
    return true
  }

  *#scan(nearest: NearestSlots, admission: Admission): Generator<void> {
    for (const slot of this.#slots()) {
      if (slot === undefined) yield
      else if (admission.admits(slot)) nearest.offer(slot)
    }
  }

  /** All slots with an image, and now and then `undefined`: time for a step. */
  *#slots(): Generator<number | undefined> {
    const slotsAStep = Math.max(1, Math.floor(VALUES_A_STEP / this.#shape.dimensions))
    for (let slot = 0; slot < this.table.end; slot++) {
      if (this.table.idOf(slot) !== undefined) yield slot
      if (slot % slotsAStep === slotsAStep - 1) yield undefined
    }
  }

  /** About how many images pass. */
  #estimate(admits: (slot: number) => boolean): number {
    const { end, count } = this.table
    let [asked, passing] = [0, 0]
    for (let nth = 0; nth < ASKED; nth++) {
      const slot = Math.floor(((nth * GOLDEN) % 1) * end)
      if (this.table.idOf(slot) === undefined) continue
      asked++
      if (admits(slot)) passing++
    }
    return asked === 0 ? 0 : (count * passing) / asked
  }
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}
