import type { Metric } from '@image-recommender/core'
import { type ClassSet, ClassSetDirectory } from '@image-recommender/core/parts'
import type { AxesCodec } from './axes-codec.ts'

/** Behind the axes of an entry of the log: low, high. */
export const BOUNDS_BYTES = 16

/** A directory of class sets, and what its numbers of sets stand for: they are this process's own. */
export class KnownSets {
  readonly directory: ClassSetDirectory
  readonly #codec: AxesCodec
  /** By the number of the set. */
  readonly #axes: Uint16Array[] = []
  readonly #encoded: Buffer[] = []

  constructor(shape: { dimensions: number; metric: Metric }, codec: AxesCodec) {
    this.directory = new ClassSetDirectory(shape)
    this.#codec = codec
  }

  get count(): number {
    return this.#axes.length
  }

  axesOf(set: number): Uint16Array {
    return this.#axes[set]!
  }

  encodedAxesOf(set: number): Buffer {
    return this.#encoded[set]!
  }

  /** Adds sets, or widens them, by entries of the log: axes, low, high. */
  include(entries: readonly Buffer[]): void {
    const fresh = new Map<string, ClassSet>()
    const sets = entries.map((entry) => this.#setOf(entry, fresh))
    if (sets.length > 0) this.directory.include(sets)
  }

  /** Tells the directory about how many members a set has, if that is news: more than twice what it thought. */
  learnSize(set: number, size: number, codes: readonly number[]): boolean {
    const axes = this.#axes[set]!
    const known = this.directory.membersOf(axes)
    if (size <= 2 * known) return false
    this.directory.addMembers(axes, size - known, codes)
    return true
  }

  /** With a number of its own where it is new. */
  #setOf(entry: Buffer, fresh: Map<string, ClassSet>): ClassSet {
    const bounds = entry.length - BOUNDS_BYTES
    // By themselves, or each would keep all of its page.
    const encoded = Buffer.from(entry.subarray(0, bounds))
    const [low, high] = [entry.readDoubleLE(bounds), entry.readDoubleLE(bounds + 8)]
    const name = encoded.toString('latin1')
    const axes = this.#codec.decode(encoded)
    const number = fresh.get(name)?.number ?? this.directory.numberOf(axes)
    if (number !== undefined) return { number, axes, low, high }
    const set = { number: this.#axes.length, axes, low, high }
    this.#axes.push(axes)
    this.#encoded.push(encoded)
    fresh.set(name, set)
    return set
  }
}
