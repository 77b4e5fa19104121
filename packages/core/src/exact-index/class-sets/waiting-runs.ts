/** Of each run so many numbers, and what stands where among them. */
export const RUN_WORDS = 8
/** Nothing in it is nearer than this. */
export const LINE = 0
/** How many classes the sets of its trie have, and how many of them it is down. */
export const SIZE = 1
export const DEPTH = 2
/** The first of its nodes, and the one behind the last. */
export const ROW = 3
export const END = 4
/** What led to it costs so much, if all classes of the query were met; those before `PLACE` have been passed. */
export const COST = 5
export const PLACE = 6
/** How many of the classes that are required have been met. */
export const MET = 7

const FEW = 1024
/** Room for so many is kept for the next search: to allocate megabytes each time would call for the garbage collector each second. */
const MOST_KEPT = 65_536

/** Neighbouring trie nodes that a search has come upon, and not gone into yet. */
export class WaitingRuns {
  numbers = new Float64Array(FEW * RUN_WORDS)
  length = 0

  push(
    line: number,
    size: number,
    depth: number,
    row: number,
    end: number,
    cost: number,
    place: number,
    met: number,
  ): void {
    const at = this.#claim()
    const { numbers } = this
    numbers[at + LINE] = line
    numbers[at + SIZE] = size
    numbers[at + DEPTH] = depth
    numbers[at + ROW] = row
    numbers[at + END] = end
    numbers[at + COST] = cost
    numbers[at + PLACE] = place
    numbers[at + MET] = met
  }

  /** Takes over the nth of others. */
  pushFrom(others: WaitingRuns, nth: number): void {
    const at = this.#claim()
    const from = nth * RUN_WORDS
    for (let word = 0; word < RUN_WORDS; word++) this.numbers[at + word] = others.numbers[from + word]!
  }

  clear(): void {
    this.length = 0
    if (this.numbers.length > MOST_KEPT * RUN_WORDS) this.numbers = new Float64Array(FEW * RUN_WORDS)
  }

  /** Where the numbers of one more go. */
  #claim(): number {
    const at = this.length++ * RUN_WORDS
    if (at < this.numbers.length) return at
    const longer = new Float64Array(2 * this.numbers.length)
    longer.set(this.numbers)
    this.numbers = longer
    return at
  }
}
