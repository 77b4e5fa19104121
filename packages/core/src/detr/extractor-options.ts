import { z } from 'zod'
import { type OnnxExtractorOptions, onnxExtractorOptionsShape } from '../onnx-extractor/extractor-options.ts'
import { type DetrContract, detrContractSchema } from './detr-contract.ts'

export interface DetrExtractorOptions<Axis extends string = string> extends OnnxExtractorOptions {
  /** The path of an .onnx file, such as `pullModel` gives it. */
  readonly model: string
  /** What the model takes and gives. */
  readonly contract: DetrContract<Axis>
  /**
   * The least score with which an object counts as present in the vector, 0..1. Default: 0.5 where scores are by sigmoid, 0.7 where
   * they are by softmax. Scores by sigmoid are lower, and 0.5 is what the family's own code draws from (Transformers'
   * `post_process_object_detection`); 0.7 is what DETR's own examples show. Objects from 0.3 on are kept as facts.
   */
  readonly threshold?: number | undefined
}

export const detrExtractorOptionsSchema = z.strictObject({
  model: z.string().min(1),
  contract: detrContractSchema,
  threshold: z.number().min(0).max(1).optional(),
  ...onnxExtractorOptionsShape,
})
