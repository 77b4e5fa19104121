/**
 * For tests: the contracts of the three ports, an extractor that needs no model, seeded vectors. Nothing else imports it,
 * and it imports no test runner: `describe` and `it` are handed in.
 */
export { sampleRecord } from './contract-records.ts'
export { createFakeExtractor, type FakeExtractorOptions, fakeImage } from './fake-extractor.ts'
export { type FeatureExtractorContractOptions, featureExtractorContract } from './feature-extractor-contract.ts'
export { type ImageStoreContractOptions, imageStoreContract } from './image-store-contract.ts'
export { changesSoFar } from './image-store-feed-contract.ts'
export {
  type Judgement,
  type MeasureRankingOptions,
  measureRanking,
  type RankingQuality,
} from './measure-ranking.ts'
export { seededRandom } from './seeded-random.ts'
export { type SeededVectorsOptions, seededVectors } from './seeded-vectors.ts'
export { type SimilarityIndexContractOptions, similarityIndexContract } from './similarity-index-contract.ts'
export type { TestRunner } from './test-runner.ts'
