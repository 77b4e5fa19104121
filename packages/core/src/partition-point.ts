/**
 * The first place from 0 up to `length` that is not before what is sought, found by bisection. All places that are before it come
 * first.
 */
export function partitionPoint(length: number, isBefore: (at: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}
