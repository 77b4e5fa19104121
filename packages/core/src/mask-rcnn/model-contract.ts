import { z } from 'zod'
import { side } from '../onnx-extractor/image/input-size.ts'
import { type PixelValues, pixelValuesShape } from '../onnx-extractor/image/pixel-values.ts'
import { contractName, valueName } from '../onnx-extractor/model/contract-fields.ts'

/**
 * What a Mask R-CNN or a Faster R-CNN in an .onnx file takes and gives. It can be written as JSON and read back with `JSON.parse`.
 *
 * Presets: `ZOO_CONTRACT`, `ZOO_FASTER_CONTRACT`, `TORCHVISION_CONTRACT`.
 */
export interface ModelContract<Axis extends string = string> {
  /** Names the preprocessing and the family of weights in `space.id`: letters, digits, `.`, `_`, `-`; up to 64. */
  readonly name: string
  /** The axes of the vectors. `axes[0]` is `BG`, the background, which no label may stand for. */
  readonly axes: readonly Axis[]
  /** What each label of the model means: `labels[i]` is the axis of label `i`, or `null`: detections with it are dropped. */
  readonly labels: readonly (Axis | null)[]
  readonly input: ModelInput
  readonly outputs: ModelOutputs
}

/** The one input: float32, `[3, H, W]`, or `[1, 3, H, W]` where `batch` is true. */
export interface ModelInput extends PixelValues {
  readonly name: string
  readonly batch: boolean
  /** Pixels. An image is scaled, up or down, by min(shortSide / its short side, longSide / its long side). */
  readonly shortSide: number
  readonly longSide: number
  /** Height and width are padded with zeros, at the bottom and on the right, to a multiple of this; 1: no padding. */
  readonly multipleOf: number
}

/** Names of the outputs; `n` detections. */
export interface ModelOutputs {
  /** `[n, 4]`: left, top, right, bottom in pixels of the input. */
  readonly boxes: string
  /** `[n]`: int64, int32 or float32. */
  readonly labels: string
  /** `[n]`: 0..1. */
  readonly scores: string
  /**
   * Probabilities: `[n, 1, h, w]` over each box, or over the whole input where `h` and `w` are its height and width.
   * Asked for only with the option `masks`; `null`: the model gives none (a Faster R-CNN).
   */
  readonly masks: string | null
}

export const modelContractSchema = z
  .strictObject({
    name: contractName,
    axes: z.array(z.string().min(1)).min(2),
    labels: z.array(z.string().nullable()).min(1),
    input: z.strictObject({
      name: valueName,
      batch: z.boolean(),
      ...pixelValuesShape,
      shortSide: side,
      longSide: side,
      multipleOf: z.int().min(1).max(256),
    }),
    outputs: z.strictObject({
      boxes: valueName,
      labels: valueName,
      scores: valueName,
      masks: valueName.nullable(),
    }),
  })
  .superRefine((contract, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    const axes = new Set(contract.axes)
    if (contract.axes[0] !== 'BG') refuse(['axes', 0], 'must be "BG", the background')
    if (axes.size !== contract.axes.length) refuse(['axes'], 'must not name an axis twice')
    for (const [label, axis] of contract.labels.entries()) {
      if (axis === 'BG') refuse(['labels', label], 'must not be the background; write null')
      else if (axis !== null && !axes.has(axis)) refuse(['labels', label], 'must be one of the axes, or null')
    }
    if (contract.input.longSide < contract.input.shortSide)
      refuse(['input', 'longSide'], 'must not be less than shortSide')
    const outputs = Object.values(contract.outputs).filter((name) => name !== null)
    if (new Set(outputs).size !== outputs.length) refuse(['outputs'], 'must not name an output twice')
  })
