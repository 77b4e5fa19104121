import type { Pixels } from './decoded-image.ts'
import { type Framing, type Size, type Window, windowOn } from './framing.ts'
import { type Interpolation, interpolation } from './interpolation.ts'
import type { PixelValues } from './pixel-values.ts'

export interface InputTensor extends Size {
  /** Channel by channel, row by row, in the size of the input. */
  readonly values: Float32Array
}

/**
 * Makes what the model takes: the image enlarged to the scaled size where it is smaller, of that what is framed, channel by
 * channel in the contract's order, `(byte / divisor - mean) / std`, zeros in the padding.
 *
 * Its memory is used again: the values are good until the next call. A fresh array of ten megabytes for each image costs
 * more time than filling it.
 */
export function inputTensorMaker(input: PixelValues, framing: Framing): (pixels: Pixels, scaled: Size) => InputTensor {
  // A byte has 256 values: looking them up is faster than computing, and exact.
  const [first, second, third] = [0, 1, 2].map((channel) => byteValues(input, channel)) as Triple
  const redAt = input.channels === 'RGB' ? 0 : 2
  const blueAt = 2 - redAt
  let memory = new Float32Array(0)

  /** A row of the image from `left` on, `count` pixels, to `at` and `plane` further for each channel. */
  function writeRow(
    { data, width }: Pixels,
    y: number,
    { left, count }: Columns,
    target: Float32Array,
    at: number,
    plane: number,
  ): void {
    let from = (y * width + left) * 3
    for (let to = at; to < at + count; to++, from += 3) {
      target[to] = first[data[from + redAt]!]!
      target[to + plane] = second[data[from + 1]!]!
      target[to + 2 * plane] = third[data[from + blueAt]!]!
    }
  }

  return (pixels, scaled) => {
    const window = windowOn(scaled, framing)
    const { left, top, width, height } = window
    const plane = width * height
    if (memory.length < 3 * plane) memory = new Float32Array(3 * plane)
    const values = memory.subarray(0, 3 * plane)
    const filled = { width: Math.min(width, scaled.width - left), height: Math.min(height, scaled.height - top) }
    if (pixels.width === scaled.width && pixels.height === scaled.height) {
      const columns = { left, count: filled.width }
      for (let y = 0; y < filled.height; y++) writeRow(pixels, top + y, columns, values, y * width, plane)
    } else enlarge(pixels, scaled, writeRow, values, window, filled)
    clearPadding(values, filled, window)
    return { values, width, height }
  }
}

type Triple = [Float32Array, Float32Array, Float32Array]

/** Which part of a row. */
interface Columns {
  readonly left: number
  readonly count: number
}

type WriteRow = (pixels: Pixels, y: number, columns: Columns, target: Float32Array, at: number, plane: number) => void

/**
 * Row by row: each of the image's is widened once, and lies between two of them when it is written.
 *
 * @param filled how much of the window the image fills
 */
function enlarge(
  pixels: Pixels,
  scaled: Size,
  writeRow: WriteRow,
  values: Float32Array,
  window: Window,
  filled: Size,
): void {
  const columns = interpolation(pixels.width, scaled.width, window.left, filled.width)
  const rows = interpolation(pixels.height, scaled.height, window.top, filled.height)
  const source = new Float32Array(3 * pixels.width)
  const widened = [new Float32Array(3 * filled.width), new Float32Array(3 * filled.width)] as const
  const holds = [-1, -1]
  const row = (y: number) => {
    // Neighbours differ in their last bit, so the two that are needed at a time never share a place.
    const place = y % 2
    if (holds[place] !== y) {
      writeRow(pixels, y, { left: 0, count: pixels.width }, source, 0, pixels.width)
      widen(source, pixels.width, columns, widened[place]!)
      holds[place] = y
    }
    return widened[place]!
  }
  for (let y = 0; y < filled.height; y++) {
    const upper = row(rows.first[y]!)
    const lower = row(rows.second[y]!)
    const share = rows.share[y]!
    for (let channel = 0; channel < 3; channel++) {
      const to = channel * window.width * window.height + y * window.width
      const from = channel * filled.width
      for (let x = 0; x < filled.width; x++) {
        const above = upper[from + x]!
        values[to + x] = above + (lower[from + x]! - above) * share
      }
    }
  }
}

function widen(
  source: Float32Array,
  width: number,
  { first, second, share }: Interpolation,
  target: Float32Array,
): void {
  let to = 0
  for (let channel = 0; channel < 3; channel++) {
    const from = channel * width
    for (let x = 0; x < first.length; x++) {
      const left = source[from + first[x]!]!
      target[to++] = left + (source[from + second[x]!]! - left) * share[x]!
    }
  }
}

/** The last image may have left something there. */
function clearPadding(values: Float32Array, filled: Size, { width, height }: Size): void {
  for (let top = 0; top < values.length; top += width * height) {
    for (let y = 0; y < filled.height; y++) values.fill(0, top + y * width + filled.width, top + (y + 1) * width)
    values.fill(0, top + filled.height * width, top + height * width)
  }
}

function byteValues({ divisor, mean, std }: PixelValues, channel: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => (byte / divisor - mean[channel]!) / std[channel]!)
}
