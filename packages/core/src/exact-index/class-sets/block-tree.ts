import type { NextPart } from '../snapshot/parts.ts'
import { BLOCK_LENGTH, type Blocks } from './blocks.ts'
import type { Clustering } from './clustering.ts'
import { asBlock, asGroup, asNode, type Groups, isNode, untagged } from './groups.ts'
import { type ColumnArray, Slab } from './slab.ts'

/** The most children that a node has. */
const NODE_LENGTH = 16

const CHUNK_BITS = 10
const MASK = 2 ** CHUNK_BITS - 1

/** Told when a member is now in another block. */
export type OnMoved = (reference: number, from: number, to: number) => void

/**
 * The members of the groups of one layer: in one block, or, where there are more, in a tree of blocks.
 *
 * A node keeps, side by side, the bounds of its up to 16 children, nodes or blocks. Like a B-tree it grows at its root, when a full
 * node is parted into halves by its clustering; so all blocks of a group are equally deep, whatever the order of
 * arrival. Bounds shrink again when a member on their border leaves.
 */
export class BlockTree {
  readonly #slab: Slab
  readonly #children: Uint32Array[]
  readonly #bounds: ColumnArray[]
  readonly #owners: Uint32Array[]
  readonly #lengths: Uint8Array[]
  readonly #levels: Uint8Array[]
  readonly #blocks: Blocks
  readonly #groups: Groups
  readonly #clustering: Clustering
  readonly #width: number
  readonly #onMoved: OnMoved

  constructor(blocks: Blocks, groups: Groups, clustering: Clustering, onMoved: OnMoved) {
    this.#blocks = blocks
    this.#groups = groups
    this.#clustering = clustering
    this.#onMoved = onMoved
    const { array, width } = clustering.shape
    this.#width = width
    this.#slab = new Slab(CHUNK_BITS, [
      { array: Uint32Array, width: NODE_LENGTH },
      { array, width: NODE_LENGTH * width },
      { array: Uint32Array, width: 1 },
      { array: Uint8Array, width: 1 },
      { array: Uint8Array, width: 1 },
    ])
    this.#children = this.#slab.columns[0] as Uint32Array[]
    this.#bounds = this.#slab.columns[1]!
    this.#owners = this.#slab.columns[2] as Uint32Array[]
    this.#lengths = this.#slab.columns[3] as Uint8Array[]
    this.#levels = this.#slab.columns[4] as Uint8Array[]
  }

  get bytes(): number {
    return this.#slab.bytes
  }

  /** How many children a node has. */
  length(node: number): number {
    return this.#lengths[node >>> CHUNK_BITS]![node & MASK]!
  }

  /** 1 where the children are blocks. */
  level(node: number): number {
    return this.#levels[node >>> CHUNK_BITS]![node & MASK]!
  }

  child(node: number, at: number): number {
    return this.#children[node >>> CHUNK_BITS]![(node & MASK) * NODE_LENGTH + at]!
  }

  /** The bounds of a node's children follow each other in this array, from `boundsAt` on. */
  boundsAround(node: number): ColumnArray {
    return this.#bounds[node >>> CHUNK_BITS]!
  }

  boundsAt(node: number): number {
    return (node & MASK) * NODE_LENGTH * this.#width
  }

  /** Adds a member to a group, at that place of the geometry. Its block. */
  insert(group: number, scores: Float32Array, point: Float64Array, reference: number, tagList: number): number {
    this.#clustering.chooseNew(point, reference)
    const block = this.#blockWithRoom(group, point, reference)
    this.#blocks.add(block, scores, reference, tagList)
    this.#groups.addToCount(group, 1)
    return block
  }

  save(): Generator<ArrayBufferView> {
    return this.#slab.save()
  }

  load(next: NextPart): Promise<void> {
    return this.#slab.load(next)
  }

  /** The group that a block belongs to. */
  groupOf(block: number): number {
    let owner = this.#blocks.owner(block)
    while (isNode(owner)) owner = this.#owner(untagged(owner))
    return untagged(owner)
  }

  /** Removes the member in `row` of the block. The group, whose count may now be 0: then nothing hangs from it any more. */
  remove(block: number, row: number): number {
    const group = this.groupOf(block)
    const owner = this.#blocks.owner(block)
    this.#clustering.choose(row)
    this.#blocks.remove(block, row)
    this.#groups.addToCount(group, -1)
    if (this.#blocks.length(block) === 0) {
      this.#blocks.drop(block)
      if (isNode(owner)) this.#removeChild(untagged(owner), block)
    } else if (isNode(owner)) {
      this.#shrink(untagged(owner), block)
    }
    const count = this.#groups.count(group)
    if (count > 0 && count <= BLOCK_LENGTH / 2 && isNode(this.#groups.root(group))) this.#foldUp(group)
    return group
  }

  /** The blocks of a group, neighbours one after the other. */
  *blocksOf(group: number): Generator<number> {
    if (this.#groups.count(group) === 0) return
    const root = this.#groups.root(group)
    if (isNode(root)) yield* this.#blocksUnder(untagged(root))
    else yield untagged(root)
  }

  *#blocksUnder(node: number): Generator<number> {
    const level = this.level(node)
    for (let at = 0; at < this.length(node); at++) {
      if (level === 1) yield this.child(node, at)
      else yield* this.#blocksUnder(this.child(node, at))
    }
  }

  #blockWithRoom(group: number, point: Float64Array, reference: number): number {
    if (this.#groups.count(group) === 0) {
      const block = this.#blocks.create(1)
      this.#becomeOnlyBlock(block, group)
      return block
    }
    for (;;) {
      const block = this.#blockFor(group)
      if (this.#blocks.length(block) < BLOCK_LENGTH) return block
      this.#part(block)
      this.#clustering.chooseNew(point, reference)
    }
  }

  /** Goes down to the block for the chosen member, and lets the bounds on the way grow. */
  #blockFor(group: number): number {
    let tagged = this.#groups.root(group)
    while (isNode(tagged)) {
      const node = untagged(tagged)
      const bounds = this.boundsAround(node)
      const from = this.boundsAt(node)
      const at = this.#clustering.childFor(bounds, from, this.length(node))
      this.#clustering.include(bounds, from + at * this.#width)
      const child = this.child(node, at)
      tagged = this.level(node) === 1 ? asBlock(child) : asNode(child)
    }
    return untagged(tagged)
  }

  /** Parts a full block in two. */
  #part(block: number): void {
    const blocks = this.#blocks
    // The last first, since removing a member moves the block's last one into its place.
    const leaving = this.#clustering.leavingMembers(block)
    const other = blocks.create(leaving.length)
    for (const at of leaving) this.#moveMember(block, blocks.firstRow(block) + at, other)
    const owner = blocks.owner(block)
    if (isNode(owner)) {
      const node = untagged(owner)
      this.#setBound(node, this.#indexOf(node, block), this.#clustering.boundOfBlock(block))
      this.#addChild(node, other, this.#clustering.boundOfBlock(other))
    } else {
      this.#growRoot(untagged(owner), 1, block, other)
    }
  }

  #addChild(node: number, child: number, bound: ColumnArray): void {
    const at = this.length(node)
    if (at === NODE_LENGTH) {
      this.#partNode(node, child, bound)
      return
    }
    this.#lengths[node >>> CHUNK_BITS]![node & MASK] = at + 1
    this.#setChild(node, at, child)
    this.#setBound(node, at, bound)
  }

  /** Parts a full node, together with the child for which it had no room, into itself and a sibling. */
  #partNode(node: number, added: number, bound: ColumnArray): void {
    const width = this.#width
    const bounds = new this.#clustering.shape.array((NODE_LENGTH + 1) * width)
    bounds.set(this.boundsAround(node).subarray(this.boundsAt(node), this.boundsAt(node) + NODE_LENGTH * width))
    bounds.set(bound, NODE_LENGTH * width)
    const children = Array.from({ length: NODE_LENGTH }, (_, at) => this.child(node, at))
    children.push(added)
    const sibling = this.#createNode(this.level(node))
    this.#lengths[node >>> CHUNK_BITS]![node & MASK] = 0
    const leaving = new Set(this.#clustering.leavingChildren(bounds, children.length))
    for (const [at, child] of children.entries()) {
      this.#addChild(leaving.has(at) ? sibling : node, child, bounds.subarray(at * width, (at + 1) * width))
    }
    const owner = this.#owner(node)
    if (isNode(owner)) {
      const parent = untagged(owner)
      this.#setBound(parent, this.#indexOf(parent, node), this.#boundOfNode(node))
      this.#addChild(parent, sibling, this.#boundOfNode(sibling))
    } else {
      this.#growRoot(untagged(owner), this.level(node) + 1, node, sibling)
    }
  }

  /** Puts a new root above two children of one level. */
  #growRoot(group: number, level: number, left: number, right: number): void {
    const root = this.#createNode(level)
    this.#owners[root >>> CHUNK_BITS]![root & MASK] = asGroup(group)
    this.#groups.setRoot(group, asNode(root))
    for (const child of [left, right]) {
      this.#addChild(root, child, level === 1 ? this.#clustering.boundOfBlock(child) : this.#boundOfNode(child))
    }
  }

  #removeChild(node: number, child: number): void {
    const last = this.length(node) - 1
    const at = this.#indexOf(node, child)
    if (at !== last) {
      const from = this.boundsAt(node) + last * this.#width
      this.#setBound(node, at, this.boundsAround(node).subarray(from, from + this.#width))
      this.#setChild(node, at, this.child(node, last))
    }
    this.#lengths[node >>> CHUNK_BITS]![node & MASK] = last
    const owner = this.#owner(node)
    if (last > 0) this.#updateUpwards(node)
    else this.#slab.release(node)
    if (last === 0 && isNode(owner)) this.#removeChild(untagged(owner), node)
  }

  /** After the chosen member has left a block: shrinks its bound, and those around it, if it was on the border. */
  #shrink(node: number, block: number): void {
    const at = this.#indexOf(node, block)
    if (!this.#clustering.mayShrink(this.boundsAround(node), this.boundsAt(node) + at * this.#width)) return
    this.#setBound(node, at, this.#clustering.boundOfBlock(block))
    this.#updateUpwards(node)
  }

  /** Writes the bound of a node into its parent, and so on up to the root. */
  #updateUpwards(node: number): void {
    let child = node
    for (let owner = this.#owner(child); isNode(owner); owner = this.#owner(child)) {
      const parent = untagged(owner)
      this.#setBound(parent, this.#indexOf(parent, child), this.#boundOfNode(child))
      child = parent
    }
  }

  /** Gathers the few members that are left of a large group in a single block. */
  #foldUp(group: number): void {
    const root = untagged(this.#groups.root(group))
    const gathered = this.#blocks.create(this.#groups.count(group))
    this.#foldInto(gathered, root)
    this.#becomeOnlyBlock(gathered, group)
  }

  #foldInto(gathered: number, node: number): void {
    const blocks = this.#blocks
    for (let at = 0; at < this.length(node); at++) {
      const child = this.child(node, at)
      if (this.level(node) > 1) {
        this.#foldInto(gathered, child)
        continue
      }
      for (let left = blocks.length(child); left > 0; left--) {
        this.#moveMember(child, blocks.firstRow(child) + left - 1, gathered)
      }
      blocks.drop(child)
    }
    this.#slab.release(node)
  }

  #moveMember(from: number, row: number, to: number): void {
    const reference = this.#blocks.referenceOf(row)
    this.#blocks.moveMember(from, row, to)
    this.#onMoved(reference, from, to)
  }

  #createNode(level: number): number {
    const node = this.#slab.allocate(1)
    this.#lengths[node >>> CHUNK_BITS]![node & MASK] = 0
    this.#levels[node >>> CHUNK_BITS]![node & MASK] = level
    return node
  }

  #becomeOnlyBlock(block: number, group: number): void {
    this.#blocks.setOwner(block, asGroup(group))
    this.#groups.setRoot(group, asBlock(block))
  }

  #owner(node: number): number {
    return this.#owners[node >>> CHUNK_BITS]![node & MASK]!
  }

  #indexOf(node: number, child: number): number {
    let at = 0
    while (this.child(node, at) !== child) at++
    return at
  }

  #setChild(node: number, at: number, child: number): void {
    this.#children[node >>> CHUNK_BITS]![(node & MASK) * NODE_LENGTH + at] = child
    if (this.level(node) === 1) this.#blocks.setOwner(child, asNode(node))
    else this.#owners[child >>> CHUNK_BITS]![child & MASK] = asNode(node)
  }

  #setBound(node: number, at: number, bound: ColumnArray): void {
    this.boundsAround(node).set(bound, this.boundsAt(node) + at * this.#width)
  }

  /** In the clustering's scratch. */
  #boundOfNode(node: number): ColumnArray {
    return this.#clustering.boundOfChildren(this.boundsAround(node), this.boundsAt(node), this.length(node))
  }
}
