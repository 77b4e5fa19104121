import type { Facet } from './facet.ts'

interface Amount {
  /** From 0, whichever way it counts. */
  amount: number
}

export interface ObjectSummand extends Amount {
  readonly axis: number
}

export interface TagSummand extends Amount {
  readonly tag: string
}

export interface FacetSummand extends Amount {
  readonly facet: Facet
}

/** A part of a score. */
export type Summand = ObjectSummand | TagSummand | FacetSummand

/** Those that are above 0, the largest first; those that are as large stay as they were. */
export function inOrder<S extends Summand>(summands: readonly S[]): S[] {
  return summands.filter(({ amount }) => amount > 0).sort((a, b) => b.amount - a.amount)
}

/** Those that were given, which are the caller's own, `factor` times as large: of the many that a page is made of no copies are made. */
export function scale<S extends Summand>(summands: readonly S[], factor: number): readonly S[] {
  for (const summand of summands) summand.amount *= factor
  return summands
}
