export { COCO_AXES, type CocoAxis } from './coco.ts'
export { type Distance, distanceOf } from './distance.ts'
export { type ErrorCode, errorCodes, RecommenderError } from './errors.ts'
export { createExactIndex, type ExactIndex, type ExactIndexOptions, openExactIndex } from './exact-index/index.ts'
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
  ImageRecord,
  ImageStore,
  JsonObject,
  JsonValue,
} from './image-store.ts'
export { createMemoryStore } from './memory-store/index.ts'
export { FACT_THRESHOLD, objectVector } from './object-vector.ts'
export { createRecommender } from './recommender/create-recommender.ts'
export type {
  Abortable,
  AddAllOptions,
  AddAllProgress,
  AddAllReport,
  AddResult,
  Contribution,
  DescribedImage,
  Example,
  NamedObject,
  NewImage,
  NewImageSource,
  ObjectCondition,
  ObjectCounts,
  Page,
  Recommendation,
  Recommender,
  RecommenderOptions,
  RecommendOptions,
  ReindexReport,
  SearchOptions,
  Where,
} from './recommender/recommender.ts'
export type {
  AxisCondition,
  Conditions,
  Filter,
  IndexEntry,
  Match,
  Metric,
  SearchRequest,
  SimilarityIndex,
} from './similarity-index.ts'
export { compareUtf8 } from './utf8-order.ts'
