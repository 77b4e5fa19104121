import { availableParallelism } from 'node:os'
import { z } from 'zod'
import type { CocoAxis } from '../coco.ts'
import { type ModelContract, modelContractSchema } from './model/model-contract.ts'
import type { KnownModelName } from './model/models.ts'

export interface MaskRcnnExtractorOptions<Axis extends string = CocoAxis> {
  /**
   * The name of a known model (see `KNOWN_MODELS`), which is looked up in the cache and never downloaded: `pullModel` does
   * that. Anything else is the path of an .onnx file; a file that is called like a known model is written `./name`.
   */
  readonly model: KnownModelName | (string & {})
  /** What the model takes and gives. Default: that of the known model, else `ZOO_CONTRACT`. */
  readonly contract?: ModelContract<Axis> | undefined
  /** The least score with which an object counts as present in the vector, 0..1. Default: 0.7. */
  readonly threshold?: number | undefined
  /** Larger files are refused with `IMAGE_TOO_LARGE`. Default: 32 MiB. */
  readonly maxBytes?: number | undefined
  /** Images with more pixels are refused with `IMAGE_TOO_LARGE` before any is decoded. Default: 50 000 000. */
  readonly maxPixels?: number | undefined
  /** In how many threads the network computes one image. Default: as many as there are cores, at most 4. */
  readonly threads?: number | undefined
  /** Where known models are looked up. Default: `modelCacheFolder()`, where `pullModel` puts them. */
  readonly cacheFolder?: string | undefined
}

export const extractorOptionsSchema = z.strictObject({
  model: z.string().min(1),
  contract: modelContractSchema.optional(),
  threshold: z.number().min(0).max(1).default(0.7),
  maxBytes: z
    .int()
    .positive()
    .default(32 * 1024 * 1024),
  maxPixels: z.int().positive().default(50_000_000),
  // More than four gain little on one image (Intel's figures for this network), and cost the application its cores.
  threads: z
    .int()
    .min(1)
    .max(256)
    .default(() => Math.min(4, availableParallelism())),
  cacheFolder: z.string().min(1).optional(),
})
