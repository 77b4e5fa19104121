import { Admission } from '../exact-index/admission.ts'
import { AxisOrder } from '../exact-index/class-sets/axis-order.ts'
import { geometryOf } from '../exact-index/class-sets/geometry.ts'
import { MOST_CLASSES } from '../exact-index/class-sets/layer.ts'
import { TagLists } from '../exact-index/tag-lists.ts'
import type { Filter, Metric, SearchRequest } from '../similarity-index.ts'
import type { AdmittedSet, ClassSet, VectorPlace } from './class-set.ts'
import { SetLayer } from './set-layer.ts'
import { SetSearch } from './set-search.ts'

/** Bounds of sets are multiples of 1 / GRID. */
const GRID = 16

/**
 * The class sets of an index whose members are on a server, so that a search need only fetch what may be near: exact search
 * where nothing is held in memory but the sets.
 *
 * A server keeps each member under the number of its set and its code, in any index over numbers that hands out ranges; and the
 * sets themselves, whose bounds only ever widen. A set that has no members any more does no harm.
 */
export class ClassSetDirectory {
  /** By number of classes. */
  readonly layers: readonly SetLayer[]
  readonly order: AxisOrder
  readonly dimensions: number
  readonly metric: Metric
  #inclusions = 0
  readonly #coordinates: Float64Array
  readonly #scores: Float32Array
  readonly #axes: Uint16Array

  constructor({ dimensions, metric }: { dimensions: number; metric: Metric }) {
    this.dimensions = dimensions
    this.metric = metric
    this.order = new AxisOrder(dimensions)
    this.layers = Array.from(
      { length: Math.min(MOST_CLASSES, dimensions) + 1 },
      (_, size) => new SetLayer(size, metric, this.order),
    )
    this.#coordinates = new Float64Array(dimensions)
    this.#scores = new Float32Array(dimensions)
    this.#axes = new Uint16Array(dimensions)
  }

  /** Where a vector belongs; `undefined` where it has too many classes for a set (over 30), and is to be compared each time. */
  placeOf(vector: Float32Array): VectorPlace | undefined {
    let size = 0
    for (let axis = 0; axis < vector.length; axis++) {
      if (vector[axis] === 0) continue
      this.#axes[size] = axis
      this.#scores[size++] = vector[axis]!
    }
    const layer = this.layers[size]
    if (!layer) return undefined
    const coordinates = this.#coordinates
    geometryOf(this.metric).locate(this.#scores, 0, size, coordinates)
    const axes = this.#axes.slice(0, size)
    if (size === 0) return { axes, code: 0, low: 0, high: 0 }
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let at = 0; at < size; at++) {
      low = Math.min(low, coordinates[at]!)
      high = Math.max(high, coordinates[at]!)
    }
    // Rounded outwards to few values, so that sets need hardly ever be widened.
    return {
      axes,
      code: layer.code.of(coordinates),
      low: Math.floor(low * GRID) / GRID,
      high: Math.ceil(high * GRID) / GRID,
    }
  }

  /** The number of the set of a place; `undefined` where it is to be made, or widened, first. */
  find({ axes, low, high }: VectorPlace): number | undefined {
    const layer = this.layers[axes.length]!
    const group = layer.find(axes)
    return group < 0 || low < layer.lowOf(group) || high > layer.highOf(group) ? undefined : layer.groups.root(group)
  }

  /** What is to be made, or widened, before each of these places has a set: one place for each such set, as wide as all that lack it. */
  lacking(places: Iterable<VectorPlace | undefined>): VectorPlace[] {
    const unions = new Map<string, VectorPlace>()
    for (const place of places) {
      if (!place || this.find(place) !== undefined) continue
      const key = place.axes.join()
      const { low, high } = unions.get(key) ?? place
      unions.set(key, { ...place, low: Math.min(low, place.low), high: Math.max(high, place.high) })
    }
    return [...unions.values()]
  }

  /** The number of the set with these axes, however wide it is; `undefined`: there is none. */
  numberOf(axes: Uint16Array): number | undefined {
    const layer = this.layers[axes.length]!
    const group = layer.find(axes)
    return group < 0 ? undefined : layer.groups.root(group)
  }

  /** About how many members the set with these axes is thought to have. There is such a set. */
  membersOf(axes: Uint16Array): number {
    const layer = this.layers[axes.length]!
    return layer.groups.count(layer.find(axes))
  }

  /** Adds sets, or widens those that are there. */
  include(sets: readonly ClassSet[]): void {
    if (this.layers.every(({ count }) => count === 0)) this.#learnOrder(sets)
    for (const set of sets) this.layers[set.axes.length]!.include(set)
    this.#inclusions++
  }

  /**
   * Tells about how many members a set has more than it was thought to have, and the codes of some of them, evenly drawn. The
   * better a search knows where members are, the less it fetches that is not near; what it finds does not depend on it. Of a set
   * that is not here (yet), nothing is learnt.
   */
  addMembers(axes: Uint16Array, members: number, codes: ArrayLike<number>): void {
    const layer = this.layers[axes.length]!
    const group = layer.find(axes)
    if (group >= 0) layer.learn(group, members, codes)
  }

  /** How often sets have been included. A search must end, or begin again, when that changes. */
  get inclusions(): number {
    return this.#inclusions
  }

  /** The sets of which some members may pass these conditions, however few members they have. */
  *admitted(axes: Filter['axes']): Generator<AdmittedSet> {
    const admission = new Admission({ axes }, new TagLists(), new Set())
    for (const layer of this.layers) {
      for (let group = 0; group < layer.groups.end; group++) {
        const axes = layer.groups.axesOf(group)
        const isPositive = layer.lowOf(group) > 0
        const verdict = admission.enter(axes, 0, layer.size, isPositive)
        if (verdict === 'none') continue
        const number = layer.groups.root(group)
        yield { number, axes, isWhole: verdict === 'all' && (isPositive || layer.size === 0) }
      }
    }
  }

  /** A search of what is there now. */
  search(request: SearchRequest): SetSearch {
    return new SetSearch(this, request)
  }

  /** The order cannot change once there are sets. */
  #learnOrder(sets: readonly ClassSet[]): void {
    const perAxis = new Uint32Array(this.dimensions)
    for (const { axes } of sets) for (const axis of axes) perAxis[axis]!++
    this.order.learn(sets.length, perAxis)
  }
}
