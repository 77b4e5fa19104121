import type { ModelInput } from '../model/model-contract.ts'
import type { Pixels } from './decoded-image.ts'
import { paddedSize, type Size } from './input-size.ts'

/**
 * The values that the model takes: channel by channel in the contract's order, `(byte / divisor - mean) / std`, zeros in
 * the padding.
 */
export function inputTensor(pixels: Pixels, input: ModelInput): Size & { readonly values: Float32Array } {
  const { width, height } = paddedSize(pixels, input)
  const plane = width * height
  const values = new Float32Array(3 * plane)
  // A byte has 256 values: looking them up is faster than computing, and exact.
  const [first, second, third] = [0, 1, 2].map((channel) => byteValues(input, channel)) as Triple
  const { data } = pixels
  const redAt = input.channels === 'RGB' ? 0 : 2
  const blueAt = 2 - redAt
  for (let y = 0, from = 0; y < pixels.height; y++) {
    let to = y * width
    for (const end = to + pixels.width; to < end; to++, from += 3) {
      values[to] = first[data[from + redAt]!]!
      values[to + plane] = second[data[from + 1]!]!
      values[to + 2 * plane] = third[data[from + blueAt]!]!
    }
  }
  return { values, width, height }
}

type Triple = [Float32Array, Float32Array, Float32Array]

function byteValues({ divisor, mean, std }: ModelInput, channel: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => (byte / divisor - mean[channel]!) / std[channel]!)
}
