import type { FeatureExtractor } from '../feature-extractor.ts'
import { createOnnxExtractor } from '../onnx-extractor/extractor.ts'
import { sizeName } from '../onnx-extractor/image/input-size.ts'
import { ownFile } from '../onnx-extractor/model/own-file.ts'
import { parse } from '../parse.ts'
import type { EmbeddingSettings } from './embedding-family.ts'
import { type EmbeddingExtractorOptions, embeddingExtractorOptionsSchema } from './extractor-options.ts'

/**
 * Describes images as a whole, by a dense vector from an image encoder: for `createRecommender({ embedding: { extractor } })`, or as
 * the only extractor of a recommender, which then ranks by distance. Threads, waiting, what images are accepted and what becomes of
 * failures are as in `createMaskRcnnExtractor`.
 *
 * `space.id` is `name of the contract / first 8 digits of the file's SHA-256 / size of the input`, for instance
 * `dinov2-small/4409935e/224`; the size is `224x160` where the sides differ, and the short side where images keep their
 * proportions. Who changes another field of a contract gives it another name. `space.axes` are `'0'`, `'1'`, … up to the
 * dimensions less 1, `space.threshold` is `null`.
 *
 * An extraction has no objects. It has an appearance, so that near-duplicates are found by it too.
 *
 * @returns when the model is loaded and checked
 * @throws RecommenderError
 * `INVALID_ARGUMENT`: options; `MODEL_UNAVAILABLE`: no such file; `MODEL_CORRUPT`: no ONNX, weights in other files, or not what
 * the contract says; `EXTRACTOR_FAILED`: `sharp` or `onnxruntime-node` is not installed
 */
export async function createEmbeddingExtractor(options: EmbeddingExtractorOptions): Promise<FeatureExtractor> {
  const { model, contract, ...limits } = parse(embeddingExtractorOptionsSchema, options, 'options')
  const settings: EmbeddingSettings = { contract }
  return await createOnnxExtractor<string>({
    worker: new URL('./embedding-worker.js', import.meta.url),
    settings,
    source: ownFile(model, 'Give the path of an .onnx file.'),
    limits,
    space: {
      name: contract.name,
      size: sizeName(contract.input.size),
      axes: Array.from({ length: contract.output.dimensions }, (_, at) => `${at}`),
      threshold: null,
    },
  })
}
