import { resolve } from 'node:path'
import type { CocoAxis } from '../coco.ts'
import { RecommenderError } from '../errors.ts'
import type { ExtractOptions, FeatureExtractor } from '../feature-extractor.ts'
import { parse } from '../parse.ts'
import { extractorOptionsSchema, type MaskRcnnExtractorOptions } from './extractor-options.ts'
import type { ModelSource } from './model/model-bytes.ts'
import { cachedModelPath } from './model/model-cache.ts'
import type { ModelContract } from './model/model-contract.ts'
import { KNOWN_MODELS, type KnownModel, knownModel } from './model/models.ts'
import { ZOO_CONTRACT } from './model/zoo-contract.ts'
import { aborted, closed, ExtractionQueue } from './thread/extraction-queue.ts'
import { ExtractionThread } from './thread/extraction-thread.ts'
import type { ThreadSetup } from './thread/thread-messages.ts'

/**
 * Describes images by the objects that a Mask R-CNN finds in them. Decoding and inference run in a worker thread; the
 * event loop stays with the application. Images are described in the order in which they come; they may be queued
 * without limit, so let a caller wait for some before it hands in more. An idle extractor does not keep the process alive.
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
    maxBytes,
    maxPixels,
    threads,
    cacheFolder,
  } = parse(extractorOptionsSchema, options, 'options')
  const known = knownModel(model)
  const contract: ModelContract = given ?? known?.contract ?? ZOO_CONTRACT
  const source = known === undefined ? ownFile(model) : knownFile(known, cacheFolder)
  const setup: ThreadSetup = { model: source, contract, threshold, maxPixels, threads }

  const entry = new URL('./mask-rcnn-worker.js', import.meta.url)
  const first = new ExtractionThread(entry, setup)
  const sha256 = await first.ready
  // A thread that takes over must load the very same model: the space has its name.
  const queue = new ExtractionQueue(
    () => new ExtractionThread(entry, { ...setup, model: { ...source, sha256 } }),
    first,
  )

  let open = true
  return {
    space: {
      id: `${contract.name}/${sha256.slice(0, 8)}/${contract.input.shortSide}`,
      axes: contract.axes as readonly Axis[],
      threshold,
    },
    async extract(image: Uint8Array, { signal }: ExtractOptions = {}) {
      if (!open) throw closed()
      if (signal?.aborted) throw aborted(signal)
      if (image.length === 0)
        throw new RecommenderError('IMAGE_UNREADABLE', 'The image has 0 bytes. Give a whole, valid file.')
      if (image.length > maxBytes) {
        const message = `The image has ${image.length} bytes; at most ${maxBytes} are accepted.`
        throw new RecommenderError('IMAGE_TOO_LARGE', `${message} Scale it down or raise the option "maxBytes".`)
      }
      // A copy, since the buffer moves to the thread and the caller's own must stay as it is.
      return await queue.add(new Uint8Array(image), signal)
    },
    async close() {
      open = false
      await queue.close()
    },
  }
}

function ownFile(model: string): ModelSource {
  const names = Object.keys(KNOWN_MODELS).join(', ')
  const remedy = `Give the path of an .onnx file, or the name of a known model: ${names}.`
  return { path: resolve(model), bytes: null, sha256: null, remedy }
}

function knownFile({ name, url, bytes, sha256 }: KnownModel, cacheFolder: string | undefined): ModelSource {
  const remedy = `Bring it with pullModel('${name}'), or download ${url} (${bytes} bytes) by hand and put it there.`
  return { path: cachedModelPath(name, cacheFolder), bytes, sha256, remedy }
}
