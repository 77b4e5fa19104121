import { type Evidence, PER_AXIS, SURENESS } from './evidence.ts'
import { type ObjectSummand, scale } from './summand.ts'
import type { Wish } from './wish.ts'

/** An object that a picture has besides costs half of what one costs that it lacks. */
const EXTRA = 0.5

/** Where the whole 1 goes: the three lists add up to it, `found` alone to the likeness. */
export interface LikenessParts {
  readonly found: readonly ObjectSummand[]
  readonly missing: readonly ObjectSummand[]
  readonly extra: readonly ObjectSummand[]
}

/**
 * How much of what is wished for a picture shows, less what it shows besides:
 *
 *     found = Σ w · min(strength, f)     missing = Σ w · (strength - min(strength, f))     extra = ½ Σ w · (1 - share) · f
 *     likeness = found / (found + missing + extra)
 *
 * over the axes, `w` being their rarity and `f` the sureness of the picture's scores. It is the ratio model of Tversky (1977) for
 * weighted sets, with 1 for what is missing and ½ for what is extra. 0..1; 1 where all is found and nothing is extra, as for an
 * image like itself. An image that is surer of the same objects loses nothing by that.
 */
export class ObjectLikeness {
  readonly #wish: Wish
  readonly #rarity: Float64Array
  readonly #wished: number

  constructor(wish: Wish, rarity: Float64Array) {
    this.#wish = wish
    this.#rarity = rarity
    // In the order of `of`, or an image would not be quite like itself.
    let wished = 0
    for (const axis of wish.axes) wished += rarity[axis]! * wish.strength[axis]!
    this.#wished = wished
  }

  of(evidence: Evidence): number {
    const { strength, share } = this.#wish
    const rarity = this.#rarity
    let found = 0
    let extra = 0
    for (let at = 0; at < evidence.length; at += PER_AXIS) {
      const axis = evidence[at]!
      const shown = evidence[at + SURENESS]!
      if (strength[axis]! > 0) found += rarity[axis]! * Math.min(strength[axis]!, shown)
      if (share[axis]! < 1) extra += rarity[axis]! * (1 - share[axis]!) * shown
    }
    return found / (this.#wished + EXTRA * extra)
  }

  /** What `of` is made of; some amounts are 0. */
  parts(evidence: Evidence): LikenessParts {
    const { axes, strength, share } = this.#wish
    const found: ObjectSummand[] = []
    const missing: ObjectSummand[] = []
    const extra: ObjectSummand[] = []
    let all = this.#wished
    // Both are ascending: the wished axes and those of the image, merged.
    for (let wished = 0, at = 0; wished < axes.length || at < evidence.length; ) {
      const axis = Math.min(axes[wished] ?? Number.POSITIVE_INFINITY, evidence[at] ?? Number.POSITIVE_INFINITY)
      const shown = evidence[at] === axis ? evidence[at + SURENESS]! : 0
      if (axes[wished] === axis) wished++
      if (evidence[at] === axis) at += PER_AXIS
      const weight = this.#rarity[axis]!
      const met = Math.min(strength[axis]!, shown)
      const besides = EXTRA * weight * (1 - share[axis]!) * shown
      found.push({ axis, amount: weight * met })
      missing.push({ axis, amount: weight * (strength[axis]! - met) })
      extra.push({ axis, amount: besides })
      all += besides
    }
    return { found: scale(found, 1 / all), missing: scale(missing, 1 / all), extra: scale(extra, 1 / all) }
  }
}
