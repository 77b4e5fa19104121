import type { FeatureExtractor } from '../feature-extractor.ts'
import { createOnnxExtractor } from '../onnx-extractor/extractor.ts'
import { sizeName } from '../onnx-extractor/image/input-size.ts'
import { ownFile } from '../onnx-extractor/model/own-file.ts'
import { parse } from '../parse.ts'
import { axesOf, type DetrContract } from './detr-contract.ts'
import type { DetrSettings } from './detr-family.ts'
import { type DetrExtractorOptions, detrExtractorOptionsSchema } from './extractor-options.ts'

/**
 * Describes images by the objects that a detector of the DETR family finds in them: RT-DETR, D-FINE, RF-DETR, DETR, with whatever
 * classes it was trained on. Threads, waiting, what images are accepted and what becomes of failures are as in
 * `createMaskRcnnExtractor`.
 *
 * `space.id` is `name of the contract / first 8 digits of the file's SHA-256 / size of the input`, for instance
 * `dfine-s-obj365/4409935e/640`; the size is `640x480` where the sides differ, and the short side where images keep their
 * proportions. Who changes another field of a contract gives it another name. `space.axes` are `BG` and the contract's labels.
 *
 * Boxes are shares of the upright image. An object's colour is that of the central part of its box, half as wide and high.
 *
 * The model has one input and gives logits and boxes. Exports that want `orig_target_sizes` and give labels, boxes and scores, or want a
 * `pixel_mask`, are refused with `MODEL_CORRUPT`, which says so.
 *
 * @returns when the model is loaded and checked
 * @throws RecommenderError
 * `INVALID_ARGUMENT`: options; `MODEL_UNAVAILABLE`: no such file; `MODEL_CORRUPT`: no ONNX, weights in other files, or not what
 * the contract says; `EXTRACTOR_FAILED`: `sharp` or `onnxruntime-node` is not installed
 */
export async function createDetrExtractor<const Axis extends string = string>(
  options: DetrExtractorOptions<Axis>,
): Promise<FeatureExtractor<'BG' | Axis>> {
  const { model, contract, threshold: given, ...limits } = parse(detrExtractorOptionsSchema, options, 'options')
  const threshold = given ?? (contract.scores === 'sigmoid' ? 0.5 : 0.7)
  const settings: DetrSettings = { contract, threshold }
  return await createOnnxExtractor({
    worker: new URL('./detr-worker.js', import.meta.url),
    settings,
    source: ownFile(model, 'Give the path of an .onnx file.'),
    limits,
    space: {
      name: contract.name,
      size: sizeName(contract.input.size),
      axes: axesOf(contract as DetrContract<Axis>),
      threshold,
    },
  })
}
