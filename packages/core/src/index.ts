export { COCO_AXES, type CocoAxis } from './coco.ts'
export { type Distance, distanceOf } from './distance.ts'
export { type ErrorCode, errorCodes, RecommenderError } from './errors.ts'
export type {
  Appearance,
  Box,
  DetectedObject,
  Extraction,
  ExtractOptions,
  FeatureExtractor,
  FeatureSpace,
  Lab,
} from './feature-extractor.ts'
export type {
  Change,
  ChangesOptions,
  Embedding,
  ImageRecord,
  ImageStore,
  JsonObject,
  JsonValue,
} from './image-store.ts'
export { createMemoryStore } from './memory-store/index.ts'
export { FACT_THRESHOLD, objectVector } from './object-vector.ts'
export type { Facet } from './ranking/facet.ts'
export { createRecommender } from './recommender/create-recommender.ts'
export type {
  Abortable,
  AddAllOptions,
  AddAllProgress,
  AddAllReport,
  AddResult,
  Cause,
  Contribution,
  DescribedImage,
  DuplicatesOptions,
  EmbeddingOptions,
  Example,
  History,
  NamedObject,
  NewImage,
  NewImageSource,
  ObjectCondition,
  ObjectCounts,
  Opinion,
  Page,
  RankingOptions,
  Reason,
  Recommendation,
  Recommender,
  RecommenderOptions,
  RecommendOptions,
  ReindexReport,
  SearchOptions,
  Taste,
  Where,
} from './recommender/recommender.ts'
export type {
  AxisCondition,
  Conditions,
  FeedStep,
  Filter,
  IndexChanges,
  IndexEntry,
  Match,
  Metric,
  SearchRequest,
  SimilarityIndex,
} from './similarity-index.ts'
export { compareUtf8 } from './utf8-order.ts'
