import type { Tensor } from 'onnxruntime-node'
import { RecommenderError } from '../../errors.ts'
import { FACT_THRESHOLD } from '../../object-vector.ts'
import type { ModelContract } from '../model/model-contract.ts'
import type { ModelResult } from '../model/model-session.ts'
import type { Size } from './input-size.ts'

/** One detection, in pixels of the scaled image. */
export interface Detection {
  readonly axis: number
  readonly score: number
  /** As the model gave it: may reach beyond the image. The mask lies over this box. */
  readonly box: Corners
  /** Clipped to the image; never empty. */
  readonly visible: Corners
  /** `null`: the model gives no masks. */
  readonly mask: Mask | null
}

export interface Corners {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Probabilities, row by row: over the detection's box, or over the whole input. */
export interface Mask extends Size {
  readonly values: ArrayLike<number>
  readonly over: 'box' | 'input'
}

/**
 * What the model found, best first: scores of at least `FACT_THRESHOLD`, labels that the contract knows, and boxes that
 * are finite and have an area within the image. The rest is dropped, as Matterport's Mask R-CNN does with empty boxes.
 *
 * @param input the size of the padded input
 * @throws RecommenderError `EXTRACTOR_FAILED` where the outputs do not have the shapes that the contract promises
 */
export function detections(result: ModelResult, contract: ModelContract, scaled: Size, input: Size): Detection[] {
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
    const box = { left, top, right, bottom }
    const visible = clipped(box, scaled)
    // Written so that NaN is refused everywhere.
    if (axis > 0 && score >= FACT_THRESHOLD && hasArea(visible))
      found.push({ axis, score, box, visible, mask: mask(at) })
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

/** Thinner boxes would have no side left as float32 shares. */
const LEAST_SIDE = 0.01

function hasArea({ left, top, right, bottom }: Corners): boolean {
  return right - left > LEAST_SIDE && bottom - top > LEAST_SIDE
}

/** @returns 0 for labels that stand for nothing */
function axisOf(contract: ModelContract, label: number): number {
  const name = contract.labels[label]
  return name === undefined || name === null ? 0 : contract.axes.indexOf(name)
}

function clipped(box: Corners, { width, height }: Size): Corners {
  if (!Object.values(box).every(Number.isFinite)) return { left: 0, top: 0, right: 0, bottom: 0 }
  const within = (value: number, end: number) => Math.min(end, Math.max(0, value))
  return {
    left: within(box.left, width),
    top: within(box.top, height),
    right: within(box.right, width),
    bottom: within(box.bottom, height),
  }
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

function unexpected(name: string, difference: string): RecommenderError {
  return new RecommenderError(
    'EXTRACTOR_FAILED',
    `The output "${name}" of the model ${difference}. Give the contract that fits the model.`,
  )
}
