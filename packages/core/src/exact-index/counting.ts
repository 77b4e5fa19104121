import type { Admission, Verdict } from './admission.ts'
import { ROW_BITS, ROW_MASK } from './class-sets/blocks.ts'
import type { Layer } from './class-sets/layer.ts'
import type { DenseRows } from './dense/dense-rows.ts'

const GROUPS_BETWEEN_LOOKS = 256
const DENSE_BETWEEN_LOOKS = 64

/**
 * Counts what passes a filter, and per axis how often it is above 0. Where a class set as a whole passes, none of its
 * members is read.
 */
export class Counting {
  total = 0
  readonly perAxis: Uint32Array
  readonly #layers: readonly Layer[]
  readonly #dense: DenseRows
  readonly #admission: Admission
  #layer = 0
  #group = 0
  #row = 0

  constructor(layers: readonly Layer[], dense: DenseRows, admission: Admission) {
    this.#layers = layers
    this.#dense = dense
    this.#admission = admission
    this.perAxis = new Uint32Array(dense.dimensions)
  }

  /** Goes on until all is counted, then tells `true`; or until `deadline`, in the time of `performance.now()`. */
  advance(deadline: number): boolean {
    for (; this.#layer < this.#layers.length; this.#layer++, this.#group = 0) {
      const layer = this.#layers[this.#layer]!
      if (layer.count === 0) continue
      while (this.#group < layer.groups.end) {
        this.#countGroup(layer, this.#group++)
        if (this.#group % GROUPS_BETWEEN_LOOKS === 0 && performance.now() > deadline) return false
      }
    }
    return this.#countDense(deadline)
  }

  #countGroup(layer: Layer, group: number): void {
    const count = layer.groups.count(group)
    if (count === 0) return
    const axes = layer.groups.axesOf(group)
    const verdict = this.#admission.enter(axes, 0, layer.size, layer.low > 0)
    if (verdict === 'none') return
    if (verdict === 'all' && layer.low > 0) {
      this.total += count
      for (const axis of axes) this.perAxis[axis]! += count
      return
    }
    for (const block of layer.tree.blocksOf(group)) this.#countBlock(layer, axes, block, verdict)
  }

  #countBlock({ blocks, size }: Layer, axes: Uint16Array, block: number, verdict: Verdict): void {
    const first = blocks.firstRow(block)
    const scores = blocks.scores[first >>> ROW_BITS]!
    for (let row = first, end = first + blocks.length(block); row < end; row++) {
      const at = (row & ROW_MASK) * size
      const passes =
        verdict === 'all' || this.#admission.admits(scores, at, blocks.referenceOf(row), blocks.tagListOf(row))
      if (!passes) continue
      this.total++
      for (let column = 0; column < size; column++) if (scores[at + column]! > 0) this.perAxis[axes[column]!]!++
    }
  }

  #countDense(deadline: number): boolean {
    const dense = this.#dense
    if (this.#row >= dense.count) return true
    const axes = Uint16Array.from(this.perAxis, (_, axis) => axis)
    const verdict = this.#admission.enter(axes, 0, axes.length, false)
    while (this.#row < dense.count) {
      const row = this.#row++
      const vector = dense.vectorOf(row)
      const passes =
        verdict === 'all' ||
        (verdict === 'some' && this.#admission.admits(vector, 0, dense.referenceOf(row), dense.tagsOf(row)))
      if (passes) {
        this.total++
        for (const axis of axes) if (vector[axis]! > 0) this.perAxis[axis]!++
      }
      if (this.#row % DENSE_BETWEEN_LOOKS === 0 && performance.now() > deadline) break
    }
    return this.#row >= dense.count
  }
}
