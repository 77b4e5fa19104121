import { Dislikes } from './dislikes.ts'
import { EmbeddingLikeness, type LikedEmbedding } from './embedding-likeness.ts'
import type { Evidence } from './evidence.ts'
import type { Looks } from './looks.ts'
import { ObjectLikeness } from './object-likeness.ts'
import type { Picture } from './picture.ts'
import { inOrder, type ObjectSummand, type Summand, scale, type TagSummand } from './summand.ts'
import { TagLikeness, type WishedTags } from './tag-likeness.ts'
import { type Wish, type WishedExample, wishOf, without } from './wish.ts'

/** What is wished for: not everything of it is empty. */
export interface Wishes {
  /** Something of each is above 0. */
  readonly like: readonly WishedExample[]
  readonly unlike: readonly WishedExample[]
  readonly tags: { readonly like: readonly WishedTags[]; readonly unlike: readonly WishedTags[] }
  readonly looks: Looks
  readonly embeddings: readonly LikedEmbedding[]
  /** How much embeddings count beside objects, which count 1; from 0. */
  readonly embeddingWeight: number
}

/** What a score is made of: objects, then tags, then facets, of each the largest first. It is `found` less `disliked`; `found`, `missing` and `extra` add up to 1. */
export interface ScoreParts {
  readonly found: readonly Summand[]
  readonly disliked: readonly Summand[]
  readonly missing: readonly Summand[]
  readonly extra: readonly ObjectSummand[]
}

/**
 * Scores images: how much they show of what is liked, by how much they look like it, have of the liked tags, and are like it as a whole,
 * less how much they have of each dislike.
 *
 *     score = o · likeness · looks + t · tags + e · embedding - Σ over the dislikes: λ · what it has of it
 *
 * `o`, `t` and `e` are the shares that likes with objects, liked tags and embeddings have of the weight of all. `λ` is the weight of a
 * dislike by the mean weight of the likes, and by the most that it asks for. At most 1; at least 0 where nothing is disliked.
 */
export class Ranking {
  readonly #objects: ObjectLikeness | undefined
  readonly #objectShare: number
  readonly #looks: Looks
  readonly #tags: TagLikeness | undefined
  readonly #tagShare: number
  readonly #embedding: EmbeddingLikeness | undefined
  readonly #embeddingShare: number
  readonly #dislikedObjects: Dislikes<Evidence, ObjectSummand>
  readonly #dislikedTags: Dislikes<readonly string[], TagSummand>

  constructor({ like, unlike, tags, looks, embeddings, embeddingWeight }: Wishes, rarity: Float64Array) {
    const [ofObjects, ofTags] = [weightOf(like), weightOf(tags.like)]
    // Where there is nothing else to go by, it counts whatever its weight is.
    const ofEmbeddings = (ofObjects + ofTags === 0 ? 1 : embeddingWeight) * weightOf(embeddings)
    const all = ofObjects + ofTags + ofEmbeddings
    const liked = wishOf(like, rarity.length)
    this.#objects = like.length > 0 ? new ObjectLikeness(liked, rarity) : undefined
    this.#objectShare = ofObjects / all
    this.#looks = looks
    this.#tags = tags.like.length > 0 ? new TagLikeness(tags.like) : undefined
    this.#tagShare = ofTags / all
    this.#embedding = ofEmbeddings > 0 ? new EmbeddingLikeness(embeddings) : undefined
    this.#embeddingShare = ofEmbeddings / all
    const mean = meanWeight([...like, ...tags.like, ...(like.length > 0 ? [] : embeddings)])
    this.#dislikedObjects = dislikedObjects(unlike, liked, mean, rarity)
    this.#dislikedTags = new Dislikes(
      tags.unlike.map((example) => ({ likeness: new TagLikeness([example]), weight: example.weight / mean })),
    )
  }

  /** What an image of which no more is known can score at most: if it looks the same, has all liked tags and is the same as a whole. */
  atMost(evidence: Evidence): number {
    return this.#ofObjects(evidence) + (this.#tagShare + this.#embeddingShare - this.#dislikedObjects.of(evidence))
  }

  /** `relevance` is the score that the image would have if it looked the same. */
  scoresOf(picture: Picture): { score: number; relevance: number } {
    const { evidence, look, tags, embedding } = picture
    const ofObjects = this.#ofObjects(evidence)
    const ofRest =
      this.#tagShare * (this.#tags?.of(tags) ?? 0) + this.#embeddingShare * (this.#embedding?.of(embedding) ?? 0)
    const rest = ofRest - this.#dislikedObjects.of(evidence) - this.#dislikedTags.of(tags)
    return { score: ofObjects * this.#looks.of(look) + rest, relevance: ofObjects + rest }
  }

  partsOf(picture: Picture): ScoreParts {
    const { evidence, look, tags, embedding } = picture
    const [o, t, e] = [this.#objectShare, this.#tagShare, this.#embeddingShare]
    const objects = this.#objects?.parts(evidence) ?? { found: [], missing: [], extra: [] }
    const likeness = this.#objects?.of(evidence) ?? 0
    const looks = this.#looks.parts(look)
    const ofTags = this.#tags?.parts(tags) ?? { found: [], missing: [] }
    const asWhole = this.#embedding?.of(embedding) ?? 0
    const whole = (amount: number) => ({ facet: 'embedding', amount: e * amount }) as const
    return {
      found: [
        ...inOrder(scale(objects.found, o * looks.objects)),
        ...inOrder(scale(ofTags.found, t)),
        ...inOrder([...scale(looks.found, o * likeness), whole(asWhole)]),
      ],
      disliked: [...inOrder(this.#dislikedObjects.parts(evidence)), ...inOrder(this.#dislikedTags.parts(tags))],
      missing: [
        ...inOrder(scale(objects.missing, o)),
        ...inOrder(scale(ofTags.missing, t)),
        ...inOrder([...scale(looks.missing, o * likeness), whole(1 - asWhole)]),
      ],
      extra: inOrder(scale(objects.extra, o)),
    }
  }

  #ofObjects(evidence: Evidence): number {
    return this.#objects ? this.#objectShare * this.#objects.of(evidence) : 0
  }
}

function weightOf(examples: readonly { readonly weight: number }[]): number {
  return examples.reduce((sum, { weight }) => sum + weight, 0)
}

function meanWeight(examples: readonly { readonly weight: number }[]): number {
  return weightOf(examples) / examples.length
}

function dislikedObjects(
  unlike: readonly WishedExample[],
  liked: Wish,
  mean: number,
  rarity: Float64Array,
): Dislikes<Evidence, ObjectSummand> {
  // Whatever else is in a picture takes nothing from what is disliked in it.
  const share = new Float64Array(rarity.length).fill(1)
  return new Dislikes(
    unlike.flatMap((example) => {
      const disliked = without(wishOf([example], rarity.length), liked)
      if (disliked.axes.length === 0) return []
      const most = example.kind === 'asked' ? Math.max(...example.vector) : 1
      const likeness = new ObjectLikeness({ ...disliked, share }, rarity)
      return [{ likeness, weight: (most * example.weight) / mean }]
    }),
  )
}
