import type { TagSummand } from './summand.ts'

/** Tags that are liked, or disliked, together. */
export interface WishedTags {
  /** Above 0. */
  readonly weight: number
  /** One at least, none twice. */
  readonly tags: readonly string[]
}

/** How many of the wished tags a picture has: of each example the share of its tags, the mean of them by weight. 0..1. */
export class TagLikeness {
  readonly #amounts: readonly TagSummand[]
  readonly #all: number

  /** One example at least. */
  constructor(examples: readonly WishedTags[]) {
    const amounts = new Map<string, number>()
    for (const { weight, tags } of examples) {
      for (const tag of tags) amounts.set(tag, (amounts.get(tag) ?? 0) + weight / tags.length)
    }
    this.#amounts = [...amounts].map(([tag, amount]) => ({ tag, amount }))
    // In the order of `of`, or all tags would not quite be 1.
    this.#all = this.#amounts.reduce((sum, { amount }) => sum + amount, 0)
  }

  of(tags: readonly string[]): number {
    let sum = 0
    for (const { tag, amount } of this.#amounts) if (tags.includes(tag)) sum += amount
    return sum / this.#all
  }

  /** What `of` is made of: the two lists add up to 1, `found` alone to the likeness. */
  parts(tags: readonly string[]): { found: TagSummand[]; missing: TagSummand[] } {
    const shares = this.#amounts.map(({ tag, amount }) => ({ tag, amount: amount / this.#all }))
    return {
      found: shares.filter(({ tag }) => tags.includes(tag)),
      missing: shares.filter(({ tag }) => !tags.includes(tag)),
    }
  }
}
