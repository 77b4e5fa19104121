import { ROW_BITS, ROW_MASK } from '../class-sets/blocks.ts'
import type { Layer } from '../class-sets/layer.ts'

/** A batch is full with so many words; a block more may come. Read or written in a few milliseconds. */
const FULL = 2 ** 17
const HEAD = 4

/**
 * Some members of a layer, as they stand in a snapshot: by class set, in the order of the trie, and within a set in that of its
 * blocks. A large set goes on in the next batch.
 */
export interface LayerBatch {
  /** How many classes each set has. */
  readonly size: number
  /** Per set how many members follow. */
  readonly counts: Uint32Array
  readonly references: Uint32Array
  readonly scores: Float32Array
  /** Of each member; empty where none has tags. */
  readonly tagLists: Uint32Array
  /** `size` a set. */
  readonly axes: Uint16Array
}

/** All members of a layer in batches, each as one part. */
export function* batchesOf(layer: Layer): Generator<Uint8Array> {
  let batch = new GrowingBatch(layer)
  for (const group of layer.trie.groups()) {
    for (const block of layer.tree.blocksOf(group)) {
      batch.add(group, block)
      if (batch.words < FULL) continue
      yield batch.encoded()
      batch = new GrowingBatch(layer)
    }
  }
  if (batch.words > 0) yield batch.encoded()
}

class GrowingBatch {
  readonly #layer: Layer
  readonly #groups: number[] = []
  readonly #counts: number[] = []
  readonly #blocks: number[] = []
  #members = 0

  constructor(layer: Layer) {
    this.#layer = layer
  }

  get words(): number {
    return this.#members * (this.#layer.size + 2) + this.#groups.length * (this.#layer.size + 1)
  }

  add(group: number, block: number): void {
    const length = this.#layer.blocks.length(block)
    if (this.#groups.at(-1) === group) {
      this.#counts[this.#counts.length - 1]! += length
    } else {
      this.#groups.push(group)
      this.#counts.push(length)
    }
    this.#blocks.push(block)
    this.#members += length
  }

  encoded(): Uint8Array {
    const { size, blocks, groups } = this.#layer
    const hasTags = blocks.tagLists.length > 0
    const head = Uint32Array.of(size, this.#groups.length, this.#members, hasTags ? 1 : 0)
    const bytes = new Uint8Array(lengthOf(head))
    const batch = decodeParts(bytes, head)
    new Uint32Array(bytes.buffer, 0, HEAD).set(head)
    batch.counts.set(this.#counts)
    for (const [at, group] of this.#groups.entries()) batch.axes.set(groups.axesOf(group), at * size)
    let member = 0
    for (const block of this.#blocks) {
      const first = blocks.firstRow(block)
      const chunk = first >>> ROW_BITS
      const from = first & ROW_MASK
      const to = from + blocks.length(block)
      batch.references.set(blocks.references[chunk]!.subarray(from, to), member)
      batch.scores.set(blocks.scores[chunk]!.subarray(from * size, to * size), member * size)
      if (hasTags) batch.tagLists.set(blocks.tagLists[chunk]!.subarray(from, to), member)
      member += to - from
    }
    return bytes
  }
}

/** Throws an Error where the bytes cannot be a batch for vectors with that many dimensions. */
export function decodeBatch(bytes: Uint8Array, dimensions: number): LayerBatch {
  if (bytes.length < 4 * HEAD) throw new Error('a batch has no head')
  const head = new Uint32Array(bytes.buffer, bytes.byteOffset, HEAD)
  if (lengthOf(head) !== bytes.length) throw new Error('a batch does not have the length that its head says')
  const batch = decodeParts(bytes, head)
  checkSets(batch, dimensions)
  return batch
}

function decodeParts({ buffer, byteOffset }: Uint8Array, head: Uint32Array): LayerBatch {
  const [size, sets, members, hasTags] = head as unknown as [number, number, number, number]
  let at = byteOffset + 4 * HEAD
  const take = (words: number) => {
    at += 4 * words
    return at - 4 * words
  }
  return {
    size,
    counts: new Uint32Array(buffer, take(sets), sets),
    references: new Uint32Array(buffer, take(members), members),
    scores: new Float32Array(buffer, take(members * size), members * size),
    tagLists: new Uint32Array(buffer, take(members * hasTags), members * hasTags),
    axes: new Uint16Array(buffer, at, sets * size),
  }
}

function lengthOf(head: Uint32Array): number {
  const [size, sets, members, hasTags] = head as unknown as [number, number, number, number]
  return 4 * (HEAD + sets + members * (1 + size + hasTags)) + 2 * sets * size
}

function checkSets({ size, counts, references, scores, axes }: LayerBatch, dimensions: number): void {
  let members = 0
  for (const count of counts) members += count
  if (members !== references.length || counts.includes(0))
    throw new Error('the sets of a batch do not have its members')
  for (let at = 0; at < axes.length; at++) {
    const isFirst = at % size === 0
    if (axes[at]! >= dimensions || (!isFirst && axes[at]! <= axes[at - 1]!))
      throw new Error('a set has impossible axes')
  }
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at]!
    // Infinity minus itself, and NaN, are not 0.
    if (score === 0 || score - score !== 0) throw new Error('a member has an impossible value')
  }
}
