import type { FeatureSpace } from '../../feature-extractor.ts'
import type { AxisNames } from '../axis-names.ts'
import type { ImageReader } from '../collection/stored-image.ts'
import type { History, Opinion, Taste } from '../recommender.ts'
import type { QueryExample } from './query.ts'
import { sourcesOfAxis } from './sources.ts'

export interface TastesParts<Axis extends string> {
  readonly space: FeatureSpace<Axis>
  readonly names: AxisNames<Axis>
  readonly images: ImageReader
}

/** Makes a taste of a history. */
export class Tastes<Axis extends string> {
  readonly #parts: TastesParts<Axis>

  constructor(parts: TastesParts<Axis>) {
    this.#parts = parts
  }

  async of({ like, unlike = [], halfLife }: History): Promise<Taste<Axis>> {
    const { names, space } = this.#parts
    const liked = await this.#examples(like, halfLife)
    const disliked = await this.#examples(unlike, halfLife)
    const [shareLiked, shareDisliked] = [this.#sharesOf(liked), this.#sharesOf(disliked)]
    const shares = [...shareLiked]
      .map((share, axis) => ({ axis, share: share - shareDisliked[axis]! }))
      .filter(({ share }) => share !== 0)
      .sort((a, b) => b.share - a.share)
    const named = <T>(value: (one: { axis: number; share: number }) => T) =>
      Object.fromEntries(shares.map((one) => [names.nameOf(one.axis), value(one)])) as { readonly [A in Axis]?: T }
    return {
      spaceId: space.id,
      objects: named(({ share }) => share),
      from: named(({ axis, share }) => sourcesOfAxis(share > 0 ? liked : disliked, axis)),
      seen: [...new Set([...like, ...unlike].map(({ id }) => id))],
    }
  }

  async #examples(opinions: readonly Opinion[], halfLife: number | undefined): Promise<QueryExample[]> {
    const found = await this.#parts.images.get(opinions.map(({ id }) => id))
    return opinions.flatMap(({ id, weight = 1, age = 0 }, at): QueryExample[] => {
      const image = found[at]
      if (!image?.belongs) return []
      const faded = halfLife === undefined ? weight : weight * 2 ** (-age / halfLife)
      return [{ kind: 'seen', weight: faded, vector: image.record().vector, look: undefined, from: () => [id] }]
    })
  }

  /** The weighted share of examples that have each axis. Those in which nothing was recognised say nothing. */
  #sharesOf(examples: readonly QueryExample[]): Float64Array {
    const shares = new Float64Array(this.#parts.space.axes.length)
    let all = 0
    for (const { weight, vector } of examples) {
      if (vector.every((value) => value <= 0)) continue
      all += weight
      for (let axis = 0; axis < shares.length; axis++) if (vector[axis]! > 0) shares[axis]! += weight
    }
    return all === 0 ? shares : shares.map((share) => share / all)
  }
}
