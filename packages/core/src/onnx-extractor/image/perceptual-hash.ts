import type { Pixels } from './decoded-image.ts'
import { shrunk } from './shrunk.ts'

const SIDE = 32
const KEPT = 8

/**
 * 64 bits as 16 hexadecimal digits, row by row from the lowest frequencies. Source: the DCT hash of Christoph Zauner,
 * "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), as in pHash: the image as 32 × 32 luma
 * values, its discrete cosine transform, of that the 8 × 8 coefficients behind the constant ones; a bit says whether a
 * coefficient is above their median.
 */
export function perceptualHash(pixels: Pixels): string {
  const coefficients = lowFrequencies(luma(pixels))
  const sorted = Float64Array.from(coefficients).sort()
  const median = (sorted[31]! + sorted[32]!) / 2
  let hash = ''
  for (let at = 0; at < coefficients.length; at += 4) {
    let digit = 0
    // In an even picture all coefficients are rounding errors, which would make bits of chance.
    for (let bit = 0; bit < 4; bit++) digit = digit * 2 + (coefficients[at + bit]! > median + 1e-6 ? 1 : 0)
    hash += digit.toString(16)
  }
  return hash
}

/** Rec. 601, as in JPEG. */
function luma(pixels: Pixels): Float64Array {
  const small = shrunk(pixels, SIDE, SIDE)
  return Float64Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [red, green, blue] = small.subarray(at * 3, at * 3 + 3) as unknown as [number, number, number]
    return 0.299 * red + 0.587 * green + 0.114 * blue
  })
}

/** COSINES[k - 1][x]: the DCT-II basis of frequency k = 1..8 over 32 positions. */
const COSINES = Array.from({ length: KEPT }, (_, k) =>
  Float64Array.from({ length: SIDE }, (_, x) => Math.cos((Math.PI * (k + 1) * (2 * x + 1)) / (2 * SIDE))),
)

function lowFrequencies(values: Float64Array): Float64Array {
  const rows = Array.from({ length: SIDE }, (_, y) => {
    const row = values.subarray(y * SIDE, (y + 1) * SIDE)
    return COSINES.map((cosine) => dot(cosine, row))
  })
  const columns = COSINES.map((_, u) => Float64Array.from(rows, (row) => row[u]!))
  return Float64Array.from(COSINES.flatMap((cosine) => columns.map((column) => dot(cosine, column))))
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let at = 0; at < one.length; at++) sum += one[at]! * other[at]!
  return sum
}
