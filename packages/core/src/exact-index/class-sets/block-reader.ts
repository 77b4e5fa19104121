import type { Metric } from '../../similarity-index.ts'
import type { Admission } from '../admission.ts'
import type { NearestMatches } from '../nearest-matches.ts'
import { ROW_BITS, ROW_MASK } from './blocks.ts'
import { isNode, untagged } from './groups.ts'
import { type Layer, MOST_CLASSES } from './layer.ts'
import { squaredDistance } from './layer-bound.ts'
import type { GroupReader } from './nearest-search.ts'
import type { Query } from './query.ts'

/**
 * Reads the members of one group after the other, and offers those near enough to the matches: of a group's tree the nearest
 * child first, those beyond the worst match never.
 */
export class BlockReader implements GroupReader<Layer> {
  /** The squared line beyond which nothing can be among the matches. */
  reach = 0
  readonly #query: Query
  readonly #isCosine: boolean
  readonly #nearest: NearestMatches
  #admission!: Admission

  /** The group that is open. */
  #layer!: Layer
  #group = -1
  /** Whether its members must be asked for one by one, as the filter does not take the whole set. */
  #mustAsk = false
  /** Sum of the squares of the query's classes that it has not. */
  #apart = 0
  /** The query's coordinates and scores on its axes. */
  readonly #coordinates = new Float64Array(MOST_CLASSES)
  readonly #scores = new Float64Array(MOST_CLASSES)
  /** See `#unite`. */
  #unionLength = 0
  readonly #unionColumns: Int8Array
  readonly #unionScores: Float64Array

  /** Nodes and blocks of its tree that are still to be read, the nearest last, each with its bound. */
  readonly #pending: number[] = []
  readonly #pendingLines: number[] = []
  /** Where the tree is kept by ids: the reference of the first id of each. */
  readonly #pendingFirsts: number[] = []
  #leastDistance = 0

  constructor(query: Query, metric: Metric, nearest: NearestMatches) {
    this.#query = query
    this.#isCosine = metric === 'cosine'
    this.#nearest = nearest
    this.#unionColumns = new Int8Array(query.axes.length)
    this.#unionScores = new Float64Array(query.axes.length)
  }

  /** Begins another search, for what the query has been set to. */
  begin(admission: Admission): void {
    this.#admission = admission
    this.reach = Number.POSITIVE_INFINITY
    this.#pending.length = this.#pendingLines.length = this.#pendingFirsts.length = 0
  }

  /** Whether the open group has more to read. */
  get isBusy(): boolean {
    return this.#pending.length > 0
  }

  /**
   * Opens a group of a layer: reads it, if it is a single block, or puts what is to be read into `pending`. `line`: its bound.
   */
  open(layer: Layer, group: number, line: number): void {
    if (!this.enter(layer, group)) return
    const root = layer.groups.root(group)
    if (!isNode(root)) {
      this.read(untagged(root))
    } else if (layer.isById) {
      this.#leastDistance = this.#distanceOfPoint()
      this.#pushById(untagged(root), line)
    } else {
      this.#pushByBox(untagged(root))
    }
  }

  /** Opens a group of which nothing is to be read but what `read` is told to; `false`: the filter takes none of it. */
  enter(layer: Layer, group: number): boolean {
    const { groups, size, low } = layer
    this.#layer = layer
    const axes = groups.axesAround(group)
    const from = groups.axesAt(group)
    const verdict = this.#admission.enter(axes, from, size, low > 0)
    if (verdict === 'none') return false
    this.#mustAsk = verdict === 'some'
    this.#group = group
    this.#unionLength = 0
    const { coordinates, vector, axes: wanted, size: wantedSize } = this.#query
    for (let column = 0; column < size; column++) {
      const axis = axes[from + column]!
      this.#coordinates[column] = coordinates[axis]!
      this.#scores[column] = vector[axis]!
    }
    let apart = 0
    for (let place = 0, column = 0; place < wantedSize; place++) {
      const axis = wanted[place]!
      while (column < size && axes[from + column]! < axis) column++
      if (column === size || axes[from + column] !== axis) apart += coordinates[axis]! * coordinates[axis]!
    }
    this.#apart = apart
    return true
  }

  /**
   * What no member of the open group is nearer than, if all of them lie at one point. By cosine their distances may differ in
   * the last bits; only where it is 0 or 1 is this what they have.
   */
  #distanceOfPoint(): number {
    const { squaredScores } = this.#query
    if (!this.#isCosine) return Math.sqrt(squaredScores)
    return this.#layer.size === 0 || this.#coordinates[0] === 0 ? 1 : 0
  }

  /** Reads the nearest pending block of the open group, or opens the nearest pending node. */
  step(): void {
    const tagged = this.#pending.pop()!
    const line = this.#pendingLines.pop()!
    const { isById } = this.#layer
    if (isById && !this.#nearest.canTake(this.#leastDistance, this.#pendingFirsts.pop()!)) return
    if (line > this.reach) return
    if (!isNode(tagged)) this.read(untagged(tagged))
    else if (isById) this.#pushById(untagged(tagged), line)
    else this.#pushByBox(untagged(tagged))
  }

  #pushByBox(node: number): void {
    const { tree, size } = this.#layer
    const boxes = tree.boundsAround(node)
    const tag = tree.level(node) === 1 ? 0 : 1
    const pending = this.#pending
    const lines = this.#pendingLines
    const bottom = pending.length
    for (let at = 0, from = tree.boundsAt(node), length = tree.length(node); at < length; at++, from += 2 * size) {
      let line = this.#apart
      for (let column = 0; column < size; column++) {
        line += squaredDistance(this.#coordinates[column]!, boxes[from + column]!, boxes[from + size + column]!)
      }
      if (line > this.reach) continue
      // Sorted in, so that the nearest is read first.
      let to = pending.length
      pending.push(0)
      lines.push(0)
      for (; to > bottom && lines[to - 1]! < line; to--) {
        pending[to] = pending[to - 1]!
        lines[to] = lines[to - 1]!
      }
      pending[to] = tree.child(node, at) * 2 + tag
      lines[to] = line
    }
  }

  #pushById(node: number, line: number): void {
    const { tree } = this.#layer
    const firsts = tree.boundsAround(node).subarray(tree.boundsAt(node), tree.boundsAt(node) + tree.length(node))
    const tag = tree.level(node) === 1 ? 0 : 1
    const order = Array.from(firsts, (_, at) => at).sort((a, b) => this.#nearest.compareIds(firsts[b]!, firsts[a]!))
    for (const at of order) {
      if (!this.#nearest.canTake(this.#leastDistance, firsts[at]!)) continue
      this.#pending.push(tree.child(node, at) * 2 + tag)
      this.#pendingLines.push(line)
      this.#pendingFirsts.push(firsts[at]!)
    }
  }

  /** Offers the members of a block of the open group. */
  read(block: number): void {
    const { blocks } = this.#layer
    const first = blocks.firstRow(block)
    const chunk = first >>> ROW_BITS
    const scores = blocks.scores[chunk]!
    if (this.#isCosine) this.#readByAngle(first, blocks.length(block), scores)
    else this.#readByLine(first, blocks.length(block), scores)
  }

  #readByLine(first: number, length: number, scores: Float32Array): void {
    const { size, blocks } = this.#layer
    const { width } = blocks
    const own = this.#scores
    for (let row = 0, at = (first & ROW_MASK) * width; row < length; row++, at += width) {
      let line = this.#apart
      for (let column = 0; column < size; column++) {
        const difference = own[column]! - scores[at + column]!
        line += difference * difference
      }
      // Near enough to be added up again in the order that decides the last bit.
      if (line <= this.reach) this.#offer(this.#euclidean(scores, at), first + row, scores, at)
    }
  }

  #readByAngle(first: number, length: number, scores: Float32Array): void {
    const { size, blocks } = this.#layer
    const { width } = blocks
    const { squaredScores } = this.#query
    const own = this.#scores
    for (let row = 0, at = (first & ROW_MASK) * width; row < length; row++, at += width) {
      let dot = 0
      let squares = 0
      for (let column = 0; column < size; column++) {
        const score = scores[at + column]!
        dot += own[column]! * score
        squares += score * score
      }
      // To the bit as `distanceOf('cosine')` has it: the axes that are left out would add 0.
      const isZero = squares === 0 || squaredScores === 0
      const distance = isZero ? 1 : Math.max(0, 1 - dot / Math.sqrt(squaredScores * squares))
      if (distance <= this.#nearest.worst) this.#offer(distance, first + row, scores, at)
    }
  }

  #offer(distance: number, row: number, scores: Float32Array, at: number): void {
    const { blocks, size } = this.#layer
    const reference = blocks.referenceOf(row)
    if (this.#mustAsk && !this.#admission.admits(scores, at, reference, blocks.tagListOf(row))) return
    if (!this.#nearest.offer(distance, reference, size, this.#group, row)) return
    this.reach = this.#query.reach(this.#nearest.worst)
  }

  /** The distance to the scores at `at`, to the bit as `distanceOf('euclidean')` has it: over all axes, ascending. */
  #euclidean(scores: Float32Array, at: number): number {
    if (this.#unionLength === 0) this.#unite()
    const columns = this.#unionColumns
    const own = this.#unionScores
    let sum = 0
    for (let n = 0, length = this.#unionLength; n < length; n++) {
      const column = columns[n]!
      const difference = column < 0 ? own[n]! : own[n]! - scores[at + column]!
      sum += difference * difference
    }
    return Math.sqrt(sum)
  }

  /** The classes of query and group together, ascending: the query's score of each, and the group's column or -1. */
  #unite(): void {
    const { axes: wanted, vector, size: wantedSize } = this.#query
    const { groups, size } = this.#layer
    const axes = groups.axesAround(this.#group)
    const from = groups.axesAt(this.#group)
    let length = 0
    for (let place = 0, column = 0; place < wantedSize || column < size; length++) {
      const own = place < wantedSize ? wanted[place]! : Number.POSITIVE_INFINITY
      const other = column < size ? axes[from + column]! : Number.POSITIVE_INFINITY
      this.#unionColumns[length] = other <= own ? column++ : -1
      this.#unionScores[length] = vector[Math.min(own, other)]!
      if (own <= other) place++
    }
    this.#unionLength = length
  }
}
