import { vectorOf } from '../../ranking/evidence.ts'
import type { FacetWeights } from '../../ranking/facet.ts'
import { type LikedLook, Looks } from '../../ranking/looks.ts'
import type { Picture } from '../../ranking/picture.ts'
import { Ranking, type Wishes } from '../../ranking/ranking.ts'
import type { VarietyOptions } from '../../ranking/variety.ts'
import type { Filter } from '../../similarity-index.ts'
import { throwIfAborted } from '../aborted.ts'
import type { AxisNames } from '../axis-names.ts'
import { CANDIDATES, type ObjectIndex } from '../object-index.ts'
import type { SearchOptions } from '../recommender.ts'
import { candidateSearches, distanceIn } from './candidate-searches.ts'
import { CandidateSource } from './candidate-source.ts'
import { CurrentRarity } from './current-rarity.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { EmbeddingIndex } from './embedding-index.ts'
import type { MatchedImages } from './matched-images.ts'
import type { PageRequest, Pages, RankedPage } from './pages.ts'
import { isOfOne, type Query } from './query.ts'
import { pageEndSchema, type RankedEntry, RankedOrder } from './ranked-order.ts'
import { Reasons } from './reasons.ts'

export interface RankedPagesOptions {
  /** How many of the nearest each search finds; by default as many as fit the query and the index. */
  readonly candidates?: number | undefined
  /** What is no more relevant than this is not shown. */
  readonly cutOff: number
  /** Of facets, where a query gives no other. */
  readonly weights: SearchOptions['weights']
}

export interface RankedPagesParts<Axis extends string> {
  readonly objects: ObjectIndex
  readonly matched: MatchedImages
  readonly names: AxisNames<Axis>
  readonly options: RankedPagesOptions
  /** `undefined`: images are compared by their objects alone. */
  readonly embedding: EmbeddingIndex | undefined
}

/** Where one image is liked alone. */
const LOOKS_OF_ONE = { arrangement: 1, colors: 1 }
const NO_LOOKS = { arrangement: 0, colors: 0 }

/** Pages in the order of the ranking: the indexes find candidates, the ranking orders them and says why. */
export class RankedPages<Axis extends string> implements Pages<Axis> {
  readonly #parts: RankedPagesParts<Axis>
  readonly #rarity: CurrentRarity

  constructor(parts: RankedPagesParts<Axis>) {
    this.#parts = parts
    this.#rarity = new CurrentRarity(parts.objects.index)
  }

  async page(query: Query<Axis>, where: Filter, request: PageRequest): Promise<RankedPage<Axis>> {
    const { limit, cursor, signal } = request
    const { matched, objects, options } = this.#parts
    const rarity = await this.#rarity.now()
    const isOneImage = query.like.length === 1 && query.like[0]!.look !== undefined && query.tags.like.length === 0
    const weights = this.#weights(request.weights, isOneImage)
    const looks = query.like.flatMap(({ look, weight }): LikedLook[] => (look ? [{ look, weight }] : []))
    const ranking = new Ranking(
      { ...query, looks: new Looks(looks, weights), embeddingWeight: weights.embedding },
      rarity,
    )
    const asked = askedBy(query, where, request)
    const searches = await candidateSearches(query, where, this.#parts)
    const window = options.candidates ?? (isOfOne(query) ? objects.candidatesOfOne : CANDIDATES)
    const order = new RankedOrder({
      source: new CandidateSource({ searches, window, signal }),
      matched,
      ranking,
      // No picture shows all that several like, and none need be as sure as what is asked for by name: there, the best is the measure.
      cutOff: { of: isOneImage ? 'all' : 'best', share: options.cutOff },
      variety: varietyOf(request),
      distanceTo: distanceIn(searches),
      likenessTo: (image) => likenessTo(image, { ...LOOKS_OF_ONE, embedding: weights.embedding }, rarity),
      wanted: limit + 1,
    })
    const entries: RankedEntry[] = []
    const from = cursor === undefined ? undefined : decodeCursor(asked, cursor, pageEndSchema)
    // One more than asked for tells whether there is another page.
    reading: for await (const some of order.from(from)) {
      for (const entry of some) if (entries.push(entry) > limit) break reading
    }
    throwIfAborted(signal)
    const reasons = new Reasons(this.#parts.names, query)
    const shown = entries.slice(0, limit)
    const images = shown.map(({ image, nearDuplicates }) => ({
      record: image.stored.record(),
      distance: image.distance,
      score: image.score,
      ...reasons.of(ranking.partsOf(image.stored.picture)),
      nearDuplicates: nearDuplicates.map(({ id }) => id),
    }))
    return { images, nextCursor: entries.length > limit ? encodeCursor(asked, shown.at(-1)!.end()) : undefined }
  }

  #weights(asked: SearchOptions['weights'], isOneImage: boolean): FacetWeights {
    const { options, embedding } = this.#parts
    const ofRecommender = given(options.weights, {
      ...(isOneImage ? LOOKS_OF_ONE : NO_LOOKS),
      embedding: embedding?.weight ?? 0,
    })
    return given(asked, ofRecommender)
  }
}

function given(weights: SearchOptions['weights'], otherwise: FacetWeights): FacetWeights {
  return {
    arrangement: weights?.arrangement ?? otherwise.arrangement,
    colors: weights?.colors ?? otherwise.colors,
    embedding: weights?.embedding ?? otherwise.embedding,
  }
}

function varietyOf({ diversity = 0, mostPerObjectSet, collapseNearDuplicates = false }: PageRequest) {
  if (diversity === 0 && mostPerObjectSet === undefined && !collapseNearDuplicates) return undefined
  return {
    diversity,
    mostPerObjectSet: mostPerObjectSet ?? Number.POSITIVE_INFINITY,
    collapsesNearDuplicates: collapseNearDuplicates,
  } satisfies VarietyOptions
}

/** As images are like one that is liked alone. */
function likenessTo(image: Picture, weights: FacetWeights, rarity: Float64Array): (other: Picture) => number {
  const wishes: Wishes = {
    like:
      image.evidence.length > 0 ? [{ kind: 'seen', weight: 1, vector: vectorOf(image.evidence, rarity.length) }] : [],
    unlike: [],
    tags: { like: [], unlike: [] },
    looks: new Looks([{ look: image.look, weight: 1 }], weights),
    embeddings: image.embedding?.some((value) => value !== 0) ? [{ weight: 1, vector: image.embedding }] : [],
    embeddingWeight: weights.embedding,
  }
  const ranking = new Ranking(wishes, rarity)
  return (other) => ranking.scoresOf(other).score
}

/** What two pages of one query have in common. */
function askedBy<Axis extends string>(
  { like, unlike, tags, embeddings }: Query<Axis>,
  where: Filter,
  request: PageRequest,
) {
  const examples = [...like, ...unlike]
  const vectors = [...examples, ...embeddings].map(({ vector }) => vector)
  const { weights, diversity, mostPerObjectSet, collapseNearDuplicates } = request
  const order = [weights, diversity, mostPerObjectSet, collapseNearDuplicates]
  return { vectors, rest: [like.length, examples.map(({ kind, weight }) => [kind, weight]), tags, where, order] }
}
