import { Arrangement } from './arrangement.ts'
import { Colors } from './colors.ts'
import type { FacetWeights, LookFacet } from './facet.ts'
import type { Look } from './look.ts'
import type { FacetSummand } from './summand.ts'

export interface LikedLook {
  readonly look: Look
  /** Above 0. */
  readonly weight: number
}

/** So many liked pictures are looked at, those that weigh most: it bounds the cost. */
export const MOST_LOOKS = 8

const COMPARED: Readonly<Record<LookFacet, new (liked: Look) => { likeness(look: Look): number }>> = {
  arrangement: Arrangement,
  colors: Colors,
}

interface WeighedFacet {
  readonly facet: LookFacet
  readonly weight: number
  /** 0..1: the mean over the liked pictures, by their weights. */
  readonly likeness: (look: Look) => number
}

/**
 * How much of what its objects are worth a picture keeps for looking like the liked ones, A and C being the facets' weights:
 *
 *     (1 + A · arrangement + C · colors) / (1 + A + C)
 *
 * A factor and no summand: only where objects agree does it matter where they are and how they are coloured, and nothing comes to be
 * shown for its colours alone. 1 where nothing is compared.
 */
export class Looks {
  readonly #facets: readonly WeighedFacet[]
  readonly #all: number

  constructor(liked: readonly LikedLook[], weights: Pick<FacetWeights, LookFacet>) {
    const heaviest = [...liked].sort((a, b) => b.weight - a.weight).slice(0, MOST_LOOKS)
    const facets = heaviest.length === 0 ? [] : (Object.keys(COMPARED) as LookFacet[])
    this.#facets = facets.flatMap((facet) => {
      const weight = weights[facet]
      return weight > 0 ? [{ facet, weight, likeness: meanLikeness(facet, heaviest) }] : []
    })
    this.#all = this.#facets.reduce((sum, { weight }) => sum + weight, 1)
  }

  /** Above 0, at most 1. */
  of(look: Look): number {
    let sum = 1
    for (const { weight, likeness } of this.#facets) sum += weight * likeness(look)
    return sum / this.#all
  }

  /** What `of` is made of: the share of the objects and `found`; with `missing` they add up to 1. */
  parts(look: Look): { objects: number; found: FacetSummand[]; missing: FacetSummand[] } {
    const shares = this.#facets.map(({ facet, weight, likeness }) => ({
      facet,
      whole: weight / this.#all,
      share: likeness(look),
    }))
    return {
      objects: 1 / this.#all,
      found: shares.map(({ facet, whole, share }) => ({ facet, amount: whole * share })),
      missing: shares.map(({ facet, whole, share }) => ({ facet, amount: whole * (1 - share) })),
    }
  }
}

function meanLikeness(facet: LookFacet, liked: readonly LikedLook[]): (look: Look) => number {
  const compared = liked.map(({ look, weight }) => ({ weight, to: new COMPARED[facet](look) }))
  const all = liked.reduce((sum, { weight }) => sum + weight, 0)
  return (look) => {
    let sum = 0
    for (const { weight, to } of compared) sum += weight * to.likeness(look)
    return sum / all
  }
}
