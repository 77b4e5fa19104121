import { RecommenderError } from '../../errors.ts'
import type { FeatureSpace } from '../../feature-extractor.ts'
import type { ImageRecord } from '../../image-store.ts'
import { presentObjects } from '../../object-vector.ts'
import { shown } from '../../parse.ts'
import { lookOf } from '../../ranking/look.ts'
import type { WishedTags } from '../../ranking/tag-likeness.ts'
import type { AxisNames } from '../axis-names.ts'
import type { ImageReader } from '../collection/stored-image.ts'
import { assertSpace } from '../in-space.ts'
import type { Describer } from '../ingest/describer.ts'
import type { Example, NamedObject, RecommendOptions, Taste } from '../recommender.ts'
import { embeddingOf } from './embedding-index.ts'
import { meanOf, type Query, type QueryEmbedding, type QueryExample } from './query.ts'

export interface QueriesParts<Axis extends string> {
  readonly space: FeatureSpace<Axis>
  readonly names: AxisNames<Axis>
  readonly images: ImageReader
  readonly describer: Describer
  /** The space of the embeddings that images are compared by. */
  readonly embeddingSpace: FeatureSpace | undefined
}

interface DescribedExample<Axis extends string> {
  readonly example: QueryExample
  /** Under their names, best first; made when they are asked for, as those of hundreds of likes never are. */
  readonly objects: () => readonly NamedObject<Axis>[]
  readonly embedding: QueryEmbedding | undefined
}

type TagExample = Extract<Example, { readonly tags: unknown }>
type ObjectExample<Axis extends string> = Exclude<Example<Axis>, TagExample>

/** From what somebody likes and dislikes, in names, ids and images, to a query in axes. */
export class Queries<Axis extends string> {
  readonly #parts: QueriesParts<Axis>

  constructor(parts: QueriesParts<Axis>) {
    this.#parts = parts
  }

  async of(
    { like = [], unlike = [], taste }: Pick<RecommendOptions<Axis>, 'like' | 'unlike' | 'taste'>,
    signal: AbortSignal | undefined,
  ): Promise<Query<Axis>> {
    const { space, names } = this.#parts
    if (taste) assertSpace(space.id, taste.spaceId, 'The taste was made', 'make it anew')
    const [likeObjects, likeTags] = parted(like)
    const [unlikeObjects, unlikeTags] = parted(unlike)
    const records = await this.#recordsOf([...likeObjects, ...unlikeObjects])
    const liked = await this.#describedAll(likeObjects, records, signal)
    const disliked = await this.#describedAll(unlikeObjects, records, signal)
    const examples = liked.map(({ example }) => example)
    const only = liked.length === 1 && !taste ? liked[0] : undefined
    if (taste) examples.push(tasteExample(taste, names, 1))
    const tasteless = taste ? [tasteExample(taste, names, -1)] : []
    const recognised = examples.filter(isRecognised)
    return {
      like: recognised,
      unlike: [...disliked.map(({ example }) => example), ...tasteless].filter(isRecognised),
      tags: { like: likeTags.map(wishedTags), unlike: unlikeTags.map(wishedTags) },
      embeddings: liked.flatMap(({ embedding }) => embedding ?? []),
      objects: only?.objects() ?? this.#objectsIn(recognised),
      exclude: [...new Set([...records.keys(), ...(taste?.seen ?? [])])],
    }
  }

  /** One after the other: the extractor is shared with other callers. */
  async #describedAll(
    examples: readonly ObjectExample<Axis>[],
    records: ReadonlyMap<string, ImageRecord>,
    signal: AbortSignal | undefined,
  ): Promise<DescribedExample<Axis>[]> {
    const described: DescribedExample<Axis>[] = []
    for (const example of examples) described.push(await this.#described(example, records, signal))
    return described
  }

  async #recordsOf(examples: readonly ObjectExample<Axis>[]): Promise<Map<string, ImageRecord>> {
    const ids = [...new Set(examples.flatMap((example) => ('id' in example ? [example.id] : [])))]
    const images = ids.length > 0 ? await this.#parts.images.get(ids) : []
    return new Map(
      ids.map((id, at) => {
        const record = images[at]?.record()
        if (!record) throw new RecommenderError('IMAGE_NOT_FOUND', `No image ${shown(id)} is stored; add it first.`)
        assertSpace(
          this.#parts.space.id,
          record.spaceId,
          `The image '${id}' was described`,
          'add the image again to describe it anew',
        )
        return [id, record]
      }),
    )
  }

  async #described(
    example: ObjectExample<Axis>,
    records: ReadonlyMap<string, ImageRecord>,
    signal: AbortSignal | undefined,
  ): Promise<DescribedExample<Axis>> {
    const { names, describer, space, embeddingSpace } = this.#parts
    const { weight = 1 } = example
    if ('objects' in example) {
      const vector = names.vectorOf(example.objects)
      const asked = { kind: 'asked', weight, vector, look: undefined, from: () => [] } as const
      return { example: asked, objects: () => this.#named(vector), embedding: undefined }
    }
    const image = 'id' in example ? records.get(example.id)! : await describer.describe(example.image, signal)
    const from = 'id' in example ? [example.id] : []
    const look = lookOf(presentObjects(image.objects, space), image.appearance)
    const seen = { kind: 'seen', weight, vector: image.vector, look, from: () => from } as const
    const dense = embeddingOf(image, embeddingSpace)
    const embedding = dense?.some((value) => value !== 0) ? { weight, vector: dense, from } : undefined
    return { example: seen, objects: () => names.present(image.objects), embedding }
  }

  #objectsIn(examples: readonly QueryExample[]): NamedObject<Axis>[] {
    return examples.length === 0 ? [] : this.#named(meanOf(examples, this.#parts.space.axes.length))
  }

  #named(vector: Float32Array): NamedObject<Axis>[] {
    return [...vector]
      .map((score, axis) => ({ object: this.#parts.names.nameOf(axis), score, box: null, color: null }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
  }
}

function isRecognised({ vector }: QueryExample): boolean {
  return vector.some((value) => value !== 0)
}

/** What is liked in a taste, or with `sign` -1 what is disliked. */
function tasteExample<Axis extends string>(
  { objects, from }: Taste<Axis>,
  names: AxisNames<Axis>,
  sign: 1 | -1,
): QueryExample {
  const vector = names.vectorOf(objects).map((value) => Math.max(0, sign * value))
  return { kind: 'asked', weight: 1, vector, look: undefined, from: (axis) => from[names.nameOf(axis)] ?? [] }
}

function parted<Axis extends string>(
  examples: readonly Example<Axis>[],
): [ofObjects: ObjectExample<Axis>[], ofTags: TagExample[]] {
  const isOfTags = (example: Example<Axis>): example is TagExample => 'tags' in example
  return [examples.filter((example) => !isOfTags(example)) as ObjectExample<Axis>[], examples.filter(isOfTags)]
}

function wishedTags({ tags, weight = 1 }: TagExample): WishedTags {
  return { tags, weight }
}
