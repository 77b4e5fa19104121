import { rarityOf } from '../../ranking/rarity.ts'
import type { SimilarityIndex } from '../../similarity-index.ts'

/** What takes longer than so many milliseconds is asked for in the background, as is what is on a server. */
const AT_ONCE = 5
/** And so many times seldomer than it takes. */
const SHARE = 50

/**
 * The rarity of each axis among all images, from the index's counts. Where counting takes next to nothing it is of this moment; an index in
 * a server is asked anew now and then, while what it said last is gone by: rarities change slowly.
 */
export class CurrentRarity {
  readonly #index: SimilarityIndex
  #known: { readonly rarity: Float64Array; readonly at: number; readonly took: number } | undefined
  #asking: Promise<Float64Array> | undefined

  constructor(index: SimilarityIndex) {
    this.#index = index
  }

  async now(): Promise<Float64Array> {
    const known = this.#known
    if (!known || (known.took < AT_ONCE && !this.#index.shared)) return await this.#ask()
    if (performance.now() - known.at > SHARE * known.took) {
      // Where it fails, so does what else is asked of the index; that says so.
      this.#ask().catch(() => {})
    }
    return known.rarity
  }

  #ask(): Promise<Float64Array> {
    this.#asking ??= this.#count().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #count(): Promise<Float64Array> {
    const began = performance.now()
    const rarity = rarityOf(await this.#index.counts())
    const at = performance.now()
    // The least that it has ever taken: now and then something else holds up what takes next to nothing.
    this.#known = { rarity, at, took: Math.min(at - began, this.#known?.took ?? Number.POSITIVE_INFINITY) }
    return rarity
  }
}
