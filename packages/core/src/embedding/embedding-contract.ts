import { z } from 'zod'
import {
  croppedSizeSchema,
  type InputSize,
  scaledSizeSchema,
  stretchedSizeSchema,
} from '../onnx-extractor/image/input-size.ts'
import { type PixelValues, pixelValuesShape } from '../onnx-extractor/image/pixel-values.ts'
import { contractName, valueName } from '../onnx-extractor/model/contract-fields.ts'

/**
 * What an image encoder in an .onnx file takes and gives: the image tower of CLIP or SigLIP, DINO, the features of a ResNet. It can be
 * written as JSON and read back with `JSON.parse`.
 */
export interface EmbeddingContract {
  /** Names the preprocessing and the family of weights in `space.id`: letters, digits, `.`, `_`, `-`; up to 64. */
  readonly name: string
  readonly input: EmbeddingInput
  readonly output: EmbeddingOutput
  /** Whether vectors are brought to a length of 1. Cosine distance does not feel it, Euclidean distance does. */
  readonly normalize: boolean
}

/** The one input: float32, `[1, 3, H, W]`. */
export interface EmbeddingInput extends PixelValues {
  readonly name: string
  readonly size: InputSize
}

/** The one output that is asked for, float32, and how it becomes a vector of `dimensions` values. */
export interface EmbeddingOutput {
  readonly name: string
  /** 1..4096. */
  readonly dimensions: number
  /**
   * By the output's shape, where D is `dimensions`. `none`: `[1, D]`, the vector itself. `class-token`: `[1, T, D]`, the first of T
   * tokens. `mean-of-tokens`: `[1, T, D]`, their mean. `mean-of-map`: `[1, D, h, w]`, the mean over all places.
   */
  readonly pooling: 'none' | 'class-token' | 'mean-of-tokens' | 'mean-of-map'
  /** With `mean-of-tokens`: how many at the beginning are no part of it, such as a class token and registers. Default: 0. */
  readonly skippedTokens?: number | undefined
}

export const embeddingContractSchema = z
  .strictObject({
    name: contractName,
    input: z.strictObject({
      name: valueName,
      ...pixelValuesShape,
      size: z.discriminatedUnion('fit', [stretchedSizeSchema, scaledSizeSchema, croppedSizeSchema]),
    }),
    output: z.strictObject({
      name: valueName,
      dimensions: z.int().min(1).max(4096),
      pooling: z.enum(['none', 'class-token', 'mean-of-tokens', 'mean-of-map']),
      skippedTokens: z.int().min(0).max(1024).optional(),
    }),
    normalize: z.boolean(),
  })
  .refine(({ output }) => output.skippedTokens === undefined || output.pooling === 'mean-of-tokens', {
    path: ['output', 'skippedTokens'],
    error: 'must be left out where pooling is not "mean-of-tokens"',
  })
