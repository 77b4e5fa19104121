import type { ScoreParts } from '../../ranking/ranking.ts'
import type { Summand } from '../../ranking/summand.ts'
import type { AxisNames } from '../axis-names.ts'
import type { Cause, Reason, Recommendation } from '../recommender.ts'
import type { Query } from './query.ts'
import { sourcesByAxis, sourcesOfEmbeddings, sourcesOfLooks } from './sources.ts'

type Cost<Axis extends string> = Recommendation<Axis>['missing'][number]

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
      missing: missing.map((one) => this.#cost(one)),
      extra: extra.map(({ axis, amount }) => ({
        kind: 'object',
        name: this.#names.nameOf(axis),
        contribution: -amount,
      })),
    }
  }

  // Written out: to spread causes of several shapes costs more than to make all else of a page.
  #reason(summand: Summand, contribution: number, sourcesOf: (axis: number) => readonly string[]): Reason<Axis> {
    const { kind, name } = this.#cause(summand)
    return { kind, name, contribution, from: this.#from(summand, sourcesOf) } as Reason<Axis>
  }

  #cost(summand: Summand): Cost<Axis> {
    const { kind, name } = this.#cause(summand)
    return { kind, name, contribution: -summand.amount } as Cost<Axis>
  }

  #from(summand: Summand, sourcesOf: (axis: number) => readonly string[]): readonly string[] {
    if ('axis' in summand) return sourcesOf(summand.axis)
    if ('tag' in summand) return []
    return summand.facet === 'embedding' ? this.#embeddings : this.#looks
  }

  #cause(summand: Summand): Cause<Axis> {
    if ('axis' in summand) return { kind: 'object', name: this.#names.nameOf(summand.axis) }
    return 'tag' in summand ? { kind: 'tag', name: summand.tag } : { kind: 'facet', name: summand.facet }
  }
}
