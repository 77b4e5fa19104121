import type { Admission } from '../admission.ts'
import type { AxisOrder } from './axis-order.ts'
import { MOST_CLASSES } from './layer.ts'
import { LayerBound, squaredDistance } from './layer-bound.ts'
import type { Query } from './query.ts'
import type { SearchedLayer } from './searched-layer.ts'
import {
  countIn,
  firstNotBelow,
  HIGH,
  LOW,
  NODE_BITS,
  NODE_MASK,
  NODE_WORDS,
  rankIn,
  SIGNATURE,
  TARGET,
} from './set-trie.ts'
import { COST, DEPTH, END, LINE, MET, PLACE, ROW, RUN_WORDS, SIZE, WaitingRuns } from './waiting-runs.ts'

/** How the squared radius grows from round to round; the first two in means of the query's squares. */
export interface Rounds {
  /** Of the first round. */
  readonly radius: number
  /** By how much each round widens it at least, */
  readonly widening: number
  /** and as a share of what it is. */
  readonly growth: number
}

/** Measured, for readers that bring the reach down while a round goes on. */
const MEMBERS_AT_HAND: Rounds = { radius: 1, widening: 1, growth: 1 / 4 }

/** After so many steps the clock is looked at. A step is a trie node's run of children, a tree node or a block. */
const STEPS_BETWEEN_LOOKS = 64
/** Greater than any rank. */
const NO_RANK = 65_536

/** What reads the members of the groups that the search comes upon. */
export interface GroupReader<L extends SearchedLayer> {
  /** The squared line beyond which nothing can be among the matches. */
  readonly reach: number
  /** Whether there is more to read of the group that was opened last. */
  readonly isBusy: boolean
  begin(admission: Admission): void
  /** `line`: the bound of the group. */
  open(layer: L, group: number, line: number): void
  /** Reads a little on. */
  step(): void
}

/**
 * Finds the nearest members of all layers: every member whose squared line to the query may be within that of the worst match.
 *
 * The search goes through the tries with a radius that widens step by step: first sets whose lower bound is nearly 0, that is,
 * those with the query's own classes, then those that differ by about one object, and so on, until the bound exceeds the distance
 * of the worst match. The bound of a set adds up on the way down: a class that the query has and the set has not costs its
 * square; any other, the distance from the node's interval; and what is still to come at least what `LayerBound` says. What is
 * beyond the radius waits where it was come upon, and each round goes on from there: fringe search (Björnsson et al. 2005), with
 * which no node is gone into twice.
 *
 * It can pause between any two steps, if nothing is written meanwhile.
 */
export class NearestSearch<L extends SearchedLayer> {
  readonly #query: Query
  readonly #reader: GroupReader<L>
  readonly #axisOrder: AxisOrder
  readonly #rounds: Rounds
  /** The ranks that a set must have for the filter, ascending. */
  #required: number[] = []
  /** By number of classes. */
  readonly #bounds: readonly LayerBound<L>[]

  /** This round opens the sets within `#roundRadius`, as far as matches can be: within `#radius`. Both are squared. */
  #roundRadius = 0
  #radius = 0
  #widening = 0
  /** What this round begins with, and how much of that it has taken up, or left to the next. */
  #runs = new WaitingRuns()
  #taken = 0
  /** What is left to the next round, and the least bound of that. */
  #waiting = new WaitingRuns()
  #next = 0
  #isRoundOver = false

  /** The way down the trie of the current layer: a run of children at each depth, from that of the run that was taken up on. */
  #layer!: L
  #bound!: LayerBound<L>
  #depth = -1
  #leastDepth = 0
  readonly #rows = new Float64Array(MOST_CLASSES)
  readonly #ends = new Float64Array(MOST_CLASSES)
  readonly #costs = new Float64Array(MOST_CLASSES)
  readonly #places = new Uint16Array(MOST_CLASSES)
  readonly #met = new Uint16Array(MOST_CLASSES)

  constructor(
    layers: readonly L[],
    order: AxisOrder,
    query: Query,
    reader: GroupReader<L>,
    rounds: Rounds = MEMBERS_AT_HAND,
  ) {
    this.#rounds = rounds
    this.#axisOrder = order
    this.#query = query
    this.#reader = reader
    this.#bounds = layers.map((layer) => new LayerBound(query, layer))
  }

  /** Begins another search, for what the query has been set to. */
  begin(admission: Admission): void {
    const query = this.#query
    this.#required = admission.required.map((axis) => this.#axisOrder.ranks[axis]!).sort((a, b) => a - b)
    this.#waiting.clear()
    const last = this.#bounds.length - 1
    const middle = Math.min(query.size, last)
    // Those with about as many classes as the query first.
    for (let step = 0; step <= 2 * last; step++) {
      const bound = this.#bounds[(step & 1) === 1 ? middle + ((step + 1) >> 1) : middle - (step >> 1)]
      if (!bound || bound.layer.count === 0) continue
      bound.measure()
      const { size, trie } = bound.layer
      this.#waiting.push(bound.remaining(0, size), size, 0, trie.rootRow, trie.rootRow + trie.rootCount, 0, 0, 0)
    }
    const { radius, widening } = this.#rounds
    const object = query.squares / query.size
    this.#widening = widening * object
    this.#reader.begin(admission)
    // Without a class there is no mean, and one round.
    this.#beginRound(query.size === 0 ? Number.POSITIVE_INFINITY : radius * object)
  }

  /** Goes on until all is found, then tells `true`; or until `deadline`, in the time of `performance.now()`. */
  advance(deadline: number): boolean {
    for (let steps = 1; ; steps++) {
      if (steps % STEPS_BETWEEN_LOOKS === 0 && performance.now() > deadline) return false
      if (this.#reader.isBusy) this.#readGroup()
      else if (this.#depth >= this.#leastDepth) this.#readRun()
      else if (!this.#takeRun() && !this.#widen()) return true
    }
  }

  /** The squared radius within which everything has been opened when a round is over. */
  get radius(): number {
    return this.#roundRadius
  }

  /** Goes through one round; `false` if there was none left, as all is found. */
  readRound(): boolean {
    if (this.#isRoundOver && !this.#widen()) return false
    for (;;) {
      if (this.#reader.isBusy) this.#readGroup()
      else if (this.#depth >= this.#leastDepth) this.#readRun()
      else if (!this.#takeRun()) break
    }
    this.#isRoundOver = true
    return true
  }

  #beginRound(radius: number): void {
    this.#roundRadius = radius
    this.#radius = Math.min(radius, this.#reader.reach)
    ;[this.#runs, this.#waiting] = [this.#waiting, this.#runs]
    this.#waiting.clear()
    this.#taken = 0
    this.#next = Number.POSITIVE_INFINITY
    this.#isRoundOver = false
    this.#depth = -1
    this.#leastDepth = 0
  }

  /** Takes up the next run that is within the radius; `false` if this round has no more. */
  #takeRun(): boolean {
    const runs = this.#runs
    while (this.#taken < runs.length) {
      const nth = this.#taken++
      const { numbers } = runs
      const at = nth * RUN_WORDS
      const line = numbers[at + LINE]!
      if (line > this.#radius) {
        if (line > this.#reader.reach) continue
        if (line < this.#next) this.#next = line
        this.#waiting.pushFrom(runs, nth)
        continue
      }
      this.#bound = this.#bounds[numbers[at + SIZE]!]!
      this.#layer = this.#bound.layer
      // The empty set hangs from the root.
      if (this.#layer.size === 0) {
        this.#open(numbers[at + ROW]!, line)
        return true
      }
      const depth = numbers[at + DEPTH]!
      this.#depth = this.#leastDepth = depth
      this.#rows[depth] = numbers[at + ROW]!
      this.#ends[depth] = numbers[at + END]!
      this.#costs[depth] = numbers[at + COST]!
      this.#places[depth] = numbers[at + PLACE]!
      this.#met[depth] = numbers[at + MET]!
      return true
    }
    return false
  }

  #widen(): boolean {
    if (this.#next === Number.POSITIVE_INFINITY || this.#next > this.#reader.reach) return false
    // Wider by a share as well, or a query of tiny values would take a round for each set.
    const from = Math.max(this.#next, this.#roundRadius)
    this.#beginRound(from + Math.max(this.#widening, this.#rounds.growth * from))
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
   * Reads on in the run of children at the current depth, until it goes down or the run ends. Children and query's classes are
   * both in the order of ranks. So first come children before the query's next class, classes that it has not, which are
   * passed over all at once where there is no room for even one more; then, it may be, that class itself; and so on.
   */
  #readRun(): void {
    const depth = this.#depth
    const { trie, size } = this.#layer
    const { squaresBefore, rankedCoordinates, ranks: wanted, size: wantedSize } = this.#query
    const bound = this.#bound
    const chunk = this.#rows[depth]! >>> NODE_BITS
    const firstRow = chunk * (NODE_MASK + 1)
    const words = trie.words[chunk]!
    const floats = trie.floats[chunk]!
    const end = this.#ends[depth]! - firstRow
    const cost = this.#costs[depth]!
    const left = size - depth - 1
    let at = this.#rows[depth]! - firstRow
    let place = this.#places[depth]!

    for (;;) {
      const next = place < wantedSize ? wanted[place]! : NO_RANK
      const passed = cost + squaresBefore[place]!
      const least = passed + bound.remaining(place, left) + bound.extra
      if (least > this.#radius) {
        const upTo = firstNotBelow(words, at, end, next)
        this.#wait(least, firstRow + at, firstRow + upTo, place)
        at = upTo
      }
      while (at < end && rankIn(words[at * NODE_WORDS]!) < next) {
        const extra = squaredDistance(0, floats[at * NODE_WORDS + LOW]!, floats[at * NODE_WORDS + HIGH]!)
        if (this.#enter(chunk, at++, passed + extra, place, place)) {
          this.#rows[depth] = firstRow + at
          this.#places[depth] = place
          return
        }
      }
      if (place === wantedSize || at === end) break
      if (rankIn(words[at * NODE_WORDS]!) === next) {
        const [low, high] = [floats[at * NODE_WORDS + LOW]!, floats[at * NODE_WORDS + HIGH]!]
        const apart = squaredDistance(rankedCoordinates[place]!, low, high)
        if (this.#enter(chunk, at++, passed + apart, place, place + 1)) {
          this.#rows[depth] = firstRow + at
          this.#places[depth] = place + 1
          return
        }
      }
      place++
      if (cost + squaresBefore[place]! > this.#radius) {
        this.#wait(cost + squaresBefore[place]!, firstRow + at, firstRow + end, place)
        break
      }
    }
    this.#depth--
  }

  /**
   * Goes on below a child, or opens its set; whether something else is to be read now than the rest of the run.
   *
   * @param from the place in the run at which the child was come upon; @param place the one below it
   */
  #enter(chunk: number, at: number, cost: number, from: number, place: number): boolean {
    const { trie, size } = this.#layer
    const required = this.#required
    const words = trie.words[chunk]!
    const node = at * NODE_WORDS
    const depth = this.#depth
    const row = chunk * (NODE_MASK + 1) + at
    const least = cost + this.#bound.remainingSigned(place, size - depth - 1, words[node + SIGNATURE]!)
    if (least > this.#radius) {
      this.#wait(least, row, row + 1, from)
      return false
    }
    let met = this.#met[depth]!
    if (met < required.length) {
      const rank = rankIn(words[node]!)
      if (rank > required[met]!) return false
      if (rank === required[met]) met++
    }
    const target = words[node + TARGET]!
    const count = countIn(words[node]!)
    if (count > 0) {
      this.#descend(target, count, cost, place, met)
      return true
    }
    const floats = trie.floats[chunk]!
    const line = this.#lineOfLeaf(target, rankIn(words[node]!), floats[node + LOW]!, floats[node + HIGH]!, cost, place)
    if (line > this.#radius) this.#wait(line, row, row + 1, from)
    else this.#open(target, line)
    return this.#reader.isBusy
  }

  /** The lower bound of the group at a leaf of that rank, of which all further coordinates are in [low, high]. */
  #lineOfLeaf(group: number, rank: number, low: number, high: number, cost: number, place: number): number {
    const { groups, size } = this.#layer
    const { squares, squaresBefore, coordinates } = this.#query
    const { ranks } = this.#axisOrder
    const axes = groups.axesAround(group)
    const from = groups.axesAt(group)
    // The query's classes that the set has not cost their squares; the others are taken out again.
    let line = cost + squares - squaresBefore[place]!
    for (let column = 0; column < size; column++) {
      const axis = axes[from + column]!
      if (ranks[axis]! <= rank) continue
      const coordinate = coordinates[axis]!
      line += squaredDistance(coordinate, low, high) - coordinate * coordinate
    }
    return line
  }

  /** Leaves a part of the run that is read to a later round; `place`: where among the query's classes reading it begins. */
  #wait(line: number, row: number, end: number, place: number): void {
    if (row === end || line > this.#reader.reach) return
    if (line < this.#next) this.#next = line
    const depth = this.#depth
    this.#waiting.push(line, this.#layer.size, depth, row, end, this.#costs[depth]!, place, this.#met[depth]!)
  }

  #open(group: number, line: number): void {
    this.#reader.open(this.#layer, group, line)
    this.#radius = Math.min(this.#radius, this.#reader.reach)
  }

  #readGroup(): void {
    this.#reader.step()
    this.#radius = Math.min(this.#radius, this.#reader.reach)
  }
}
