import type { Facet } from './facet.ts'

interface Amount {
  /** From 0, whichever way it counts. */
  readonly amount: number
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

export function scaled<S extends Summand>(summands: readonly S[], factor: number): S[] {
  return summands.map((summand) => ({ ...summand, amount: factor * summand.amount }))
}
