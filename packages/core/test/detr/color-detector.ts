/** A hand-made model with the inputs and outputs of the DETR family, which sees of an image nothing but its mean colour. */
import { seededRandom } from '../../src/testing/index.ts'
import { declared, FLOAT, model, node, tensor } from '../onnx-extractor/onnx-file.ts'

export interface ColorDetector {
  readonly queries: number
  readonly columns: number
  readonly file: Buffer
  /** What it gives for the mean values of the three channels, worked out here: logits by query and column, boxes by query. */
  outputs(means: readonly number[]): { readonly logits: number[][]; readonly boxes: number[][] }
}

export interface Shapes {
  readonly input?: readonly (number | string)[]
  readonly logits?: readonly (number | string)[]
  readonly boxes?: readonly (number | string)[]
}

/** Each output is a weighted sum of the means, and a constant; boxes lie about the middle, and some reach beyond the image. */
export function colorDetector(queries: number, columns: number, shapes: Shapes = {}): ColorDetector {
  const random = seededRandom(queries * 100 + columns)
  const numbers = (length: number, spread: number) => Float32Array.from({ length }, () => (2 * random() - 1) * spread)
  const layers = {
    logits: { weights: numbers(3 * queries * columns, 3), constants: numbers(queries * columns, 2), width: columns },
    boxes: {
      weights: numbers(12 * queries, 0.1),
      constants: numbers(4 * queries, 0.1).map((it) => it + 0.5),
      width: 4,
    },
  }
  const names = { logits: 'logits', boxes: 'pred_boxes' }
  const graph = [
    declared(11, 'pixel_values', FLOAT, shapes.input ?? ['batch', 3, 'height', 'width']),
    node('ReduceMean', ['pixel_values'], ['means'], { axes: [2, 3], keepdims: 0 }),
  ]
  for (const [key, { weights, constants, width }] of Object.entries(layers) as [keyof typeof layers, Layer][]) {
    const name = names[key]
    const all = queries * width
    graph.push(
      tensor(5, `${name}.w`, { dims: [3, all], data: weights }),
      tensor(5, `${name}.c`, { dims: [all], data: constants }),
      tensor(5, `${name}.shape`, { dims: [3], data: BigInt64Array.of(1n, BigInt(queries), BigInt(width)) }),
      node('MatMul', ['means', `${name}.w`], [`${name}.sums`]),
      node('Add', [`${name}.sums`, `${name}.c`], [`${name}.flat`]),
      node('Reshape', [`${name}.flat`, `${name}.shape`], [name]),
      declared(12, name, FLOAT, shapes[key] ?? [1, queries, width]),
    )
  }
  const table = ({ weights, constants, width }: Layer, means: readonly number[]) =>
    Array.from({ length: queries }, (_, query) =>
      Array.from({ length: width }, (_, column) => {
        const at = query * width + column
        return means.reduce(
          (sum, mean, channel) => sum + mean * weights[channel * queries * width + at]!,
          constants[at]!,
        )
      }),
    )
  return {
    queries,
    columns,
    file: model(...graph),
    outputs: (means) => ({ logits: table(layers.logits, means), boxes: table(layers.boxes, means) }),
  }
}

interface Layer {
  readonly weights: Float32Array
  readonly constants: Float32Array
  readonly width: number
}
