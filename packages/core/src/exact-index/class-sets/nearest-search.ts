import type { Metric } from '../../similarity-index.ts'
import type { Admission } from '../admission.ts'
import type { NearestMatches } from '../nearest-matches.ts'
import { ROW_BITS, ROW_MASK } from './blocks.ts'
import { isNode, untagged } from './groups.ts'
import type { Layer } from './layer.ts'
import { LayerBound, squaredDistance } from './layer-bound.ts'
import { type Query, ROUNDING } from './query.ts'
import { NODE_BITS, NODE_MASK } from './set-trie.ts'

/** Squared radius of the first round, and by how much each round widens it, in squares of the query's average class: measured. */
const FIRST_RADIUS = 0.5
const WIDENING = 1.5
/** After so many steps the clock is looked at. A step is a trie node's run of children, a tree node or a block. */
const STEPS_BETWEEN_LOOKS = 64
const MOST_CLASSES = 32
/** Greater than any axis. */
const NO_AXIS = 65_536

/**
 * Finds the nearest members of all layers: every member whose squared line to the query may be within that of the worst match.
 *
 * The search goes through the tries with a radius that widens step by step, as iterative deepening does (Korf 1985): first
 * sets whose lower bound is nearly 0, that is, those with the query's own classes, then those that differ by about one object,
 * and so on, until the bound exceeds the distance of the worst match. The bound of a set adds up on the way down: a class
 * that the query has and the set has not costs its square; any other, the distance from the node's interval; and what is
 * still to come at least what `LayerBound` says. Each set is opened in the round in which its bound comes within the
 * radius, its blocks in the order of the distance of their boxes.
 *
 * It can pause between any two steps, if nothing is written meanwhile.
 */
export class NearestSearch {
  readonly #query: Query
  readonly #isCosine: boolean
  readonly #nearest: NearestMatches
  #admission!: Admission
  /** By number of classes. */
  readonly #bounds: readonly LayerBound[]
  /** Those of the layers that hold something, the sizes like the query's first. */
  readonly #order: LayerBound[] = []

  /** Squared lines: nothing beyond `#reach` can be among the matches; this round opens sets in (`#opened`, `#radius`]. */
  #reach = 0
  #radius = 0
  #opened = 0
  #roundRadius = 0
  /** By how much rounding may have misplaced a bound this round, and in the one before. */
  #tolerance = 0
  #openedTolerance = 0
  /** The sets whose bound was so near the end of a round that rounding may put them into the next one too. */
  readonly #openedAtTheEdge = new Set<number>()
  /** The least bound that was beyond the radius in this round: where the next one begins. */
  #next = 0
  #widening = 0
  /** How many layers this round has entered, or passed over. */
  #layersPassed = 0

  /** The way down the trie of the current layer: a run of children at each depth. */
  #layer!: Layer
  #bound!: LayerBound
  #depth = -1
  readonly #rows = new Float64Array(MOST_CLASSES)
  readonly #ends = new Float64Array(MOST_CLASSES)
  readonly #costs = new Float64Array(MOST_CLASSES)
  readonly #places = new Uint16Array(MOST_CLASSES)
  readonly #met = new Uint16Array(MOST_CLASSES)
  /** The group that is open: nodes and blocks of its tree that are still to be read, the nearest last. */
  #group = -1
  #mustAsk = false
  #unionLength = 0
  /** Sum of the squares of the query's classes that the group has not. */
  #apart = 0
  readonly #coordinates = new Float64Array(MOST_CLASSES)
  readonly #scores = new Float64Array(MOST_CLASSES)
  readonly #unionColumns: Int8Array
  readonly #unionScores: Float64Array
  readonly #pending: number[] = []
  readonly #pendingLines: number[] = []
  /** Where a tree is kept by ids: the reference of the first id of each, and the least distance that any can have. */
  readonly #pendingFirsts: number[] = []
  #leastDistance = 0

  constructor(layers: readonly Layer[], query: Query, metric: Metric, nearest: NearestMatches) {
    this.#query = query
    this.#isCosine = metric === 'cosine'
    this.#nearest = nearest
    this.#bounds = layers.map((layer) => new LayerBound(query, layer))
    this.#unionColumns = new Int8Array(query.axes.length)
    this.#unionScores = new Float64Array(query.axes.length)
  }

  /** Begins another search, for what the query has been set to. */
  begin(admission: Admission): void {
    const query = this.#query
    this.#admission = admission
    this.#order.length = 0
    const last = this.#bounds.length - 1
    const middle = Math.min(query.size, last)
    for (let step = 0; step <= 2 * last; step++) {
      const bound = this.#bounds[(step & 1) === 1 ? middle + ((step + 1) >> 1) : middle - (step >> 1)]
      if (!bound || bound.layer.count === 0) continue
      bound.measure()
      this.#order.push(bound)
    }
    const object = query.size === 0 ? Number.POSITIVE_INFINITY : query.squares / query.size
    this.#widening = WIDENING * object
    this.#reach = Number.POSITIVE_INFINITY
    this.#openedTolerance = 0
    this.#openedAtTheEdge.clear()
    this.#pending.length = this.#pendingLines.length = this.#pendingFirsts.length = 0
    this.#beginRound(Number.NEGATIVE_INFINITY, FIRST_RADIUS * object)
  }

  /** Goes on until all is found, then tells `true`; or until `deadline`, in the time of `performance.now()`. */
  advance(deadline: number): boolean {
    for (let steps = 1; ; steps++) {
      if (steps % STEPS_BETWEEN_LOOKS === 0 && performance.now() > deadline) return false
      if (this.#pending.length > 0) this.#readTree()
      else if (this.#depth >= 0) this.#readRun()
      else if (!this.#enterLayer() && !this.#widen()) return true
    }
  }

  #beginRound(opened: number, radius: number): void {
    this.#opened = opened
    this.#roundRadius = radius
    this.#radius = Math.min(radius, this.#reach)
    this.#tolerance = ROUNDING * (this.#query.squares + radius)
    this.#next = Number.POSITIVE_INFINITY
    this.#layersPassed = 0
    this.#depth = -1
  }

  /** The next layer of this round; `false` if there is none. */
  #enterLayer(): boolean {
    while (this.#layersPassed < this.#order.length) {
      const bound = this.#order[this.#layersPassed++]!
      const { layer } = bound
      const line = bound.remaining(0, layer.size)
      if (line > this.#radius) {
        if (line < this.#next) this.#next = line
        continue
      }
      this.#layer = layer
      this.#bound = bound
      const { rootRow, rootCount } = layer.trie
      if (layer.size > 0) this.#descend(rootRow, rootCount, 0, 0, 0)
      else this.#considerSet(rootRow, line)
      return true
    }
    return false
  }

  #widen(): boolean {
    if (this.#next === Number.POSITIVE_INFINITY || this.#next > this.#reach) return false
    this.#openedTolerance = this.#tolerance
    // Wider by a share as well, or a query of tiny values would take a round for each set.
    const from = Math.max(this.#next, this.#roundRadius)
    this.#beginRound(this.#roundRadius, from + Math.max(this.#widening, from / 4))
    return true
  }

  /** Begins to read the children of a trie node: what led to it costs `cost`; classes before `place` have been passed. */
  #descend(row: number, count: number, cost: number, place: number, met: number): void {
    const depth = ++this.#depth
    this.#rows[depth] = row
    this.#ends[depth] = row + count
    this.#costs[depth] = cost - this.#query.squaresBefore[place]!
    this.#places[depth] = place
    this.#met[depth] = met
  }

  /**
   * Reads on in the run of children at the current depth, until it goes down or the run ends. The children lie between the
   * query's classes like the words of a dictionary between its letters: those up to the next class of the query are classes
   * that it has not, which are passed over all at once where there is no room for even one; then comes the one they share.
   */
  #readRun(): void {
    const depth = this.#depth
    const { trie, size } = this.#layer
    const { squaresBefore, coordinates, axes: wanted, size: wantedSize } = this.#query
    const bound = this.#bound
    const chunk = this.#rows[depth]! >>> NODE_BITS
    const firstRow = chunk * (NODE_MASK + 1)
    const axes = trie.axes[chunk]!
    const lows = trie.lows[chunk]!
    const highs = trie.highs[chunk]!
    const end = this.#ends[depth]! - firstRow
    const cost = this.#costs[depth]!
    const left = size - depth - 1
    let at = this.#rows[depth]! - firstRow
    let place = this.#places[depth]!

    for (;;) {
      const next = place < wantedSize ? wanted[place]! : NO_AXIS
      const passed = cost + squaresBefore[place]!
      const rest = bound.remaining(place, left)
      const least = passed + rest + bound.extra
      if (least > this.#radius) {
        if (least < this.#next) this.#next = least
        at = lowerBound(axes, at, end, next)
      }
      while (at < end && axes[at]! < next) {
        const extra = squaredDistance(0, lows[at]!, highs[at]!)
        const line = passed + rest + extra
        at++
        if (line > this.#radius) {
          if (line < this.#next) this.#next = line
        } else if (this.#enter(chunk, at - 1, passed + extra, line, place)) {
          this.#rows[depth] = firstRow + at
          this.#places[depth] = place
          return
        }
      }
      if (place === wantedSize || at === end) break
      if (axes[at]! === next) {
        const apart = squaredDistance(coordinates[next]!, lows[at]!, highs[at]!)
        const line = passed + apart + bound.remaining(place + 1, left)
        at++
        if (line > this.#radius) {
          if (line < this.#next) this.#next = line
        } else if (this.#enter(chunk, at - 1, passed + apart, line, place + 1)) {
          this.#rows[depth] = firstRow + at
          this.#places[depth] = place + 1
          return
        }
      }
      place++
      const without = cost + squaresBefore[place]!
      if (without > this.#radius) {
        if (without < this.#next) this.#next = without
        break
      }
    }
    this.#depth--
  }

  /** Goes on below a child, or opens its set; whether something else is to be read now than the rest of the run. */
  #enter(chunk: number, at: number, cost: number, line: number, place: number): boolean {
    const { trie, size } = this.#layer
    const { required } = this.#admission
    let met = this.#met[this.#depth]!
    if (met < required.length) {
      const axis = trie.axes[chunk]![at]!
      if (axis > required[met]!) return false
      if (axis === required[met]) met++
    }
    const target = trie.targets[chunk]![at]!
    if (this.#depth < size - 1) {
      this.#descend(target, trie.counts[chunk]![at]!, cost, place, met)
      return true
    }
    if (met === required.length) this.#considerSet(target, line)
    return this.#pending.length > 0
  }

  /** Opens the group of a set whose bound is within the radius, unless it was opened in an earlier round. */
  #considerSet(group: number, line: number): void {
    if (line <= this.#opened - this.#openedTolerance) return
    const key = group * MOST_CLASSES + this.#layer.size
    if (line <= this.#opened + this.#openedTolerance && this.#openedAtTheEdge.has(key)) return
    if (line >= this.#roundRadius - this.#tolerance) this.#openedAtTheEdge.add(key)
    this.#open(group, line)
  }

  #open(group: number, line: number): void {
    const { groups, size, low } = this.#layer
    const axes = groups.axesAround(group)
    const from = groups.axesAt(group)
    const verdict = this.#admission.enter(axes, from, size, low > 0)
    if (verdict === 'none') return
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
    const root = groups.root(group)
    if (!isNode(root)) {
      this.#readBlock(untagged(root))
    } else if (this.#layer.isById) {
      this.#leastDistance = this.#distanceOfPoint()
      this.#pushById(untagged(root), line)
    } else {
      this.#pushByBox(untagged(root))
    }
  }

  /** The least distance of a member of the open group, if all of them lie at one point. */
  #distanceOfPoint(): number {
    const { squaredScores } = this.#query
    if (!this.#isCosine) return Math.sqrt(squaredScores)
    return this.#layer.size === 0 || this.#coordinates[0] === 0 ? 1 : 0
  }

  /** Reads the nearest pending block of the open group, or opens the nearest pending node. */
  #readTree(): void {
    const tagged = this.#pending.pop()!
    const line = this.#pendingLines.pop()!
    const { isById } = this.#layer
    if (isById && !this.#nearest.canTake(this.#leastDistance, this.#pendingFirsts.pop()!)) return
    if (line > this.#reach) return
    if (!isNode(tagged)) this.#readBlock(untagged(tagged))
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
      if (line > this.#reach) continue
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

  #readBlock(block: number): void {
    const { blocks } = this.#layer
    const first = blocks.firstRow(block)
    const chunk = first >>> ROW_BITS
    const scores = blocks.scores[chunk]!
    if (this.#isCosine) this.#readByAngle(first, blocks.length(block), scores)
    else this.#readByLine(first, blocks.length(block), scores)
  }

  #readByLine(first: number, length: number, scores: Float32Array): void {
    const { size } = this.#layer
    const own = this.#scores
    for (let row = 0, at = (first & ROW_MASK) * size; row < length; row++, at += size) {
      let line = this.#apart
      for (let column = 0; column < size; column++) {
        const difference = own[column]! - scores[at + column]!
        line += difference * difference
      }
      // Near enough to be added up again in the order that decides the last bit.
      if (line <= this.#reach) this.#offer(this.#euclidean(scores, at), first + row, scores, at)
    }
  }

  #readByAngle(first: number, length: number, scores: Float32Array): void {
    const { size } = this.#layer
    const { squaredScores } = this.#query
    const own = this.#scores
    for (let row = 0, at = (first & ROW_MASK) * size; row < length; row++, at += size) {
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
    this.#reach = this.#query.reach(this.#nearest.worst)
    this.#radius = Math.min(this.#radius, this.#reach)
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

/** The first of the places from `from` to before `end` whose axis is not below `axis`; `end` if there is none. */
function lowerBound(axes: Uint16Array, from: number, end: number, axis: number): number {
  let low = from
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if (axes[middle]! < axis) low = middle + 1
    else high = middle
  }
  return low
}
