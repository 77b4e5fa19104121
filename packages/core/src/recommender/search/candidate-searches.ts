import { distanceOf } from '../../distance.ts'
import type { ImageRecord } from '../../image-store.ts'
import { meanEmbedding } from '../../ranking/embedding-likeness.ts'
import type { Filter, SimilarityIndex } from '../../similarity-index.ts'
import type { ObjectIndex } from '../object-index.ts'
import type { CandidateSearch } from './candidate-source.ts'
import { type EmbeddingIndex, embeddingOf } from './embedding-index.ts'
import { FEW_AXES, isOfOne, meanOf, type Query, type QueryExample } from './query.ts'

export interface CandidateIndexes {
  readonly objects: ObjectIndex
  readonly embedding: EmbeddingIndex | undefined
}

/** The searches for the candidates of a query: the nearest, for each liked tag the nearest of those that have it, and the nearest as a whole. */
export async function candidateSearches<Axis extends string>(
  { like, tags, embeddings }: Query<Axis>,
  where: Filter,
  { objects, embedding }: CandidateIndexes,
): Promise<CandidateSearch[]> {
  const likedTags = [...new Set(tags.like.flatMap((example) => example.tags))]
  const searches: CandidateSearch[] = []
  if (like.length + likedTags.length > 0) {
    const vector = await soughtBy(like, likedTags, objects)
    for (const tag of likedTags) searches.push(searchOfObjects(objects, vector, withTag(where, tag), tag))
    if (like.length > 0) searches.push(searchOfObjects(objects, vector, where))
  }
  if (embedding && embeddings.length > 0) {
    searches.push(searchOfEmbeddings(embedding, meanEmbedding(embeddings), where))
  }
  return searches
}

/** How far images are from a query: by their objects, if there are any in it; else as a whole. */
export function distanceIn(searches: readonly CandidateSearch[]): (record: ImageRecord) => number {
  const search = searches.find(({ isOfObjects }) => isOfObjects)
  if (!search) return (record) => searches[0]?.placeOf(record)?.distance ?? 0
  const { distance, vector } = search
  return (record) => distance(vector, record.vector)
}

/** What images are to be near to. */
async function soughtBy(
  like: readonly QueryExample[],
  tags: readonly string[],
  { index, essence }: ObjectIndex,
): Promise<Float32Array> {
  if (isOfOne({ like })) return like[0]!.vector
  return essence(like.length > 0 ? meanOf(like, index.dimensions) : await typicalOf(tags, index), FEW_AXES)
}

/** What images with any of these tags show: in which share of them each object is. */
async function typicalOf(tags: readonly string[], index: SimilarityIndex): Promise<Float32Array> {
  const { total, perAxis } = await index.counts({ tags: { any: tags } })
  return Float32Array.from(perAxis, (count) => count / Math.max(1, total))
}

function searchOfObjects(
  { index, distance }: ObjectIndex,
  vector: Float32Array,
  where: Filter,
  tag?: string,
): CandidateSearch {
  const placeOf = (record: ImageRecord) => {
    const isFound = record.vector.some((value) => value !== 0) && (tag === undefined || record.tags.includes(tag))
    return isFound ? { distance: distance(vector, record.vector), id: record.id } : undefined
  }
  return { index, distance, vector, where, isOfObjects: true, placeOf }
}

function searchOfEmbeddings({ space, index }: EmbeddingIndex, vector: Float32Array, where: Filter): CandidateSearch {
  const distance = distanceOf(index.metric)
  const placeOf = (record: ImageRecord) => {
    const embedding = embeddingOf(record, space)
    return embedding ? { distance: distance(vector, embedding), id: record.id } : undefined
  }
  return { index, distance, vector, where, isOfObjects: false, placeOf }
}

function withTag(where: Filter, tag: string): Filter {
  return { ...where, tags: { ...where.tags, all: [...(where.tags?.all ?? []), tag] } }
}
