import { Slices } from '../slices.ts'
import { differingBits, hashWords } from './hamming.ts'

/** The most bits in which near-duplicates may differ here: what `CHUNKS` and a neighbourhood of one bit find. */
export const MOST_BITS = 7

const CHUNKS = 4
const CHUNK_BITS = 16

/**
 * Finds which of many pictures are near-duplicates of each other, by their perceptual hashes.
 *
 * Hashes that differ in at most 7 of 64 bits have one of their four chunks of 16 in which they differ in at most one. So each hash is
 * compared only with those that have such a chunk (multi-index hashing, Norouzi, Punjani and Fleet 2012): of a million random ones,
 * with a thousand, not with a million. It is exact. Equal hashes are one.
 */
export class DuplicateGroups {
  readonly #idsOf = new Map<string, string[]>()

  /** @param hash 16 hexadecimal digits */
  add(id: string, hash: string): void {
    const ids = this.#idsOf.get(hash)
    if (ids) ids.push(id)
    else this.#idsOf.set(hash, [id])
  }

  /**
   * Groups of at least two, each of whose ids differs from some other of it in at most `bits` bits, and from those of other groups in
   * more. The largest first, then as they came.
   *
   * @param bits 0..7
   * @param check called now and then; what it throws ends the search
   */
  async find(bits: number, check: () => void): Promise<string[][]> {
    const hashes = [...this.#idsOf.keys()]
    const sets = new DisjointSets(hashes.length)
    if (bits > 0) await join(hashes, sets, bits, check)
    const groups = new Map<number, string[]>()
    for (const [at, hash] of hashes.entries()) {
      const root = sets.rootOf(at)
      const group = groups.get(root)
      const ids = this.#idsOf.get(hash)!
      if (group) group.push(...ids)
      else groups.set(root, [...ids])
    }
    return [...groups.values()].filter((ids) => ids.length > 1).sort((a, b) => b.length - a.length)
  }
}

/** Puts hashes into one set that differ in few bits. */
async function join(hashes: readonly string[], sets: DisjointSets, bits: number, check: () => void): Promise<void> {
  const words = Int32Array.from(hashes.flatMap(hashWords))
  const neighbourhood = bits < CHUNKS ? [0] : [0, ...Array.from({ length: CHUNK_BITS }, (_, bit) => 1 << bit)]
  const slices = new Slices()
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const chunks = Uint16Array.from(hashes, (_, at) => chunkOf(words, at, chunk))
    const { starts, order } = sortedByChunk(chunks)
    for (let one = 0; one < hashes.length; one++) {
      if (one % 64 === 0 && slices.isOver) {
        await slices.next()
        check()
      }
      for (const flipped of neighbourhood) {
        const value = chunks[one]! ^ flipped
        for (let at = starts[value]!; at < starts[value + 1]!; at++) {
          const other = order[at]!
          // Each pair once.
          if (other <= one) continue
          const differing = differingBits(
            words[2 * one]!,
            words[2 * one + 1]!,
            words[2 * other]!,
            words[2 * other + 1]!,
          )
          if (differing <= bits) sets.join(one, other)
        }
      }
    }
  }
}

function chunkOf(words: Int32Array, at: number, chunk: number): number {
  return (words[2 * at + (chunk >> 1)]! >>> (CHUNK_BITS * (chunk & 1))) & 0xffff
}

/** By counting: `order` from `starts[value]` up to `starts[value + 1]` are those that have that chunk, ascending. */
function sortedByChunk(chunks: Uint16Array): { starts: Uint32Array; order: Uint32Array } {
  const starts = new Uint32Array(2 ** CHUNK_BITS + 1)
  for (const value of chunks) starts[value + 1]!++
  for (let value = 0; value < 2 ** CHUNK_BITS; value++) starts[value + 1]! += starts[value]!
  const next = starts.slice()
  const order = new Uint32Array(chunks.length)
  for (let at = 0; at < chunks.length; at++) order[next[chunks[at]!]!++] = at
  return { starts, order }
}

/** Sets that are joined until no more are (Tarjan 1975), each known by its first member. */
class DisjointSets {
  readonly #parent: Uint32Array

  constructor(size: number) {
    this.#parent = Uint32Array.from({ length: size }, (_, at) => at)
  }

  rootOf(member: number): number {
    const parent = this.#parent
    let at = member
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!
      at = parent[at]!
    }
    return at
  }

  join(one: number, other: number): void {
    const [first, second] = [this.rootOf(one), this.rootOf(other)]
    this.#parent[Math.max(first, second)] = Math.min(first, second)
  }
}
