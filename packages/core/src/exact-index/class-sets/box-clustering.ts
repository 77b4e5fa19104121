import { BLOCK_LENGTH, type Blocks, ROW_BITS, ROW_MASK } from './blocks.ts'
import type { Clustering } from './clustering.ts'
import type { Geometry } from './geometry.ts'
import { floatAbove, floatBelow } from './outward.ts'
import type { ColumnShape } from './slab.ts'

/**
 * Bounding boxes, rounded outwards: `size` lower bounds, then `size` upper bounds. A new member goes where a box has to grow least (the R-tree of
 * Guttman 1984); parts are made along the axis on which members or boxes lie farthest apart (the k-d tree of Bentley 1975).
 */
export class BoxClustering implements Clustering {
  readonly shape: ColumnShape<Float32Array>
  readonly #size: number
  readonly #blocks: Blocks
  readonly #geometry: Geometry
  readonly #point: Float64Array
  readonly #points: Float64Array
  readonly #values = new Float64Array(BLOCK_LENGTH)
  readonly #box: Float32Array

  constructor(blocks: Blocks, geometry: Geometry) {
    this.#size = blocks.size
    this.#blocks = blocks
    this.#geometry = geometry
    this.shape = { array: Float32Array, width: 2 * this.#size }
    this.#point = new Float64Array(this.#size)
    this.#points = new Float64Array(BLOCK_LENGTH * this.#size)
    this.#box = new Float32Array(2 * this.#size)
  }

  choose(row: number): void {
    this.#locate(row)
  }

  chooseNew(point: Float64Array): void {
    for (let column = 0; column < this.#size; column++) this.#point[column] = point[column]!
  }

  childFor(boxes: Float32Array, from: number, length: number): number {
    const size = this.#size
    const point = this.#point
    let nearest = 0
    let least = Number.POSITIVE_INFINITY
    for (let child = 0, at = from; child < length; child++, at += 2 * size) {
      let growth = 0
      for (let column = 0; column < size; column++) {
        const coordinate = point[column]!
        const low = boxes[at + column]!
        const high = boxes[at + size + column]!
        if (coordinate < low) growth += low - coordinate
        else if (coordinate > high) growth += coordinate - high
      }
      if (growth < least) {
        least = growth
        nearest = child
        if (growth === 0) break
      }
    }
    return nearest
  }

  include(boxes: Float32Array, from: number): void {
    const size = this.#size
    for (let column = 0; column < size; column++) {
      const coordinate = this.#point[column]!
      if (coordinate < boxes[from + column]!) boxes[from + column] = floatBelow(coordinate)
      if (coordinate > boxes[from + size + column]!) boxes[from + size + column] = floatAbove(coordinate)
    }
  }

  mayShrink(boxes: Float32Array, from: number): boolean {
    for (let column = 0; column < this.#size; column++) {
      const coordinate = this.#point[column]!
      if (floatBelow(coordinate) <= boxes[from + column]!) return true
      if (floatAbove(coordinate) >= boxes[from + this.#size + column]!) return true
    }
    return false
  }

  boundOfBlock(block: number): Float32Array {
    const first = this.#blocks.firstRow(block)
    const box = this.#emptyBox()
    for (let row = first, end = first + this.#blocks.length(block); row < end; row++) {
      this.#locate(row)
      this.include(box, 0)
    }
    return box
  }

  boundOfChildren(boxes: Float32Array, from: number, length: number): Float32Array {
    const size = this.#size
    const box = this.#emptyBox()
    for (let child = 0, at = from; child < length; child++, at += 2 * size) {
      for (let column = 0, high = size; column < size; column++, high++) {
        if (boxes[at + column]! < box[column]!) box[column] = boxes[at + column]!
        if (boxes[at + high]! > box[high]!) box[high] = boxes[at + high]!
      }
    }
    return box
  }

  leavingMembers(block: number): number[] {
    const size = this.#size
    const first = this.#blocks.firstRow(block)
    const length = this.#blocks.length(block)
    for (let at = 0; at < length; at++) {
      this.#locate(first + at)
      for (let column = 0; column < size; column++) this.#points[at * size + column] = this.#point[column]!
    }
    return this.#upperHalf(length)
  }

  leavingChildren(boxes: Float32Array, length: number): number[] {
    const size = this.#size
    for (let at = 0; at < length; at++) {
      for (let column = 0; column < size; column++) {
        this.#points[at * size + column] = boxes[at * 2 * size + column]! + boxes[(at * 2 + 1) * size + column]!
      }
    }
    return this.#upperHalf(length)
  }

  /** Of the first `length` points those in the upper half along the column on which they lie farthest apart, the last first. */
  #upperHalf(length: number): number[] {
    const size = this.#size
    const points = this.#points
    const column = widestColumn(points, size, length)
    const sorted = this.#values.subarray(0, length)
    for (let at = 0; at < length; at++) sorted[at] = points[at * size + column]!
    sorted.sort()
    const half = length >> 1
    const middle = sorted[half]!
    // As many of those in the very middle stay below as it takes for halves.
    let stay = half - sorted.indexOf(middle)
    const upper: number[] = []
    for (let at = 0; at < length; at++) {
      const value = points[at * size + column]!
      if (value > middle || (value === middle && --stay < 0)) upper.push(at)
    }
    return upper.reverse()
  }

  #emptyBox(): Float32Array {
    this.#box.fill(Number.POSITIVE_INFINITY, 0, this.#size)
    this.#box.fill(Number.NEGATIVE_INFINITY, this.#size)
    return this.#box
  }

  #locate(row: number): void {
    const scores = this.#blocks.scores[row >>> ROW_BITS]!
    this.#geometry.locate(scores, (row & ROW_MASK) * this.#blocks.width, this.#size, this.#point)
  }
}

/** The column on which `length` points of `size` coordinates lie farthest apart. */
function widestColumn(points: Float64Array, size: number, length: number): number {
  let widest = 0
  let most = -1
  for (let column = 0; column < size; column++) {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let at = column; at < length * size; at += size) {
      const value = points[at]!
      if (value < low) low = value
      if (value > high) high = value
    }
    if (high - low > most) {
      widest = column
      most = high - low
    }
  }
  return widest
}
