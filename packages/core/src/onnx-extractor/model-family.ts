import type { Tensor } from 'onnxruntime-node'
import type { Extraction } from '../feature-extractor.ts'
import type { DecodedImage } from './image/decoded-image.ts'
import type { Framing, Size } from './image/framing.ts'
import type { PixelValues } from './image/pixel-values.ts'

/**
 * What tells one family of models from another: what goes in, what comes out, and what that means. Each is made of a contract,
 * in the thread that runs the model; all else (threads, decoding, the model's file) is the same for all.
 */
export interface ModelFamily {
  /** Of the contract, for messages. */
  readonly name: string
  readonly input: FamilyInput
  /** Of what the graph gives, only these are computed. */
  readonly outputs: readonly FamilyOutput[]
  /**
   * @param outputs by their names in the graph
   * @param input the size of the input that they were computed from
   */
  describe(image: DecodedImage, outputs: Readonly<Record<string, Tensor>>, input: Size): Omit<Extraction, 'appearance'>
}

/** The one input, float32, channel by channel. */
export interface FamilyInput {
  readonly name: string
  readonly dims: Dimensions
  readonly pixels: PixelValues
  readonly framing: Framing
}

export interface FamilyOutput {
  readonly name: string
  /** `null`: whatever they are; who describes looks at them. */
  readonly dims: Dimensions | null
}

/** `null`: any. */
export type Dimensions = readonly (number | null)[]
