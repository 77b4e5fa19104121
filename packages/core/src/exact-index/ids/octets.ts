/** Copies bytes. For the few of an id, a loop is faster than a call of `set` with a view. */
export function copyOctets(from: Uint8Array, length: number, to: Uint8Array, at: number): void {
  if (length > 64) to.set(from.subarray(0, length), at)
  else for (let next = 0; next < length; next++) to[at + next] = from[next]!
}

/** Compares two ranges of bytes as unsigned numbers from left to right; a prefix comes first. */
export function compareOctets(
  a: Uint8Array,
  aFrom: number,
  aLength: number,
  b: Uint8Array,
  bFrom: number,
  bLength: number,
): number {
  const length = Math.min(aLength, bLength)
  for (let at = 0; at < length; at++) {
    const difference = a[aFrom + at]! - b[bFrom + at]!
    if (difference !== 0) return difference
  }
  return aLength - bLength
}
