import { z } from 'zod'
import { type OnnxExtractorOptions, onnxExtractorOptionsShape } from '../onnx-extractor/extractor-options.ts'
import { type EmbeddingContract, embeddingContractSchema } from './embedding-contract.ts'

export interface EmbeddingExtractorOptions extends OnnxExtractorOptions {
  /** The path of an .onnx file, such as `pullModel` gives it. */
  readonly model: string
  /** What the model takes and gives. */
  readonly contract: EmbeddingContract
}

export const embeddingExtractorOptionsSchema = z.strictObject({
  model: z.string().min(1),
  contract: embeddingContractSchema,
  ...onnxExtractorOptionsShape,
})
