import type { ColumnArray, ColumnShape } from './slab.ts'

/**
 * By what a block tree keeps neighbours together, and what it knows of each child: a bound around all members below it, `width`
 * numbers long. There are two: boxes, and ids where all members lie at one point.
 *
 * `bounds` and `from` say where the bounds of neighbouring children begin. A bound that is returned is a scratch that the next
 * call may write over.
 */
export interface Clustering {
  /** The kind and number of values of one bound. */
  readonly shape: ColumnShape
  /** Chooses the member in `row` for the calls that need one. */
  choose(row: number): void
  /** The same for one that has no row yet. */
  chooseNew(point: Float64Array, reference: number): void
  /** Under which child the chosen member belongs. */
  childFor(bounds: ColumnArray, from: number, length: number): number
  /** Lets one child's bound grow around the chosen member. */
  include(bounds: ColumnArray, from: number): void
  /** Whether the bound could shrink now that the chosen member has left. */
  mayShrink(bounds: ColumnArray, from: number): boolean
  boundOfBlock(block: number): ColumnArray
  /** The bound around several children. */
  boundOfChildren(bounds: ColumnArray, from: number, length: number): ColumnArray
  /** Which half of a block's members leaves when it is parted: their positions, the last first. */
  leavingMembers(block: number): number[]
  leavingChildren(bounds: ColumnArray, length: number): number[]
}
