import type { CocoAxis } from '../coco.ts'
import { RecommenderError } from '../errors.ts'
import type { FeatureExtractor } from '../feature-extractor.ts'
import { createOnnxExtractor } from '../onnx-extractor/extractor.ts'
import type { ModelSource } from '../onnx-extractor/model/model-bytes.ts'
import { cachedModelPath } from '../onnx-extractor/model/model-cache.ts'
import { ownFile } from '../onnx-extractor/model/own-file.ts'
import { parse } from '../parse.ts'
import { type MaskRcnnExtractorOptions, maskRcnnExtractorOptionsSchema } from './extractor-options.ts'
import type { MaskRcnnSettings } from './mask-rcnn-family.ts'
import type { ModelContract } from './model-contract.ts'
import { KNOWN_MODELS, type KnownModel, knownModel } from './models.ts'
import { ZOO_CONTRACT } from './zoo-contract.ts'

/**
 * Describes images by the objects that a Mask R-CNN, or a Faster R-CNN, finds in them. Decoding and inference run in worker threads; the event
 * loop stays with the application. Images are begun in the order in which they come. There is one worker at first; others
 * start when there are more images at a time, each with a session of its own. An idle extractor does not keep the process
 * alive.
 *
 * When more than `maxWaiting` images wait, `extract` rejects with `OVERLOADED`. An aborted call is answered at once, and an image that
 * has not come to the network is left out. Where a worker dies, another takes its place, and what it had is begun again, once.
 *
 * `space.id` is `name of the contract / first 8 digits of the file's SHA-256 / short side`, for instance
 * `mask-rcnn-r50-fpn-12/4409935e/800`. Who changes another field of a contract gives it another name.
 *
 * Accepts JPEG, PNG, WebP, GIF, AVIF and TIFF, recognised by content. Images are turned upright by EXIF, put on white where
 * they are transparent, converted to sRGB; of several frames the first counts. Boxes are shares of the upright image.
 *
 * @returns when the model is loaded and checked
 * @throws RecommenderError
 * `INVALID_ARGUMENT`: options; `MODEL_UNAVAILABLE`: no such file; `MODEL_CORRUPT`: not the known file, no ONNX, or not
 * what the contract says; `EXTRACTOR_FAILED`: `sharp` or `onnxruntime-node` is not installed
 */
export async function createMaskRcnnExtractor<Axis extends string = CocoAxis>(
  options: MaskRcnnExtractorOptions<Axis>,
): Promise<FeatureExtractor<Axis>> {
  const {
    model,
    contract: given,
    threshold,
    masks,
    cacheFolder,
    ...limits
  } = parse(maskRcnnExtractorOptionsSchema, options, 'options')
  const known = knownModel(model)
  const contract = contractWith(masks, given ?? known?.contract ?? ZOO_CONTRACT)
  const names = Object.keys(KNOWN_MODELS).join(', ')
  const remedy = `Give the path of an .onnx file, or the name of a known model: ${names}.`
  const settings: MaskRcnnSettings = { contract, threshold }
  return await createOnnxExtractor<Axis>({
    worker: new URL('./mask-rcnn-worker.js', import.meta.url),
    settings,
    source: known === undefined ? ownFile(model, remedy) : knownFile(known, cacheFolder),
    limits,
    space: {
      name: contract.name,
      size: contract.input.shortSide,
      axes: contract.axes as readonly Axis[],
      threshold,
    },
  })
}

/** What a contract does not name is cut out of the model. */
function contractWith(masks: boolean, contract: ModelContract): ModelContract {
  if (!masks) return { ...contract, outputs: { ...contract.outputs, masks: null } }
  if (contract.outputs.masks !== null) return contract
  const message = `options.masks is true, but the contract ${contract.name} names no output for masks.`
  throw new RecommenderError('INVALID_ARGUMENT', `${message} Leave "masks" out, or take a model that gives them.`)
}

function knownFile({ name, url, bytes, sha256 }: KnownModel, cacheFolder: string | undefined): ModelSource {
  const remedy = `Bring it with pullModel('${name}'), or download ${url} (${bytes} bytes) by hand and put it there.`
  return { path: cachedModelPath(name, cacheFolder), bytes, sha256, remedy }
}
