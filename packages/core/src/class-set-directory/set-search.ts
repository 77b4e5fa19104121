import { Admission } from '../exact-index/admission.ts'
import type { AxisOrder } from '../exact-index/class-sets/axis-order.ts'
import { geometryOf } from '../exact-index/class-sets/geometry.ts'
import { squaredDistance } from '../exact-index/class-sets/layer-bound.ts'
import { type GroupReader, NearestSearch, type Rounds } from '../exact-index/class-sets/nearest-search.ts'
import { Query, ROUNDING } from '../exact-index/class-sets/query.ts'
import { TagLists } from '../exact-index/tag-lists.ts'
import type { Metric, SearchRequest } from '../similarity-index.ts'
import { type CodeRange, joined } from './near.ts'
import type { SetLayer } from './set-layer.ts'

/** Members of a class set that are equally far from the query, but perhaps for the last bit: among them the ids decide. */
export interface EquallyFar {
  readonly set: number
  /** The code that all of them have. */
  readonly code: number
  /** None of them is nearer than this. */
  readonly least: number
  /** Whether all of them are as far as that, to the last bit. */
  readonly isExact: boolean
}

/** The sets that are searched. */
export interface SearchedSets {
  readonly metric: Metric
  readonly dimensions: number
  readonly layers: readonly SetLayer[]
  readonly order: AxisOrder
}

/** A part of a set that was not handed out yet: all whose code has `prefix` as its first `depth` bits. */
interface Part {
  readonly layer: SetLayer
  readonly group: number
  readonly prefix: number
  readonly depth: number
  /** About how many members. */
  readonly members: number
  readonly line: number
}

/**
 * Nothing is known of the distances of matches while a round goes on, so that it opens all within its radius: rounds begin
 * small, and none goes much beyond what is wanted. Measured.
 */
const MEMBERS_ELSEWHERE: Rounds = { radius: 0, widening: 0.02, growth: 0.2 }

/** Parts with more members are parted further, so that no more is fetched than is near. */
const MEMBERS_A_PART = 32

/**
 * A search for whoever keeps the members elsewhere: it says which of them to fetch, the nearest first, and is told how far the
 * worst match is by then. What it never names is farther than that.
 */
export class SetSearch implements GroupReader<SetLayer> {
  reach = Number.POSITIVE_INFINITY
  readonly isBusy = false
  readonly #metric: Metric
  readonly #query: Query
  readonly #search: NearestSearch<SetLayer>
  readonly #after: SearchRequest['after']
  #admission: Admission
  /** A heap, the nearest on top. */
  readonly #parts: Part[] = []
  #isDone = false
  readonly #low: Float64Array
  readonly #high: Float64Array

  constructor({ metric, dimensions, layers, order }: SearchedSets, { vector, where = {}, after }: SearchRequest) {
    this.#after = after
    this.#metric = metric
    this.#query = new Query(dimensions, geometryOf(metric), order)
    this.#query.set(vector)
    this.#low = new Float64Array(layers.length)
    this.#high = new Float64Array(layers.length)
    this.#admission = new Admission({ axes: where.axes }, new TagLists(), new Set())
    this.#search = new NearestSearch(layers, order, this.#query, this, MEMBERS_ELSEWHERE)
    this.#search.begin(this.#admission)
  }

  /**
   * Where members are that may be nearer than the worst match, or as near: together about `members`, or fewer if there are
   * no more. Neither ranges nor points: everything else is farther.
   *
   * @param worst the distance of the worst match of a full page; infinite while it is not full
   */
  next(worst: number, members: number): { ranges: CodeRange[]; points: EquallyFar[] } {
    this.reach = this.#query.reach(worst)
    const ranges: CodeRange[] = []
    const points: EquallyFar[] = []
    for (let found = 0; found < members; ) {
      const part = this.#nearestPart()
      if (!part) break
      const { pointCodes } = part.layer
      if (pointCodes.length > 0) {
        const untold = pointCodes.map((code) => this.#pointOf(part, code)).filter((point) => !this.#isTold(point))
        points.push(...untold)
        found += MEMBERS_A_PART * untold.length
        continue
      }
      if (part.members > MEMBERS_A_PART && part.depth < part.layer.code.bits) {
        this.#divide(part)
        continue
      }
      const { layer, group, prefix, depth } = part
      ranges.push({ set: layer.groups.root(group), ...layer.code.rangeOf(prefix, depth) })
      found += part.members
    }
    return { ranges: joined(ranges), points }
  }

  begin(admission: Admission): void {
    this.#admission = admission
  }

  open(layer: SetLayer, group: number, line: number): void {
    const { groups, size } = layer
    const verdict = this.#admission.enter(groups.axesAround(group), groups.axesAt(group), size, layer.low > 0)
    if (verdict === 'none') return
    this.#push({ layer, group, prefix: 0, depth: 0, members: Math.max(1, groups.count(group)), line })
  }

  step(): void {}

  /** Taken from the heap, when nothing that the tries still hold can be nearer. */
  #nearestPart(): Part | undefined {
    // The tries come in rounds of growing bounds: what a round has not opened is farther than all that it has.
    while (!this.#isDone && !(this.#parts[0] && this.#parts[0].line <= this.#search.radius)) {
      this.#isDone = !this.#search.readRound()
    }
    const nearest = this.#parts[0]
    if (!nearest || nearest.line > this.reach) return undefined
    const last = this.#parts.pop()!
    if (last !== nearest) this.#sink(last)
    return nearest
  }

  /** Puts both halves of a part back, as far as they can be near enough. */
  #divide({ layer, group, prefix, depth, members }: Part): void {
    const all = layer.groups.count(group)
    for (const bit of [0, 1]) {
      const half = { layer, group, prefix: 2 * prefix + bit, depth: depth + 1 }
      const line = this.#lineOf(half)
      if (line > this.reach) continue
      const { first, last } = layer.code.rangeOf(half.prefix, half.depth)
      const share = layer.shareOf(group, first, last)
      this.#push({ ...half, members: share === undefined ? members / 2 : share * all, line })
    }
  }

  /**
   * The bound of a part: its box in the classes that its set has, the query's squares in those that it has not. Infinite where
   * the set has no members.
   */
  #lineOf({ layer, group, prefix, depth }: Pick<Part, 'layer' | 'group' | 'prefix' | 'depth'>): number {
    const { coordinates, squares } = this.#query
    layer.code.boxOf(prefix, depth, this.#low, this.#high)
    const [least, most] = [layer.lowOf(group), layer.highOf(group)]
    let line = squares
    for (let column = 0; column < layer.size; column++) {
      const coordinate = coordinates[layer.groups.axisOf(group, column)]!
      const low = Math.max(least, this.#low[column]!)
      const high = Math.min(most, this.#high[column]!)
      if (low > high) return Number.POSITIVE_INFINITY
      line += squaredDistance(coordinate, low, high) - coordinate * coordinate
    }
    return line
  }

  /** The members with that code of a set that lies at one point, or at two. */
  #pointOf({ layer, group }: Part, code: number): EquallyFar {
    const { coordinates, squaredScores, size } = this.#query
    const set = layer.groups.root(group)
    if (this.#metric === 'euclidean') return { set, code, least: Math.sqrt(squaredScores), isExact: true }
    const coordinate = layer.size === 0 ? 0 : coordinates[layer.groups.axisOf(group, 0)]!
    if (coordinate === 0) return { set, code, least: 1, isExact: true }
    const cosine = code === 0 ? -coordinate : coordinate
    // Two vectors with one class, the same: the product of their scores and the root of its square are the same double.
    if (size === 1 && cosine > 0) return { set, code, least: 0, isExact: true }
    return { set, code, least: Math.max(0, 1 - cosine - ROUNDING), isExact: false }
  }

  /** Whether all members come before the match that the search continues behind. */
  #isTold({ least, isExact }: EquallyFar): boolean {
    return this.#after !== undefined && isExact && least < this.#after.distance
  }

  #push(part: Part): void {
    const parts = this.#parts
    let at = parts.length
    parts.push(part)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (parts[parent]!.line <= part.line) break
      parts[at] = parts[parent]!
      at = parent
    }
    parts[at] = part
  }

  /** Puts a part in the place of the top. */
  #sink(part: Part): void {
    const parts = this.#parts
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= parts.length) break
      if (child + 1 < parts.length && parts[child + 1]!.line < parts[child]!.line) child++
      if (parts[child]!.line >= part.line) break
      parts[at] = parts[child]!
      at = child
    }
    parts[at] = part
  }
}
