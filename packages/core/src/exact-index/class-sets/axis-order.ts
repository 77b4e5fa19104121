import { type NextPart, wordsOf } from '../snapshot/parts.ts'

/** From so many vectors on the order of their axes is known well enough. */
const ENOUGH = 4096

/**
 * The order in which tries go through the axes: at first as they are numbered, then, once enough vectors are there, the
 * frequent first. So the first levels of a trie, which every search reads, are few nodes with much below them, and the rare
 * classes, of which most sets have none in common with a query, are told by a signature at the end of each way. Joins of sets
 * order their tokens by frequency too (Chaudhuri et al. 2006; Bayardo et al. 2007).
 */
export class AxisOrder {
  /** Per axis its place in the order. */
  readonly ranks: Uint16Array
  #isLearnt = false

  constructor(dimensions: number) {
    this.ranks = Uint16Array.from({ length: dimensions }, (_, axis) => axis)
  }

  /** Learns the order when it is time to, which is once; whether it has. `perAxis`: how many of `count` vectors have each axis. */
  learn(count: number, perAxis: Uint32Array): boolean {
    if (this.#isLearnt || count < ENOUGH) return false
    this.#isLearnt = true
    const axes = Array.from(perAxis.keys()).sort((a, b) => perAxis[b]! - perAxis[a]! || a - b)
    for (const [rank, axis] of axes.entries()) this.ranks[axis] = rank
    return true
  }

  /** Writes the ranks of a set, ascending, and for each the column of its axis. */
  arrange(axes: Uint16Array, size: number, ranks: Uint16Array, columns: Uint16Array): void {
    for (let column = 0; column < size; column++) {
      const rank = this.ranks[axes[column]!]!
      let at = column
      for (; at > 0 && ranks[at - 1]! > rank; at--) {
        ranks[at] = ranks[at - 1]!
        columns[at] = columns[at - 1]!
      }
      ranks[at] = rank
      columns[at] = column
    }
  }

  *save(): Generator<ArrayBufferView> {
    yield Uint32Array.from([this.#isLearnt ? 1 : 0, ...this.ranks])
  }

  async load(next: NextPart): Promise<void> {
    const [isLearnt, ...ranks] = wordsOf(await next())
    this.#isLearnt = isLearnt === 1
    this.ranks.set(ranks)
  }
}
