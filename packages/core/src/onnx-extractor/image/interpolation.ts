/** For each target position: between which two source positions it lies, and how near to the second, 0..1. */
export interface Interpolation {
  readonly first: Int32Array
  readonly second: Int32Array
  readonly share: Float32Array
}

/**
 * Linear interpolation of `from` values to `to` of them, of which `count` are wanted from `start` on, by the centres of the
 * pixels: position x lies at (x + 0.5) · from / to - 0.5, and beyond the outermost centres the outermost value goes on. This is
 * what Pillow and PyTorch do, with whose pictures such networks are trained.
 */
export function interpolation(from: number, to: number, start: number, count: number): Interpolation {
  const first = new Int32Array(count)
  const second = new Int32Array(count)
  const share = new Float32Array(count)
  for (let position = 0; position < count; position++) {
    const at = Math.min(from - 1, Math.max(0, ((start + position + 0.5) * from) / to - 0.5))
    first[position] = Math.floor(at)
    second[position] = Math.min(from - 1, first[position]! + 1)
    share[position] = at - first[position]!
  }
  return { first, second, share }
}
