/** Entry `@image-recommender/core/detr`: a feature extractor over detectors of the DETR family, of any classes. */

export type { ScaledSize, StretchedSize } from '../onnx-extractor/image/input-size.ts'
export type { PixelValues } from '../onnx-extractor/image/pixel-values.ts'
export { modelCacheFolder } from '../onnx-extractor/model/model-cache.ts'
export type { ModelFile } from '../onnx-extractor/model/model-file.ts'
export type { PullProgress } from '../onnx-extractor/pull/download.ts'
export { type PullModelOptions, pullModel } from '../onnx-extractor/pull/pull-model.ts'
export type { DetrContract, DetrInput, DetrOutputs } from './detr-contract.ts'
export { createDetrExtractor } from './extractor.ts'
export type { DetrExtractorOptions } from './extractor-options.ts'
export { type HuggingFaceFiles, huggingFaceContract } from './hugging-face-contract.ts'
