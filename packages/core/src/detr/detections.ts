import { FACT_THRESHOLD } from '../object-vector.ts'
import { type Corners, type Detection, detectionOf } from '../onnx-extractor/image/detection.ts'
import type { Size } from '../onnx-extractor/image/framing.ts'
import type { OutputValues } from '../onnx-extractor/model/output-values.ts'

/** Both of one image; the boxes have as many rows as the logits. */
export interface DetrResult {
  readonly logits: OutputValues
  readonly boxes: OutputValues
}

/** Of which query, in which column of the logits. */
interface Candidate {
  readonly query: number
  readonly column: number
  readonly score: number
}

/**
 * What the model found, best first. No suppression of overlapping boxes: models of this family are trained to find each object once
 * (Carion et al. 2020, "End-to-End Object Detection with Transformers").
 *
 * @param axes the axis of each column, 0 for those that are dropped
 * @param scaled the image that the input shows, wholly
 */
export function detections(
  { logits, boxes }: DetrResult,
  scores: 'sigmoid' | 'softmax',
  axes: readonly number[],
  scaled: Size,
): Detection[] {
  const found: Detection[] = []
  for (const { query, column, score } of scores === 'sigmoid' ? bestPairs(logits) : bestOfEach(logits)) {
    const detection = detectionOf(axes[column]!, score, corners(boxes.data, query, scaled), scaled)
    if (detection !== undefined) found.push(detection)
  }
  return found.sort((one, other) => other.score - one.score)
}

/** The pairs of query and column with the best scores, as many as there are queries: one query can stand for several classes. */
function bestPairs({ data, dims }: OutputValues): Candidate[] {
  const [, queries, columns] = dims as readonly [number, number, number]
  const pairs: Candidate[] = []
  for (let at = 0; at < data.length; at++) {
    const score = sigmoid(data[at]!)
    if (score >= FACT_THRESHOLD) pairs.push({ query: Math.floor(at / columns), column: at % columns, score })
  }
  return pairs.sort((one, other) => other.score - one.score).slice(0, queries)
}

/** The best column of each query but the last, which is "no object". */
function bestOfEach({ data, dims }: OutputValues): Candidate[] {
  const [, queries, columns] = dims as readonly [number, number, number]
  return Array.from({ length: queries }, (_, query) => {
    const row = data.subarray(query * columns, (query + 1) * columns)
    const best = largest(row.subarray(0, columns - 1))
    return { query, column: best, score: softmax(row, best) }
  })
}

function largest(values: Float32Array): number {
  let at = 0
  for (let other = 1; other < values.length; other++) if (values[other]! > values[at]!) at = other
  return at
}

function sigmoid(logit: number): number {
  return Math.fround(1 / (1 + Math.exp(-logit)))
}

/** The share of one value; none overflows, since the differences are at most 0. */
function softmax(row: Float32Array, at: number): number {
  let most = Number.NEGATIVE_INFINITY
  for (const value of row) most = Math.max(most, value)
  let sum = 0
  for (const value of row) sum += Math.exp(value - most)
  return Math.fround(Math.exp(row[at]! - most) / sum)
}

function corners(boxes: Float32Array, query: number, { width, height }: Size): Corners {
  const [x, y, w, h] = boxes.subarray(4 * query, 4 * query + 4) as unknown as [number, number, number, number]
  return {
    left: (x - w / 2) * width,
    top: (y - h / 2) * height,
    right: (x + w / 2) * width,
    bottom: (y + h / 2) * height,
  }
}
