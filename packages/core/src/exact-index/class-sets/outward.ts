const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The greatest float32 that is not above `value`. */
export function floatBelow(value: number): number {
  const nearest = Math.fround(value)
  return nearest > value ? -above(-nearest) : nearest
}

/** The least float32 that is not below `value`. */
export function floatAbove(value: number): number {
  const nearest = Math.fround(value)
  return nearest < value ? above(nearest) : nearest
}

/** The next greater float32. */
function above(value: number): number {
  if (value === 0) return 2 ** -149
  float[0] = value
  bits[0]! += value > 0 ? 1 : -1
  return float[0]!
}
