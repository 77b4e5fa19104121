import type { Tensor } from 'onnxruntime-node'
import { type Detection, detectionOf, type Mask } from '../onnx-extractor/image/detection.ts'
import type { Size } from '../onnx-extractor/image/framing.ts'
import { unexpected } from '../onnx-extractor/model/output-values.ts'
import type { ModelContract } from './model-contract.ts'

/** What came out of the model, by the contract's words instead of the graph's names. */
export interface MaskRcnnResult {
  readonly boxes: Tensor
  readonly labels: Tensor
  readonly scores: Tensor
  readonly masks: Tensor | null
}

/**
 * What the model found, best first: of the labels that the contract knows what `detectionOf` keeps.
 *
 * @param input the size of the padded input
 * @throws RecommenderError `EXTRACTOR_FAILED` where the outputs do not have the shapes that the contract promises
 */
export function detections(result: MaskRcnnResult, contract: ModelContract, scaled: Size, input: Size): Detection[] {
  const scores = numbers(result.scores, contract.outputs.scores)
  const count = scores.length
  const labels = numbers(result.labels, contract.outputs.labels, count)
  const boxes = numbers(result.boxes, contract.outputs.boxes, 4 * count)
  const mask = masksOf(result.masks, contract, count, input)

  const found: Detection[] = []
  for (let at = 0; at < count; at++) {
    const score = Math.min(1, Number(scores[at]))
    const axis = axisOf(contract, Number(labels[at]))
    const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => Number(boxes[4 * at + side])) as FourSides
    const detection = detectionOf(axis, score, { left, top, right, bottom }, scaled, mask(at))
    if (detection !== undefined) found.push(detection)
  }
  return found.sort((one, other) => other.score - one.score)
}

type FourSides = [number, number, number, number]

function numbers(tensor: Tensor, name: string, length?: number): ArrayLike<number | bigint> {
  const { data } = tensor
  if (!(data instanceof Float32Array || data instanceof BigInt64Array || data instanceof Int32Array))
    throw unexpected(name, `is of type ${tensor.type} instead of float32, int64 or int32`)
  if (length !== undefined && data.length !== length)
    throw unexpected(name, `has the shape [${tensor.dims}] instead of ${length} values`)
  return data
}

/** @returns 0 for labels that stand for nothing */
function axisOf(contract: ModelContract, label: number): number {
  const name = contract.labels[label]
  return name === undefined || name === null ? 0 : contract.axes.indexOf(name)
}

function masksOf(
  tensor: Tensor | null,
  contract: ModelContract,
  count: number,
  input: Size,
): (at: number) => Mask | null {
  if (tensor === null || count === 0) return () => null
  const [height, width] = tensor.dims.slice(-2) as [number, number]
  const size = height * width
  const values = numbers(tensor, contract.outputs.masks!, count * size) as Float32Array
  const over = width === input.width && height === input.height ? 'input' : 'box'
  return (at) => ({ width, height, over, values: values.subarray(at * size, (at + 1) * size) })
}
