import type { Metric } from '../../similarity-index.ts'

/**
 * What the kernel's float32 sums are asked, so that no row is ruled out whose distance, as `distanceOf(metric)` computes
 * it, is within a radius.
 *
 * Notation: u = 2^-24, the unit roundoff of float32, and gamma(k) = k u / (1 - k u): k factors of the form 1 + e with
 * |e| <= u make one of the form 1 + g with |g| <= gamma(k) (N. J. Higham, Accuracy and Stability of Numerical Algorithms,
 * 2nd edition, lemma 3.1). n is the number of axes; WebAssembly keeps subnormal numbers, so that sums and differences that
 * underflow are exact, and products that underflow are off by 2^-150 at most. Each term of the kernel's sums goes through
 * floor(n / 16) + 8 additions. Vectors are finite, and n is at most 2^24.
 */
export interface Approximation {
  readonly usesLengths: boolean
  /** The query as the kernel wants it. */
  scaled(query: Float32Array): Float32Array
  /** The kernel's length of a row. */
  lengthOf(row: Float32Array): number
  /** The kernel's limit for a radius in the metric's own distance. */
  limitOf(radius: number, dimensions: number): number
}

export function approximationOf(metric: Metric): Approximation {
  return metric === 'euclidean' ? euclidean : cosine
}

/**
 * The kernel's sum A of squared differences against the exact sum S. Each term is rounded twice by its difference, which
 * is squared, once by its product, and by its additions: A <= S (1 + gamma(k - 5)) + n 2^-149, k = floor(n / 16) + 16. So
 * A <= r² (1 + gamma(k)) + n 2^-149 wherever the distance is at most r: the 5 roundings in hand, of 2^-24 each, are more
 * than the n + 10 of 2^-53 each that `distanceOf` and this function make. Rounding that limit to float32 loses nothing, as
 * A is a float32 and rounding is monotonic. Neither does overflow: all terms are positive, so that whatever overflows is
 * above every limit that is finite in float32, and no limit that is infinite rules anything out.
 */
const euclidean: Approximation = {
  usesLengths: false,
  scaled: (query) => query,
  lengthOf: () => 0,
  limitOf: (radius, dimensions) => Math.fround(radius * radius * (1 + gamma(dimensions)) + dimensions * 2 ** -149),
}

/**
 * The kernel's dot product D of a row x and the query of length 1, against the row's length |x|; c is their true cosine.
 *
 * Where 2^-100 <= |x| <= 2^126, nothing overflows and |D - c |x|| <= gamma(floor(n / 16) + 9) |x| but for what is next. In
 * units of u |x|: the rounding of the query's values to float32 adds 1.01, underflow less than 1 (n 2^-149 <= n 2^-49 |x|);
 * the rounding of the limit t to float32 adds 1, that of |x| and of its product with t 2.02, and `distanceOf`'s own error,
 * less than (4 n + 40) 2^-53, less than 1. Together fewer than 7, hence D >= t |x| as computed, with t = 1 - r - gamma(k)
 * and k = floor(n / 16) + 16, wherever the distance is at most r.
 *
 * Rows outside of that range get a length of NaN, which rules nothing out. A row of zeros, whose distance is exactly 1, gets
 * an infinite length: that rules it out where t > 0, and does not where t <= 0, which includes every r >= 1.
 */
const cosine: Approximation = {
  usesLengths: true,
  scaled(query) {
    const length = Math.sqrt(sumOfSquares(query))
    // Zeros stay zeros: D is 0 for every row then, and the argument about rows of zeros holds for all of them.
    return length === 0 ? query : query.map((value) => value / length)
  },
  lengthOf(row) {
    const length = Math.sqrt(sumOfSquares(row))
    if (length === 0) return Number.POSITIVE_INFINITY
    return length >= 2 ** -100 && length <= 2 ** 126 ? length : Number.NaN
  },
  limitOf: (radius, dimensions) => Math.fround(1 - radius - gamma(dimensions)),
}

function gamma(dimensions: number): number {
  const errors = (Math.floor(dimensions / 16) + 16) * 2 ** -24
  return errors / (1 - errors)
}

function sumOfSquares(vector: Float32Array): number {
  let sum = 0
  for (let axis = 0; axis < vector.length; axis++) sum += vector[axis]! * vector[axis]!
  return sum
}
