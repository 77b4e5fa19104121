import { outputValues, unexpected } from '../onnx-extractor/model/output-values.ts'
import type { ModelFamily } from '../onnx-extractor/model-family.ts'
import type { EmbeddingContract } from './embedding-contract.ts'
import { dimsOf, pooled, unit } from './pooling.ts'

export interface EmbeddingSettings {
  readonly contract: EmbeddingContract
}

export function embeddingFamily({ contract: { name, input, output, normalize } }: EmbeddingSettings): ModelFamily {
  const { size } = input
  const [height, width] = size.fit === 'scale' ? [null, null] : [size.height, size.width]
  const expected = { name: output.name, dims: dimsOf(output) }
  return {
    name,
    input: { name: input.name, dims: [1, 3, height, width], pixels: input, framing: size },
    outputs: [expected],
    describe({ size: { width, height } }, outputs) {
      const given = pooled(outputValues(outputs, expected), output)
      // Weights of half precision overflow where those of single precision do not.
      const wrong = given.find((value) => !Number.isFinite(value))
      if (wrong !== undefined) throw unexpected(output.name, `has a value that is ${wrong}`)
      return { objects: [], vector: normalize ? unit(given) : given, width, height }
    },
  }
}
