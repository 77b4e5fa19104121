import type { LikedEmbedding } from '../../ranking/embedding-likeness.ts'
import type { Look } from '../../ranking/look.ts'
import type { WishedTags } from '../../ranking/tag-likeness.ts'
import type { WishedExample } from '../../ranking/wish.ts'
import type { NamedObject } from '../recommender.ts'

/** By so many objects images are looked for at most, where it is no image whose like are looked for. */
export const FEW_AXES = 6

/** An example of a query that has objects. */
export interface QueryExample extends WishedExample {
  /** How it looks; `undefined` where it is no image. */
  readonly look: Look | undefined
  /** The stored images because of which it has an axis, those that count most first. */
  readonly from: (axis: number) => readonly string[]
}

/** The dense vector of a liked image. */
export interface QueryEmbedding extends LikedEmbedding {
  /** The stored image that it is of. */
  readonly from: readonly string[]
}

/** What is asked for, in axes. */
export interface Query<Axis extends string> {
  /** Those in which something was recognised. */
  readonly like: readonly QueryExample[]
  readonly unlike: readonly QueryExample[]
  readonly tags: { readonly like: readonly WishedTags[]; readonly unlike: readonly WishedTags[] }
  /** Of the liked images, whatever was recognised in them. */
  readonly embeddings: readonly QueryEmbedding[]
  /** What was found in what is liked, best first. */
  readonly objects: readonly NamedObject<Axis>[]
  /** Images that are no answer: those that are asked about, and what was seen before. */
  readonly exclude: readonly string[]
}

/** Whether one image is liked, or a few objects, rather than what many images have in common, which is a little of everything. */
export function isOfOne({ like }: Pick<Query<string>, 'like'>): boolean {
  const [first] = like
  if (!first || like.length > 1) return false
  return first.look !== undefined || first.vector.filter((value) => value > 0).length <= FEW_AXES
}

/** The weighted mean of examples; one is itself. */
export function meanOf(examples: readonly WishedExample[], dimensions: number): Float32Array {
  if (examples.length === 1) return examples[0]!.vector
  const sum = new Float64Array(dimensions)
  let all = 0
  for (const { vector, weight } of examples) {
    all += weight
    for (let axis = 0; axis < dimensions; axis++) sum[axis]! += weight * vector[axis]!
  }
  return Float32Array.from(sum, (value) => value / all)
}
