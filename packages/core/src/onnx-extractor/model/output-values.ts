import type { Tensor } from 'onnxruntime-node'
import { RecommenderError } from '../../errors.ts'
import type { FamilyOutput } from '../model-family.ts'
import { type DeclaredShape, fits, shapeText } from './dimensions.ts'

/** The numbers of an output, row by row. */
export interface OutputValues {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** @throws RecommenderError `EXTRACTOR_FAILED` where it is not of float32 or has other dimensions */
export function outputValues(outputs: Readonly<Record<string, Tensor>>, { name, dims }: FamilyOutput): OutputValues {
  const tensor = outputs[name]!
  const { data } = tensor
  if (!(data instanceof Float32Array)) throw unexpected(name, `is of type ${tensor.type} instead of float32`)
  if (dims !== null && !fits(tensor.dims as DeclaredShape, dims))
    throw unexpected(name, `has the shape ${shapeText(tensor.dims)} instead of ${shapeText(dims)}`)
  return { data, dims: tensor.dims }
}

export function unexpected(name: string, difference: string): RecommenderError {
  return new RecommenderError(
    'EXTRACTOR_FAILED',
    `The output "${name}" of the model ${difference}. Give the contract that fits the model.`,
  )
}
