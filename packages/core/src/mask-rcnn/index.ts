/** Entry `@image-recommender/core/mask-rcnn`: a feature extractor, the models it can use and how to bring them. */

export { createMaskRcnnExtractor } from './extractor.ts'
export type { MaskRcnnExtractorOptions } from './extractor-options.ts'
export { modelCacheFolder } from './model/model-cache.ts'
export type { ModelContract, ModelInput, ModelOutputs } from './model/model-contract.ts'
export { KNOWN_MODELS, type KnownModel, type KnownModelName, type ModelFile } from './model/models.ts'
export { TORCHVISION_CONTRACT } from './model/torchvision-contract.ts'
export { ZOO_CONTRACT } from './model/zoo-contract.ts'
export type { PullProgress } from './pull/download.ts'
export { type PullModelOptions, pullModel } from './pull/pull-model.ts'
