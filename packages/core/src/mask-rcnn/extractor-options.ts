import { z } from 'zod'
import type { CocoAxis } from '../coco.ts'
import { type OnnxExtractorOptions, onnxExtractorOptionsShape } from '../onnx-extractor/extractor-options.ts'
import { type ModelContract, modelContractSchema } from './model-contract.ts'
import type { KnownModelName } from './models.ts'

export interface MaskRcnnExtractorOptions<Axis extends string = CocoAxis> extends OnnxExtractorOptions {
  /**
   * The name of a known model (see `KNOWN_MODELS`), which is looked up in the cache and never downloaded: `pullModel` does
   * that. Anything else is the path of an .onnx file; a file that is called like a known model is written `./name`.
   */
  readonly model: KnownModelName | (string & {})
  /** What the model takes and gives. Default: that of the known model, else `ZOO_CONTRACT`. */
  readonly contract?: ModelContract<Axis> | undefined
  /** The least score with which an object counts as present in the vector, 0..1. Default: 0.7. */
  readonly threshold?: number | undefined
  /**
   * Whether the network computes masks. An object's colour is then the mean of what its mask covers, instead of that of the
   * central part of its box. Objects, scores, boxes and vectors are the same with and without, to the last bit. Default:
   * `false`, since masks take time and are needed for nothing else (docs/models.md says how much).
   */
  readonly masks?: boolean | undefined
  /** Where known models are looked up. Default: `modelCacheFolder()`, where `pullModel` puts them. */
  readonly cacheFolder?: string | undefined
}

export const maskRcnnExtractorOptionsSchema = z.strictObject({
  model: z.string().min(1),
  contract: modelContractSchema.optional(),
  threshold: z.number().min(0).max(1).default(0.7),
  masks: z.boolean().default(false),
  ...onnxExtractorOptionsShape,
  cacheFolder: z.string().min(1).optional(),
})
