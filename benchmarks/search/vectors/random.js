/** A seeded stream of 32-bit numbers (sfc32): the same seed gives the same stream on every machine. */
export class Random {
  #a = 0x9e3779b9
  #b
  #c
  #counter = 1

  constructor(seed) {
    this.#b = seed >>> 0
    this.#c = Math.floor(seed / 2 ** 32) >>> 0
    for (let round = 0; round < 15; round++) this.uint32()
  }

  uint32() {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** 0 and up, below 1, in steps of 2^-32. */
  fraction() {
    return this.uint32() * 2 ** -32
  }

  below(limit) {
    return Math.floor(this.fraction() * limit)
  }
}
