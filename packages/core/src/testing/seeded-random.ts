/**
 * A small pseudo-random generator, so that a failing test can be run again with the same numbers.
 *
 * @returns a function that gives numbers in [0, 1)
 * @see splitmix32, after Guy L. Steele Jr., Doug Lea and Christine H. Flood, "Fast splittable pseudorandom number generators" (2014)
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    mixed ^= mixed >>> 15
    return (mixed >>> 0) / 2 ** 32
  }
}
