/** Over how many steps the pace is taken: few enough to follow a change, enough not to jump with every step. */
const WINDOW = 64

/** How fast something goes on at the moment, from the times at which its last steps ended. */
export class Pace {
  readonly #ends: number[] = []

  /** @param now in milliseconds, never less than before */
  step(now: number): void {
    this.#ends.push(now)
    if (this.#ends.length > WINDOW + 1) this.#ends.shift()
  }

  /** Steps per second; `undefined` before two of them have ended at different times. */
  get rate(): number | undefined {
    const [first, last] = [this.#ends[0], this.#ends.at(-1)]
    if (first === undefined || last === undefined || last <= first) return undefined
    return ((this.#ends.length - 1) * 1000) / (last - first)
  }
}
