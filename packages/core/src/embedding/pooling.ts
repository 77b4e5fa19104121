import { type OutputValues, unexpected } from '../onnx-extractor/model/output-values.ts'
import type { Dimensions } from '../onnx-extractor/model-family.ts'
import type { EmbeddingOutput } from './embedding-contract.ts'

/** The shape that the output must have. */
export function dimsOf({ dimensions, pooling }: EmbeddingOutput): Dimensions {
  if (pooling === 'none') return [1, dimensions]
  return pooling === 'mean-of-map' ? [1, dimensions, null, null] : [1, null, dimensions]
}

/** From an output of that shape to one vector. Means are added up in float64. */
export function pooled({ data, dims }: OutputValues, output: EmbeddingOutput): Float32Array {
  const { dimensions, pooling, skippedTokens = 0 } = output
  if (pooling === 'none') return Float32Array.from(data)
  if (pooling === 'mean-of-map') {
    const places = data.length / dimensions
    if (places === 0) throw unexpected(output.name, `has the shape [${dims}], in which there is nothing`)
    return Float32Array.from({ length: dimensions }, (_, at) => mean(data, at * places, places, 1))
  }
  const tokens = pooling === 'class-token' ? 1 : dims[1]! - skippedTokens
  if (tokens < 1 || dims[1]! < 1)
    throw unexpected(output.name, `has ${dims[1]} tokens, of which ${skippedTokens} are no part of the mean`)
  return Float32Array.from({ length: dimensions }, (_, at) =>
    mean(data, (pooling === 'class-token' ? 0 : skippedTokens) * dimensions + at, tokens, dimensions),
  )
}

function mean(data: Float32Array, from: number, count: number, step: number): number {
  let sum = 0
  for (let at = 0; at < count; at++) sum += data[from + at * step]!
  return sum / count
}

/** Of length 1, but for rounding; a vector of zeros stays as it is. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? vector : vector.map((value) => value / length)
}
