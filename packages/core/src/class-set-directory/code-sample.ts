import { partitionPoint } from '../partition-point.ts'

/** Of so many members the code of one is kept: enough to estimate how many are in a part of a few dozen. */
const EVERY = 8

/** The codes of some members of a class set, evenly drawn: they tell about how its members lie among all codes. */
export class CodeSample {
  /** Ascending. */
  readonly #codes: number[] = []

  /**
   * @param codes those of some of the members that have come, evenly drawn
   * @param members how many have come
   * @param before how many there were
   */
  add(codes: ArrayLike<number>, members: number, before: number): void {
    const step = Math.max(1, Math.round((EVERY * codes.length) / members))
    for (let at = step - 1 - (before % step); at < codes.length; at += step) this.#insert(codes[at]!)
  }

  /** About which share of the members have codes from `first` to `last`, 0..1; `undefined` where no code is known. */
  shareOf(first: number, last: number): number | undefined {
    const count = this.#codes.length
    return count === 0 ? undefined : (this.#countBelow(last + 1) - this.#countBelow(first)) / count
  }

  #insert(code: number): void {
    if (this.#codes.length === 0 || code >= this.#codes.at(-1)!) this.#codes.push(code)
    else this.#codes.splice(this.#countBelow(code), 0, code)
  }

  #countBelow(code: number): number {
    const codes = this.#codes
    return partitionPoint(codes.length, (at) => codes[at]! < code)
  }
}
