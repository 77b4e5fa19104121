import { availableParallelism } from 'node:os'
import { z } from 'zod'

/** What every extractor that runs an .onnx file can be told, whatever the family of the model. */
export interface OnnxExtractorOptions {
  /** Images of more bytes are refused with `IMAGE_TOO_LARGE`. Default: 33 554 432, 32 MiB. */
  readonly maxBytes?: number | undefined
  /** Images with more pixels are refused with `IMAGE_TOO_LARGE` before any is decoded. Default: 50 000 000. */
  readonly maxPixels?: number | undefined
  /**
   * How many worker threads there may be, 1..64. Each has a session of its own, and so holds the weights once more. They start when
   * there is work for them. Default: the number of cores divided by `threads`, at least 1 and at most 4.
   */
  readonly workers?: number | undefined
  /** In how many threads each worker computes an image, 1..256. Default: the number of cores, at most 4. */
  readonly threads?: number | undefined
  /**
   * How many images may wait, 0..1000000, beside the three that each worker holds; one more is refused with `OVERLOADED`. Of each a copy
   * of its bytes is kept. Default: 128.
   */
  readonly maxWaiting?: number | undefined
}

export const onnxExtractorOptionsShape = {
  maxBytes: z
    .int()
    .positive()
    .default(32 * 1024 * 1024),
  maxPixels: z.int().positive().default(50_000_000),
  workers: z.int().min(1).max(64).optional(),
  // More than four gain little on one image (Intel's figures for Mask R-CNN), and cost the application its cores.
  threads: z
    .int()
    .min(1)
    .max(256)
    .default(() => Math.min(4, availableParallelism())),
  // More than `addAll` ever has under way.
  maxWaiting: z.int().min(0).max(1_000_000).default(128),
}

export type OnnxExtractorSettings = z.output<z.ZodObject<typeof onnxExtractorOptionsShape>>

/** The default of `workers`. Each has the weights once more, so more than four are for the application to decide. */
export function workersFor(threads: number): number {
  return Math.min(4, Math.max(1, Math.floor(availableParallelism() / threads)))
}
