import { sureness } from './sureness.ts'

/** Something liked, or disliked, as values on the axes. */
export interface WishedExample {
  /** Above 0. */
  readonly weight: number
  /** `seen`: scores, as a detector gave them. `asked`: how much each object is asked for, 0..1. */
  readonly kind: 'seen' | 'asked'
  readonly vector: Float32Array
}

/** What somebody wishes to see: several examples as one. */
export interface Wish {
  /** The axes that any of the examples has, ascending. */
  readonly axes: readonly number[]
  /** Per axis how strongly it is wished for, 0..1: the weighted mean of its sureness. */
  readonly strength: Float64Array
  /** Per axis how many of the examples have it, as a weighted share, 0..1. */
  readonly share: Float64Array
}

/**
 * The weighted mean of examples, relative to what most of them have: the largest share is 1. So one example is itself, of two that have
 * nothing in common each is wished for as much as the other, and `{ dog: 0.5 }` alone is `{ dog: 1 }`.
 *
 * Averaging what is liked goes back to Rocchio (1971).
 */
export function wishOf(examples: readonly WishedExample[], dimensions: number): Wish {
  const strength = new Float64Array(dimensions)
  const share = new Float64Array(dimensions)
  for (const { weight, kind, vector } of examples) {
    for (let axis = 0; axis < dimensions; axis++) {
      const value = vector[axis]!
      if (!(value > 0)) continue
      strength[axis]! += weight * (kind === 'seen' ? sureness(value) : value)
      share[axis]! += weight * (kind === 'seen' ? 1 : value)
    }
  }
  const largest = Math.max(...share)
  const axes: number[] = []
  for (let axis = 0; axis < dimensions; axis++) {
    if (share[axis] === 0) continue
    axes.push(axis)
    strength[axis]! /= largest
    share[axis]! /= largest
  }
  return { axes, strength, share }
}

/** What is left of a wish where another has less of it. */
export function without(wish: Wish, other: Wish): Wish {
  const strength = wish.strength.map((value, axis) => Math.max(0, value - other.share[axis]!))
  return { ...wish, axes: wish.axes.filter((axis) => strength[axis]! > 0), strength }
}
