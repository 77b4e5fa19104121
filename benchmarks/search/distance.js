/**
 * What the benchmark holds every engine against: float64 sums over float32 values, axes ascending. Written down here a
 * second time, so that the index is not checked by its own code.
 */
export function distance(metric, one, other) {
  let [squares, dot, ones, others] = [0, 0, 0, 0]
  for (let axis = 0; axis < one.length; axis++) {
    const [x, y] = [one[axis], other[axis]]
    squares += (x - y) * (x - y)
    dot += x * y
    ones += x * x
    others += y * y
  }
  if (metric === 'euclidean') return Math.sqrt(squares)
  if (ones === 0 || others === 0) return 1
  return Math.max(0, 1 - dot / Math.sqrt(ones * others))
}
