import { RecommenderError } from '../errors.ts'
import type { FeatureExtractor, FeatureSpace } from '../feature-extractor.ts'
import { createMemoryStore } from '../memory-store/index.ts'
import { presentObjects } from '../object-vector.ts'
import { parse } from '../parse.ts'
import { evidenceIn } from '../ranking/evidence.ts'
import { lookOf } from '../ranking/look.ts'
import type { SimilarityIndex } from '../similarity-index.ts'
import { ImageCache } from './collection/image-cache.ts'
import { StoreReader } from './collection/store-reader.ts'
import type { Reading } from './collection/stored-image.ts'
import { guardExtractor, guardIndex, guardStore } from './guard.ts'
import { isInSpace } from './in-space.ts'
import { candidateIndex, plainIndex } from './object-index.ts'
import * as schema from './options.ts'
import type * as Api from './recommender.ts'
import { embeddingOf } from './search/embedding-index.ts'
import { type EmbeddingPart, StandardRecommender } from './standard-recommender.ts'

/**
 * Makes a recommender of an extractor, a store and an index. It resolves when the index has everything that is in the store.
 *
 * From then on the parts are this recommender's own: its `close` closes them, and no other recommender may be given the same ones.
 * Two recommenders over the same data take a store each, over one client of the database, which stays the caller's. Where this
 * rejects, the parts are still the caller's to close.
 *
 * @throws RecommenderError `INVALID_ARGUMENT`, `STORE_FAILED`, `INDEX_FAILED`, `SPACE_MISMATCH` where the index is of another space
 */
export async function createRecommender<const Axis extends string = string>(
  options: Api.RecommenderOptions<Axis>,
): Promise<Api.Recommender<Axis>> {
  const {
    ranking,
    embedding: embeddingOptions,
    cachedRecords,
  } = parse(schema.recommenderSchema, options, 'createRecommender')
  const extractor = isExtractor(options.extractor) ? guardExtractor(options.extractor) : undefined
  const space = extractor?.space ?? (options.extractor as FeatureSpace<Axis>)
  parse(schema.spaceSchema, space, 'createRecommender: the space of the extractor')

  const index = guardIndex(options.index ?? (await defaultIndex(space)))
  assertTakes(index, space)
  const store = guardStore(options.store ?? createMemoryStore())
  const isOfObjects = space.threshold !== null
  if (ranking.by === 'objects' && !isOfObjects) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `The vectors of the space '${space.id}' are not made of objects (its threshold is null), so objects cannot rank; leave \`ranking.by\` out, or give 'distance'.`,
    )
  }
  const isRankedByObjects = isOfObjects && ranking.by !== 'distance'
  if (embeddingOptions && !isRankedByObjects) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      'An `embedding` is for a ranking by objects; to search by dense vectors alone, give their extractor as `extractor`.',
    )
  }
  const embedding = options.embedding && (await embeddingPart(options.embedding, embeddingOptions!.weight))
  const reading = readingIn(space, embedding?.space)
  const cache = cachedRecords > 0 ? new ImageCache(store, reading, cachedRecords) : undefined
  if (cache) assertHearsAll([index, embedding?.index])
  const recommender = new StandardRecommender({
    space,
    extractor,
    store: cache?.observed() ?? store,
    images: cache ?? new StoreReader(store, reading),
    objects: isRankedByObjects ? candidateIndex(index, space) : plainIndex(index, space),
    ranking: isRankedByObjects ? ranking : undefined,
    embedding,
    onWarning: warningsTo(options.onWarning),
  })
  await recommender.open()
  return recommender
}

/** What searches in a space make of records. */
function readingIn(space: FeatureSpace, embeddingSpace: FeatureSpace | undefined): Reading {
  return {
    belongs: (record) => isInSpace(record, space.id, space.axes.length),
    pictureOf: (record) => ({
      evidence: evidenceIn(record.vector),
      look: lookOf(presentObjects(record.objects, space), record.appearance),
      tags: record.tags,
      embedding: embeddingOf(record, embeddingSpace),
    }),
  }
}

async function embeddingPart(
  { extractor: given, index: ofCaller }: Api.EmbeddingOptions,
  weight: number,
): Promise<EmbeddingPart> {
  const extractor = isExtractor(given) ? guardExtractor(given) : undefined
  const space = extractor?.space ?? (given as FeatureSpace)
  parse(schema.spaceSchema, space, 'createRecommender: the space of embedding.extractor')
  if (space.threshold !== null) {
    throw new RecommenderError(
      'INVALID_ARGUMENT',
      `The vectors of the space '${space.id}' are made of objects (its threshold is ${space.threshold}); an embedding's threshold is null.`,
    )
  }
  const index = guardIndex(ofCaller ?? (await defaultIndex(space)))
  assertTakes(index, space)
  return { space, extractor, index, weight }
}

/** Half of all code is that of the exact index: whoever brings another index does not load it. */
async function defaultIndex(space: FeatureSpace): Promise<SimilarityIndex> {
  const { createExactIndex } = await import('../exact-index/index.ts')
  return createExactIndex({ dimensions: space.axes.length })
}

/** @throws RecommenderError `SPACE_MISMATCH` */
function assertTakes(index: SimilarityIndex, space: FeatureSpace): void {
  const dimensions = space.axes.length
  if (index.dimensions === dimensions) return
  throw new RecommenderError(
    'SPACE_MISMATCH',
    `The index takes vectors of ${index.dimensions} values, but the space '${space.id}' has ${dimensions} axes; create the index with dimensions: ${dimensions}.`,
  )
}

/** Of an index that is shared each process follows a part of the feed. @throws RecommenderError `INVALID_ARGUMENT` */
function assertHearsAll(indexes: readonly (SimilarityIndex | undefined)[]): void {
  if (!indexes.some((index) => index?.shared)) return
  throw new RecommenderError(
    'INVALID_ARGUMENT',
    'createRecommender: cachedRecords goes with an index in this process, since with one that is shared not every change is heard here; leave one of them out.',
  )
}

function isExtractor<Axis extends string>(
  candidate: FeatureExtractor<Axis> | FeatureSpace<Axis>,
): candidate is FeatureExtractor<Axis> {
  return 'extract' in candidate
}

/** Whoever is warned must not be able to stop what goes on. */
function warningsTo(listener: Api.RecommenderOptions['onWarning']): (warning: Error) => void {
  return (warning) => {
    try {
      listener?.(warning)
    } catch {
      // There is nobody left to tell.
    }
  }
}
