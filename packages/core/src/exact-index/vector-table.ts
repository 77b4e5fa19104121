import type { IndexEntry, Metric } from '../similarity-index.ts'
import { AxisOrder } from './class-sets/axis-order.ts'
import { geometryOf } from './class-sets/geometry.ts'
import { Layer, MOST_CLASSES } from './class-sets/layer.ts'
import { DenseRows } from './dense/dense-rows.ts'
import { ExtendibleHash } from './ids/extendible-hash.ts'
import { IdReferences } from './ids/id-references.ts'
import { type NextPart, wordsOf } from './snapshot/parts.ts'
import { TagLists } from './tag-lists.ts'

/** Stands where the number of classes stands for the others. */
export const DENSE = MOST_CLASSES + 1

/** A block of a layer, or a dense row, as one number: what the id of a member leads to. */
const PLACES = DENSE + 1
const placeOf = (layer: number, number: number): number => number * PLACES + layer

/** Where a member is: the block and its row in the layer of that many classes; or `DENSE`, and the row of the dense. */
export interface Member {
  readonly layer: number
  readonly block: number
  readonly row: number
}

/**
 * All that an index holds: each vector in the layer of its number of classes, or among the dense; which id is where; how often each axis
 * is above 0.
 */
export class VectorTable {
  /** By number of classes. */
  readonly layers: readonly Layer[]
  readonly dense: DenseRows
  readonly ids: IdReferences
  readonly tagLists = new TagLists()
  /** In which order the layers' tries go through the axes. */
  readonly order: AxisOrder
  /** In how many vectors each axis is above 0. */
  readonly perAxis: Uint32Array
  readonly #places: ExtendibleHash
  readonly #axes: Uint16Array
  readonly #scores: Float32Array

  constructor(
    readonly dimensions: number,
    readonly metric: Metric,
    ids = new IdReferences(),
    places = new ExtendibleHash(),
    dense = new DenseRows({ metric, dimensions }),
  ) {
    this.ids = ids
    this.dense = dense
    this.#places = places
    this.order = new AxisOrder(dimensions)
    this.perAxis = new Uint32Array(dimensions)
    this.#axes = new Uint16Array(dimensions)
    this.#scores = new Float32Array(dimensions)
    const geometry = geometryOf(metric)
    const compareIds = (a: number, b: number) => ids.compare(a, b)
    this.layers = Array.from({ length: Math.min(MOST_CLASSES, dimensions) + 1 }, (_, size) => {
      const onMoved = (reference: number, from: number, to: number) => {
        this.#places.replace(ids.hashOfReference(reference), placeOf(size, from), placeOf(size, to))
      }
      return new Layer(size, geometry, this.order, compareIds, onMoved)
    })
  }

  /** The parts that `load` takes: views of the live memory, good until the next change. */
  *save(): Generator<ArrayBufferView> {
    yield* this.ids.save()
    yield* this.#places.save()
    yield* this.dense.save()
    yield* this.tagLists.save()
    yield this.perAxis
    yield* this.order.save()
    for (const layer of this.layers) {
      yield Uint32Array.of(layer.count)
      if (layer.count > 0) yield* layer.save()
    }
  }

  /** Restores what was saved. Throws an Error where the parts do not make a table of that shape. */
  static async load(next: NextPart, dimensions: number, metric: Metric): Promise<VectorTable> {
    const ids = await IdReferences.load(next)
    const places = await ExtendibleHash.load(next)
    const table = new VectorTable(dimensions, metric, ids, places, await DenseRows.load(next))
    await table.tagLists.load(next)
    table.perAxis.set(wordsOf(await next()))
    await table.order.load(next)
    for (const layer of table.layers) if (wordsOf(await next())[0]! > 0) await layer.load(next)
    return table
  }

  get count(): number {
    return this.#places.size
  }

  /** Memory held, but for tag lists: `ids` is what leads from an id to its vector and back. */
  get bytes(): { index: number; ids: number } {
    const references = 4 * this.count
    const layers = this.layers.reduce((sum, { bytes }) => sum + bytes, 0)
    return { index: layers + this.dense.bytes - references, ids: references + this.#places.bytes + this.ids.bytes }
  }

  put({ id, vector, tags }: IndexEntry): void {
    const probe = this.ids.probe(id)
    const tagList = this.tagLists.use(tags)
    const old = this.#find(probe.hash)
    const reference = old ? this.#take(old, probe.hash) : this.ids.intern()
    const size = this.#readClasses(vector)
    const place =
      size > MOST_CLASSES
        ? placeOf(DENSE, this.dense.add(vector, reference, tagList))
        : placeOf(size, this.layers[size]!.insert(this.#axes, this.#scores, reference, tagList))
    this.#places.add(probe.hash, place)
    this.#count(size, +1)
    if (this.order.learn(this.count, this.perAxis)) for (const layer of this.layers) layer.reorder()
  }

  /** Whether the id was there. */
  delete(id: string): boolean {
    const probe = this.ids.probe(id)
    const old = this.#find(probe.hash)
    if (!old) return false
    this.ids.release(this.#take(old, probe.hash))
    return true
  }

  /** Where the vector of an id is, and the reference of the id. */
  find(id: string): (Member & { readonly reference: number }) | undefined {
    const member = this.#find(this.ids.probe(id).hash)
    return member && { ...member, reference: this.#referenceOf(member) }
  }

  /** Writes the vector in a row of a group, or in a dense row, into one that is all 0. */
  readVector(layer: number, group: number, row: number, vector: Float32Array): void {
    if (layer === DENSE) {
      vector.set(this.dense.vectorOf(row))
      return
    }
    const { groups, blocks } = this.layers[layer]!
    for (let column = 0; column < layer; column++) vector[groups.axisOf(group, column)] = blocks.scoreOf(row, column)
  }

  /** Does a little of the work of giving unused memory back; whether there is more to do. */
  tighten(): boolean {
    return this.layers.some((layer) => layer.tighten())
  }

  /** The member whose id has just been probed. */
  #find(hash: number): Member | undefined {
    for (let place = this.#places.first(hash); place >= 0; place = this.#places.next()) {
      const layer = place % PLACES
      const number = Math.floor(place / PLACES)
      if (layer === DENSE) {
        if (this.ids.matches(this.dense.referenceOf(number))) return { layer, block: number, row: number }
        continue
      }
      const { blocks } = this.layers[layer]!
      const first = blocks.firstRow(number)
      for (let row = first, end = first + blocks.length(number); row < end; row++) {
        if (this.ids.matches(blocks.referenceOf(row))) return { layer, block: number, row }
      }
    }
    return undefined
  }

  /** Takes a member out, but for its reference, which is returned. */
  #take(member: Member, hash: number): number {
    const { layer, block, row } = member
    const reference = this.#referenceOf(member)
    this.#count(this.#readClassesOf(member), -1)
    this.#places.remove(hash, placeOf(layer, block))
    if (layer === DENSE) {
      this.tagLists.release(this.dense.tagsOf(row))
      const moved = this.dense.remove(row)
      if (moved >= 0) {
        const [from, to] = [placeOf(DENSE, this.dense.count), placeOf(DENSE, row)]
        this.#places.replace(this.ids.hashOfReference(moved), from, to)
      }
    } else {
      this.tagLists.release(this.layers[layer]!.blocks.tagListOf(row))
      this.layers[layer]!.remove(block, row)
    }
    return reference
  }

  #referenceOf({ layer, row }: Member): number {
    return layer === DENSE ? this.dense.referenceOf(row) : this.layers[layer]!.blocks.referenceOf(row)
  }

  /** Reads the axes that are not 0, and their values, into `#axes` and `#scores`; how many. */
  #readClasses(vector: Float32Array): number {
    const { dimensions } = this
    const axes = this.#axes
    const scores = this.#scores
    let size = 0
    for (let axis = 0; axis < dimensions; axis++) {
      const score = vector[axis]!
      if (score === 0) continue
      axes[size] = axis
      scores[size++] = score
    }
    return size
  }

  /** The same of a vector that is held. */
  #readClassesOf({ layer, block, row }: Member): number {
    if (layer === DENSE) return this.#readClasses(this.dense.vectorOf(row))
    const { tree, groups, blocks } = this.layers[layer]!
    const group = tree.groupOf(block)
    for (let column = 0; column < layer; column++) {
      this.#axes[column] = groups.axisOf(group, column)
      this.#scores[column] = blocks.scoreOf(row, column)
    }
    return layer
  }

  /** Counts the classes last read. */
  #count(size: number, change: number): void {
    for (let at = 0; at < size; at++) if (this.#scores[at]! > 0) this.perAxis[this.#axes[at]!]! += change
  }
}
