import type { Admission } from './admission.ts'
import type { BlockReader } from './class-sets/block-reader.ts'
import { ROW_MASK } from './class-sets/blocks.ts'
import { isNode, untagged } from './class-sets/groups.ts'
import type { Layer } from './class-sets/layer.ts'

/** After so many groups the clock is looked at. */
const GROUPS_BETWEEN_LOOKS = 64

/**
 * Searches where a filter of tags lets few members through. A search that goes from the nearest sets outwards compares nearly all
 * before it has met enough that pass; this one looks at the tags of all, in the order of the memory, and compares those that pass.
 */
export class TagScan {
  readonly #layers: readonly Layer[]
  readonly #reader: BlockReader
  #admission!: Admission
  #layer = 0
  #group = 0

  constructor(layers: readonly Layer[], reader: BlockReader) {
    this.#layers = layers
    this.#reader = reader
  }

  begin(admission: Admission): void {
    this.#admission = admission
    this.#reader.begin(admission)
    this.#layer = 0
    this.#group = 0
  }

  /** Goes on until all is read, then tells `true`; or until `deadline`, in the time of `performance.now()`. */
  advance(deadline: number): boolean {
    for (; this.#layer < this.#layers.length; this.#layer++, this.#group = 0) {
      const layer = this.#layers[this.#layer]!
      while (this.#group < layer.groups.end) {
        this.#scan(layer, this.#group++)
        if (this.#group % GROUPS_BETWEEN_LOOKS === 0 && performance.now() > deadline) return false
      }
    }
    return true
  }

  #scan(layer: Layer, group: number): void {
    if (layer.groups.count(group) === 0) return
    const root = layer.groups.root(group)
    if (isNode(root)) this.#scanBlocks(layer, group, layer.tree.blocksOf(group))
    else if (this.#hasPassing(layer, untagged(root)) && this.#reader.enter(layer, group)) {
      this.#reader.read(untagged(root))
    }
  }

  #scanBlocks(layer: Layer, group: number, blocks: Iterable<number>): void {
    let isOpen = false
    for (const block of blocks) {
      if (!this.#hasPassing(layer, block)) continue
      isOpen ||= this.#reader.enter(layer, group)
      if (!isOpen) return
      this.#reader.read(block)
    }
  }

  #hasPassing({ blocks }: Layer, block: number): boolean {
    const first = blocks.firstRow(block)
    const lists = blocks.tagListsAround(first)
    const from = first & ROW_MASK
    for (let at = from, end = from + blocks.length(block); at < end; at++) {
      if (this.#admission.admitsTags(lists === undefined ? 0 : lists[at]!)) return true
    }
    return false
  }
}
