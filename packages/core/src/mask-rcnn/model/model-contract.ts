import { z } from 'zod'

/**
 * What a Mask R-CNN in an .onnx file takes and gives. It can be written as JSON and read back with `JSON.parse`.
 *
 * Presets: `ZOO_CONTRACT`, `TORCHVISION_CONTRACT`.
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

/** The one input: float32, `[3, H, W]`, or `[1, 3, H, W]` where `batch` is true. Values are `(byte / divisor - mean) / std`. */
export interface ModelInput {
  readonly name: string
  readonly batch: boolean
  readonly channels: 'BGR' | 'RGB'
  /** 1 for values 0..255, 255 for 0..1. */
  readonly divisor: number
  /** Per channel, in the order of `channels`, in units of the divided values. */
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
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
   * `null`: the model gives none (a Faster R-CNN), and colours are taken from the central part of the box.
   */
  readonly masks: string | null
}

const triple = z.tuple([z.number(), z.number(), z.number()])
const positive = z.number().positive()
const side = z.int().min(32).max(8192)

export const modelContractSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"'),
    axes: z.array(z.string().min(1)).min(2),
    labels: z.array(z.string().nullable()).min(1),
    input: z.strictObject({
      name: z.string().min(1),
      batch: z.boolean(),
      channels: z.enum(['BGR', 'RGB']),
      divisor: positive,
      mean: triple,
      std: z.tuple([positive, positive, positive]),
      shortSide: side,
      longSide: side,
      multipleOf: z.int().min(1).max(256),
    }),
    outputs: z.strictObject({
      boxes: z.string().min(1),
      labels: z.string().min(1),
      scores: z.string().min(1),
      masks: z.string().min(1).nullable(),
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
