import { z } from 'zod'
import {
  type ScaledSize,
  type StretchedSize,
  scaledSizeSchema,
  stretchedSizeSchema,
} from '../onnx-extractor/image/input-size.ts'
import { type PixelValues, pixelValuesShape } from '../onnx-extractor/image/pixel-values.ts'
import { contractName, valueName } from '../onnx-extractor/model/contract-fields.ts'

/**
 * What a detector of the DETR family (RT-DETR, D-FINE, RF-DETR, DETR) in an .onnx file takes and gives. It can be written as JSON
 * and read back with `JSON.parse`. `huggingFaceContract` makes one of a model's own files.
 */
export interface DetrContract<Axis extends string = string> {
  /** Names the preprocessing and the family of weights in `space.id`: letters, digits, `.`, `_`, `-`; up to 64. */
  readonly name: string
  /**
   * What each column of the logits stands for: `labels[i]` is the axis of column `i`, or `null`: what is found there is dropped. As
   * many as the logits have columns. Several columns may be of one axis. The axes of the vectors are `BG`, the background, and
   * these in the order in which they come first.
   */
  readonly labels: readonly (Axis | null)[]
  /**
   * How logits become scores. `sigmoid`: each column by itself, as where a focal loss has trained it (RT-DETR, D-FINE, RF-DETR,
   * Deformable DETR); the best pairs of query and column count, as many as there are queries. `softmax`: all columns of a query
   * together, of which the last stands for "no object" and has the label `null` (DETR, YOLOS, Table Transformer); the best other
   * one of each query counts.
   */
  readonly scores: 'sigmoid' | 'softmax'
  readonly input: DetrInput
  readonly outputs: DetrOutputs
}

/** The one input: float32, `[1, 3, H, W]`. */
export interface DetrInput extends PixelValues {
  readonly name: string
  readonly size: StretchedSize | ScaledSize
}

/** Names of the outputs; `q` queries. */
export interface DetrOutputs {
  /** `[1, q, labels.length]`, float32: before sigmoid or softmax. */
  readonly logits: string
  /** `[1, q, 4]`, float32: the centre's x and y, width and height, as shares of the input. */
  readonly boxes: string
}

export const detrContractSchema = z
  .strictObject({
    name: contractName,
    labels: z.array(z.string().min(1).nullable()).min(1),
    scores: z.enum(['sigmoid', 'softmax']),
    input: z.strictObject({
      name: valueName,
      ...pixelValuesShape,
      size: z.discriminatedUnion('fit', [stretchedSizeSchema, scaledSizeSchema]),
    }),
    outputs: z.strictObject({ logits: valueName, boxes: valueName }),
  })
  .superRefine(({ labels, scores, outputs }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (labels.every((label) => label === null)) refuse(['labels'], 'must name an axis')
    if (labels.includes('BG')) refuse(['labels', labels.indexOf('BG')], 'must not be the background; write null')
    if (scores === 'softmax' && labels.at(-1) !== null)
      refuse(['labels', labels.length - 1], 'must be null, the last being "no object" where scores are by softmax')
    if (outputs.logits === outputs.boxes) refuse(['outputs'], 'must not name an output twice')
  })

/** The axes of the vectors: `BG`, then the labels in the order in which they come first. */
export function axesOf<Axis extends string>({ labels }: Pick<DetrContract<Axis>, 'labels'>): readonly ('BG' | Axis)[] {
  return [...new Set<'BG' | Axis>(['BG', ...labels.filter((label) => label !== null)])]
}
