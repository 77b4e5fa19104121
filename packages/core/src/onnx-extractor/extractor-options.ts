import { availableParallelism } from 'node:os'
import { z } from 'zod'

/** What every extractor that runs an .onnx file can be told, whatever the family of the model. */
export interface OnnxExtractorOptions {
  /** Larger files are refused with `IMAGE_TOO_LARGE`. Default: 32 MiB. */
  readonly maxBytes?: number | undefined
  /** Images with more pixels are refused with `IMAGE_TOO_LARGE` before any is decoded. Default: 50 000 000. */
  readonly maxPixels?: number | undefined
  /**
   * How many worker threads there may be, 1..64, each with a session of its own that takes memory of its own. They start when
   * there is work for them. Default: as many as there are cores for by `threads`, at most 4.
   */
  readonly workers?: number | undefined
  /** In how many threads each worker computes one image, 1..256. Default: as many as there are cores, at most 4. */
  readonly threads?: number | undefined
  /**
   * How many images may wait beside the three that each worker holds; one more is refused with `OVERLOADED`. Each keeps a copy of its
   * bytes. Default: 128.
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

/** As many as there are cores for. Each has the weights once more, so more than four are somebody's decision. */
export function workersFor(threads: number): number {
  return Math.min(4, Math.max(1, Math.floor(availableParallelism() / threads)))
}
