/** Entry `@image-recommender/core/embedding`: a feature extractor over image encoders, such as CLIP, DINO or a ResNet. */

export type { CroppedSize, InputSize, ScaledSize, StretchedSize } from '../onnx-extractor/image/input-size.ts'
export type { PixelValues } from '../onnx-extractor/image/pixel-values.ts'
export { modelCacheFolder } from '../onnx-extractor/model/model-cache.ts'
export type { ModelFile } from '../onnx-extractor/model/model-file.ts'
export type { PullProgress } from '../onnx-extractor/pull/download.ts'
export { type PullModelOptions, pullModel } from '../onnx-extractor/pull/pull-model.ts'
export type { EmbeddingContract, EmbeddingInput, EmbeddingOutput } from './embedding-contract.ts'
export { createEmbeddingExtractor } from './extractor.ts'
export type { EmbeddingExtractorOptions } from './extractor-options.ts'
