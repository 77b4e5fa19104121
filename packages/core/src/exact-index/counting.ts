import type { Admission, Verdict } from './admission.ts'
import { ROW_BITS, ROW_MASK } from './class-sets/blocks.ts'
import type { Layer } from './class-sets/layer.ts'
import type { DenseRows } from './dense/dense-rows.ts'

/** After so many groups, blocks or dense rows the clock is looked at. */
const STEPS_BETWEEN_LOOKS = 64

/**
 * Counts what passes a filter, and per axis how often it is above 0. Where a class set as a whole passes, and no value in its
 * layer was ever below 0, none of its members is read.
 */
export class Counting {
  total = 0
  readonly perAxis: Uint32Array
  readonly #admission: Admission
  readonly #steps: Generator<void>

  constructor(layers: readonly Layer[], dense: DenseRows, admission: Admission) {
    this.#admission = admission
    this.perAxis = new Uint32Array(dense.dimensions)
    this.#steps = this.#countAll(layers, dense)
  }

  /** Goes on until all is counted, then tells `true`; or until `deadline`, in the time of `performance.now()`. */
  advance(deadline: number): boolean {
    for (let steps = 1; !this.#steps.next().done; steps++) {
      if (steps % STEPS_BETWEEN_LOOKS === 0 && performance.now() > deadline) return false
    }
    return true
  }

  *#countAll(layers: readonly Layer[], dense: DenseRows): Generator<void> {
    for (const layer of layers) {
      if (layer.count === 0) continue
      for (let group = 0; group < layer.groups.end; group++) {
        yield
        if (layer.groups.count(group) > 0) yield* this.#countGroup(layer, group)
      }
    }
    yield* this.#countDense(dense)
  }

  *#countGroup(layer: Layer, group: number): Generator<void> {
    const count = layer.groups.count(group)
    const axes = layer.groups.axesOf(group)
    const verdict = this.#admission.enter(axes, 0, layer.size, layer.low > 0)
    if (verdict === 'none') return
    if (verdict === 'all' && layer.low > 0) {
      this.total += count
      for (const axis of axes) this.perAxis[axis]! += count
      return
    }
    for (const block of layer.tree.blocksOf(group)) {
      this.#countBlock(layer, axes, block, verdict)
      yield
    }
  }

  #countBlock({ blocks, size }: Layer, axes: Uint16Array, block: number, verdict: Verdict): void {
    const first = blocks.firstRow(block)
    const scores = blocks.scores[first >>> ROW_BITS]!
    for (let row = first, end = first + blocks.length(block); row < end; row++) {
      const at = (row & ROW_MASK) * blocks.width
      const passes =
        verdict === 'all' || this.#admission.admits(scores, at, blocks.referenceOf(row), blocks.tagListOf(row))
      if (!passes) continue
      this.total++
      for (let column = 0; column < size; column++) if (scores[at + column]! > 0) this.perAxis[axes[column]!]!++
    }
  }

  *#countDense(dense: DenseRows): Generator<void> {
    if (dense.count === 0) return
    const axes = Uint16Array.from(this.perAxis, (_, axis) => axis)
    const verdict = this.#admission.enter(axes, 0, axes.length, false)
    if (verdict === 'none') return
    for (let row = 0; row < dense.count; row++) {
      yield
      const vector = dense.vectorOf(row)
      if (verdict === 'some' && !this.#admission.admits(vector, 0, dense.referenceOf(row), dense.tagsOf(row))) continue
      this.total++
      for (const axis of axes) if (vector[axis]! > 0) this.perAxis[axis]!++
    }
  }
}
