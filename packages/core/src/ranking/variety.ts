import { differingBits, type HashWords, NEAR_DUPLICATE_BITS } from '../near-duplicates/hamming.ts'
import { type Evidence, PER_AXIS } from './evidence.ts'

export interface VarietyOptions {
  /** 0..1: how much being unlike the others counts, and a score so much less. */
  readonly diversity: number
  /** So many at most of one object set. */
  readonly mostPerObjectSet: number
  /** Whether only the first of near-duplicates is chosen. */
  readonly collapsesNearDuplicates: boolean
}

export interface ScoredPicture {
  readonly score: number
  readonly evidence: Evidence
  /** `undefined`: unknown. */
  readonly hash: HashWords | undefined
}

export interface Chosen<P> {
  readonly picture: P
  /** Those that are left out for it, in their order. */
  readonly nearDuplicates: readonly P[]
}

interface Waiting<P> {
  readonly picture: P
  readonly objectSet: string
  /** How alike it is to the most alike of the first `compared` that were chosen. */
  redundancy: number
  compared: number
}

/**
 * Chooses pictures that are good and unlike each other, one after the other.
 *
 * Each next one has the most of `(1 - diversity) · score - diversity · redundancy`, where redundancy is how alike it is to the most alike of
 * those before it (maximal marginal relevance, Carbonell and Goldstein 1998). What more there is before it can only make that less; so a
 * picture is compared again only when it would be next (as Minoux 1978 did for greedy algorithms): the choice is the same,
 * and most pairs are never compared.
 */
export class Variety<P extends ScoredPicture> {
  readonly #options: VarietyOptions
  readonly #likenessTo: (chosen: P) => (other: P) => number
  readonly #chosen: ((other: P) => number)[] = []
  readonly #perObjectSet = new Map<string, number>()
  #waiting: Waiting<P>[]

  /**
   * @param pictures the best first
   * @param likenessTo how alike others are to one, 0..1
   */
  constructor(pictures: readonly P[], options: VarietyOptions, likenessTo: (chosen: P) => (other: P) => number) {
    this.#options = options
    this.#likenessTo = likenessTo
    this.#waiting = pictures.map((picture) => ({
      picture,
      objectSet: objectSetOf(picture),
      redundancy: 0,
      compared: 0,
    }))
  }

  /** The next, until there is none. */
  *next(): Generator<Chosen<P>> {
    for (let best = this.#best(); best; best = this.#best()) {
      yield { picture: best.picture, nearDuplicates: this.choose(best.picture) }
    }
  }

  /** Takes one as chosen; gives those that are left out for it. */
  choose(picture: P): P[] {
    const { diversity, mostPerObjectSet, collapsesNearDuplicates } = this.#options
    const objectSet = objectSetOf(picture)
    const count = 1 + (this.#perObjectSet.get(objectSet) ?? 0)
    this.#perObjectSet.set(objectSet, count)
    if (diversity > 0) this.#chosen.push(this.#likenessTo(picture))
    const others = this.#waiting.filter((one) => one.picture !== picture)
    const isDuplicate = (one: Waiting<P>) => collapsesNearDuplicates && areNearDuplicates(one.picture, picture)
    const isTooMany = (one: Waiting<P>) => count >= mostPerObjectSet && one.objectSet === objectSet
    this.#waiting = others.filter((one) => !isDuplicate(one) && !isTooMany(one))
    return others.filter(isDuplicate).map((one) => one.picture)
  }

  #best(): Waiting<P> | undefined {
    for (;;) {
      const best = this.#mostHopeful()
      if (!best || best.compared === this.#chosen.length) return best
      for (; best.compared < this.#chosen.length; best.compared++) {
        best.redundancy = Math.max(best.redundancy, this.#chosen[best.compared]!(best.picture))
      }
    }
  }

  /** The first with the greatest value; some values are too great, none too small. */
  #mostHopeful(): Waiting<P> | undefined {
    let best: Waiting<P> | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const one of this.#waiting) {
      const value = this.#valueOf(one)
      if (value > most) {
        best = one
        most = value
      }
    }
    return best
  }

  #valueOf({ picture, redundancy }: Waiting<P>): number {
    const { diversity } = this.#options
    return (1 - diversity) * picture.score - diversity * redundancy
  }
}

/** Which axes there is anything on. */
function objectSetOf({ evidence }: ScoredPicture): string {
  return evidence.filter((_, at) => at % PER_AXIS === 0).join()
}

function areNearDuplicates({ hash: one }: ScoredPicture, { hash: other }: ScoredPicture): boolean {
  return !!one && !!other && differingBits(...one, ...other) <= NEAR_DUPLICATE_BITS
}
