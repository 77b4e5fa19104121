import type { Pixels } from './decoded-image.ts'

/**
 * The image in `width` × `height` pixels, each the mean of the area it stands for (also where that is less than one
 * pixel): red, green and blue 0..255, interleaved.
 */
export function shrunk(pixels: Pixels, width: number, height: number): Float64Array {
  const columns = areas(pixels.width, width)
  const rows = areas(pixels.height, height)
  const result = new Float64Array(width * height * 3)
  const line = new Float64Array(pixels.width * 3)
  for (let y = 0; y < height; y++) {
    sumRows(pixels, rows[y]!, line)
    for (let x = 0; x < width; x++) {
      const { first, weights } = columns[x]!
      const to = (y * width + x) * 3
      for (let step = 0; step < weights.length; step++) {
        const from = (first + step) * 3
        const weight = weights[step]!
        result[to]! += weight * line[from]!
        result[to + 1]! += weight * line[from + 1]!
        result[to + 2]! += weight * line[from + 2]!
      }
    }
  }
  return result
}

/** The source positions behind one target position, from `first` onwards; the weights add up to 1. */
interface Area {
  readonly first: number
  readonly weights: readonly number[]
}

function areas(from: number, to: number): Area[] {
  return Array.from({ length: to }, (_, position) => {
    const start = (position * from) / to
    const end = ((position + 1) * from) / to
    const first = Math.floor(start)
    const weights: number[] = []
    for (let at = first; at < end && at < from; at++)
      weights.push((Math.min(end, at + 1) - Math.max(start, at)) / (end - start))
    return { first, weights }
  })
}

function sumRows({ data, width }: Pixels, { first, weights }: Area, line: Float64Array): void {
  line.fill(0)
  for (const [step, weight] of weights.entries()) {
    const offset = (first + step) * width * 3
    for (let at = 0; at < line.length; at++) line[at]! += weight * data[offset + at]!
  }
}
