import type { Pixels } from './decoded-image.ts'

/**
 * The image in `width` × `height` pixels, each the mean of the area it stands for (also where that is less than one
 * pixel): red, green and blue 0..255, interleaved.
 */
export function shrunk(pixels: Pixels, width: number, height: number): Float64Array {
  const columns = areas(pixels.width, width)
  const rows = areas(pixels.height, height)
  const result = new Float64Array(width * height * 3)
  const line = new Float64Array(width * 3)
  let lineAt = -1
  for (let y = 0; y < height; y++) {
    const { first, weights } = rows[y]!
    const target = result.subarray(y * width * 3, (y + 1) * width * 3)
    for (let step = 0; step < weights.length; step++) {
      // A row at the border of two areas belongs to both.
      if (first + step !== lineAt) {
        lineAt = first + step
        shrinkRow(pixels, lineAt, columns, line)
      }
      const weight = weights[step]!
      for (let at = 0; at < line.length; at++) target[at]! += weight * line[at]!
    }
  }
  return result
}

/** The source positions behind one target position, from `first` onwards; the weights add up to 1. */
interface Area {
  readonly first: number
  readonly weights: Float64Array
}

function areas(from: number, to: number): Area[] {
  return Array.from({ length: to }, (_, position) => {
    const start = (position * from) / to
    const end = ((position + 1) * from) / to
    const first = Math.floor(start)
    const weights: number[] = []
    for (let at = first; at < end && at < from; at++)
      weights.push((Math.min(end, at + 1) - Math.max(start, at)) / (end - start))
    return { first, weights: Float64Array.from(weights) }
  })
}

/** Sums are kept in variables, which is what makes this fast: it reads every byte of the image. */
function shrinkRow({ data, width }: Pixels, row: number, columns: readonly Area[], line: Float64Array): void {
  let to = 0
  for (const { first, weights } of columns) {
    let from = (row * width + first) * 3
    let red = 0
    let green = 0
    let blue = 0
    for (let step = 0; step < weights.length; step++) {
      const weight = weights[step]!
      red += weight * data[from++]!
      green += weight * data[from++]!
      blue += weight * data[from++]!
    }
    line[to++] = red
    line[to++] = green
    line[to++] = blue
  }
}
