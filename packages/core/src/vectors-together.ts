/** How many vectors share a buffer at most: few allocations for many vectors, while whoever keeps one keeps no more than these. */
const TOGETHER = 32

/** Hands out new vectors of zeros, many from one buffer: to allocate a few hundred bytes for each costs more than all that is done with them. */
export class VectorsTogether {
  #left: number
  #block = new Float32Array(0)
  #used = 0

  /** @param count how many will be asked for at most */
  constructor(count: number) {
    this.#left = count
  }

  next(dimensions: number): Float32Array {
    if (this.#used + dimensions > this.#block.length) {
      this.#block = new Float32Array(Math.max(1, Math.min(TOGETHER, this.#left)) * dimensions)
      this.#used = 0
    }
    this.#left--
    const vector = new Float32Array(this.#block.buffer, 4 * this.#used, dimensions)
    this.#used += dimensions
    return vector
  }
}
