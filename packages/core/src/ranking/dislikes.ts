import { type ObjectSummand, scale, type TagSummand } from './summand.ts'

/** How much of something a picture has, 0..1. */
interface Likeness<Has, S> {
  of(has: Has): number
  parts(has: Has): { readonly found: readonly S[] }
}

export interface Dislike<Has, S> {
  readonly likeness: Likeness<Has, S>
  /** How much it takes off at most. */
  readonly weight: number
}

/** What is taken off a score: of each dislike what a picture has of it. */
export class Dislikes<Has, S extends ObjectSummand | TagSummand> {
  readonly #dislikes: readonly Dislike<Has, S>[]

  constructor(dislikes: readonly Dislike<Has, S>[]) {
    this.#dislikes = dislikes
  }

  of(has: Has): number {
    let sum = 0
    for (const { likeness, weight } of this.#dislikes) sum += weight * likeness.of(has)
    return sum
  }

  /** What `of` is made of; what several take off for the same thing is one. */
  parts(has: Has): S[] {
    const sums = new Map<number | string, S>()
    for (const { likeness, weight } of this.#dislikes) {
      for (const summand of scale(likeness.parts(has).found, weight)) {
        const key = 'axis' in summand ? summand.axis : summand.tag
        const sum = sums.get(key)
        if (sum) sum.amount += summand.amount
        else sums.set(key, summand)
      }
    }
    return [...sums.values()]
  }
}
