import type { ScoreParts } from '../../ranking/ranking.ts'
import type { ObjectSummand, Summand } from '../../ranking/summand.ts'
import type { AxisNames } from '../axis-names.ts'
import type { Cause, Reason, Recommendation } from '../recommender.ts'
import type { Query } from './query.ts'
import { sourcesByAxis, sourcesOfEmbeddings, sourcesOfLooks } from './sources.ts'

/** From what a score is made of, in axes, to reasons in names: those of the matches of one query. */
export class Reasons<Axis extends string> {
  readonly #names: AxisNames<Axis>
  readonly #liked: (axis: number) => readonly string[]
  readonly #disliked: (axis: number) => readonly string[]
  /** The images that facets were compared with. */
  readonly #looks: readonly string[]
  readonly #embeddings: readonly string[]

  constructor(names: AxisNames<Axis>, { like, unlike, embeddings }: Query<Axis>) {
    this.#names = names
    this.#liked = sourcesByAxis(like)
    this.#disliked = sourcesByAxis(unlike)
    this.#looks = sourcesOfLooks(like)
    this.#embeddings = sourcesOfEmbeddings(embeddings)
  }

  of({ found, disliked, missing, extra }: ScoreParts): Pick<Recommendation<Axis>, 'because' | 'missing' | 'extra'> {
    return {
      because: [
        ...found.map((one) => this.#reason(one, one.amount, this.#liked)),
        ...disliked.map((one) => this.#reason(one, -one.amount, this.#disliked)),
      ],
      missing: missing.map((one) => ({ ...this.#cause(one), contribution: -one.amount })),
      extra: extra.map((one) => ({ ...this.#object(one), contribution: -one.amount })),
    }
  }

  #reason(summand: Summand, contribution: number, sourcesOf: (axis: number) => readonly string[]): Reason<Axis> {
    return { ...this.#cause(summand), contribution, from: this.#from(summand, sourcesOf) }
  }

  #from(summand: Summand, sourcesOf: (axis: number) => readonly string[]): readonly string[] {
    if ('axis' in summand) return sourcesOf(summand.axis)
    if ('tag' in summand) return []
    return summand.facet === 'embedding' ? this.#embeddings : this.#looks
  }

  #cause(summand: Summand): Cause<Axis> {
    if ('axis' in summand) return this.#object(summand)
    return 'tag' in summand ? { kind: 'tag', name: summand.tag } : { kind: 'facet', name: summand.facet }
  }

  #object({ axis }: ObjectSummand): Extract<Cause<Axis>, { readonly kind: 'object' }> {
    return { kind: 'object', name: this.#names.nameOf(axis) }
  }
}
