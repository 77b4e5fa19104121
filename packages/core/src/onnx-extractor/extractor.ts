import { RecommenderError } from '../errors.ts'
import type { ExtractOptions, FeatureExtractor } from '../feature-extractor.ts'
import { type OnnxExtractorSettings, workersFor } from './extractor-options.ts'
import { assertFormat } from './image/decoded-image.ts'
import type { ModelSource } from './model/model-bytes.ts'
import { aborted, closed, ExtractionQueue } from './thread/extraction-queue.ts'
import { ExtractionThread } from './thread/extraction-thread.ts'
import type { ThreadSetup } from './thread/thread-messages.ts'

export interface OnnxExtractorParts<Axis extends string> {
  /** The file of the family's worker, which calls `runWorker`. */
  readonly worker: URL
  /** What that is given: cloned, so no functions. */
  readonly settings: unknown
  readonly source: ModelSource
  readonly limits: OnnxExtractorSettings
  readonly space: {
    /** Of the contract. */
    readonly name: string
    /** Of the input, as the id has it. */
    readonly size: string | number
    readonly axes: readonly Axis[]
    readonly threshold: number | null
  }
}

/**
 * An extractor over a model in an .onnx file: its worker threads, what is asked of images, and the space that follows from
 * the file. What goes into the model and what comes out is the family's, in its worker.
 */
export async function createOnnxExtractor<Axis extends string>({
  worker,
  settings,
  source,
  limits,
  space: { name, size, axes, threshold },
}: OnnxExtractorParts<Axis>): Promise<FeatureExtractor<Axis>> {
  const { maxBytes, maxPixels, threads, workers = workersFor(threads), maxWaiting } = limits
  const setup: ThreadSetup = { model: source, threads, maxPixels, settings }
  const first = new ExtractionThread(worker, setup)
  const sha256 = await first.ready
  // A thread that takes over must load the very same model: the space has its name.
  const queue = new ExtractionQueue(
    () => new ExtractionThread(worker, { ...setup, model: { ...source, sha256 } }),
    first,
    { workers, maxWaiting },
  )

  let open = true
  return {
    space: { id: `${name}/${sha256.slice(0, 8)}/${size}`, axes, threshold },
    async extract(image: Uint8Array, { signal }: ExtractOptions = {}) {
      if (!open) throw closed()
      if (signal?.aborted) throw aborted(signal)
      if (image.length === 0)
        throw new RecommenderError('IMAGE_UNREADABLE', 'The image has 0 bytes. Give a whole, valid file.')
      if (image.length > maxBytes) {
        const message = `The image has ${image.length} bytes; at most ${maxBytes} are accepted.`
        throw new RecommenderError('IMAGE_TOO_LARGE', `${message} Scale it down or raise the option "maxBytes".`)
      }
      // What is no image at all need not wait behind those that are.
      assertFormat(image)
      // A copy, since the caller may use its own for something else while this one waits.
      return await queue.add(new Uint8Array(image), signal)
    },
    async close() {
      open = false
      await queue.close()
    },
  }
}
