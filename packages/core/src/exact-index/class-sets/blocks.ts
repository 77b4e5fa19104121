import { type NextPart, wordsOf } from '../snapshot/parts.ts'
import { Slab } from './slab.ts'

/** The most members that a block holds. */
export const BLOCK_LENGTH = 64

/** Row `r` is row `r & ROW_MASK` of chunk `r >>> ROW_BITS`. */
export const ROW_BITS = 14
export const ROW_MASK = 2 ** ROW_BITS - 1

/** Words that describe a block, and the places of its parts among them. */
const BLOCK_WORDS = 3
const FIRST_ROW = 0
const OWNER = 1
const LENGTH = 2

/**
 * Members in blocks: a block holds 1..64 members of one class set, side by side, so that they are compared in one go.
 *
 * A member is a row: the scores of its classes (axes ascending), then the reference of its id; and beside it, the number of its
 * tag list. It has no address of its own: members move within their block as others come and go.
 */
export class Blocks {
  /** Values a row. */
  readonly width: number
  /** Per chunk of rows: the scores, as floats, and the references, as words, which stand at `size` of each row. */
  readonly scores: readonly Float32Array[]
  readonly #words: Uint32Array[]
  /** Empty until the first member with tags comes; then 0 stands for none. */
  #tagLists: readonly Uint32Array[] = []
  readonly #rows: Slab
  /** Per block: its first row, what it hangs from, how many members it has. */
  readonly #blocks = new Slab(ROW_BITS, [{ array: Uint32Array, width: BLOCK_WORDS }])
  readonly #descriptions = this.#blocks.columns[0] as Uint32Array[]

  /** `size`: how many classes the sets have. */
  constructor(readonly size: number) {
    this.width = size + 1
    // Words first: these are what is copied. As a float, a reference may be one of the many NaNs, which come out as one.
    this.#rows = new Slab(ROW_BITS, [
      { array: Uint32Array, width: this.width },
      { array: Float32Array, width: this.width, viewOf: 0 },
    ])
    this.#words = this.#rows.columns[0] as Uint32Array[]
    this.scores = this.#rows.columns[1] as Float32Array[]
  }

  get bytes(): number {
    return this.#rows.bytes + this.#blocks.bytes
  }

  /** A new block without members and with room for `length` of them, 1..64. */
  create(length: number): number {
    const block = this.#blocks.allocate(1)
    this.#describe(block, FIRST_ROW, this.#rows.allocate(length))
    this.#describe(block, LENGTH, 0)
    return block
  }

  drop(block: number): void {
    this.#rows.release(this.firstRow(block))
    this.#blocks.release(block)
  }

  /** The row of a block's first member; the others follow it. */
  firstRow(block: number): number {
    return this.#descriptions[block >>> ROW_BITS]![(block & ROW_MASK) * BLOCK_WORDS + FIRST_ROW]!
  }

  length(block: number): number {
    return this.#descriptions[block >>> ROW_BITS]![(block & ROW_MASK) * BLOCK_WORDS + LENGTH]!
  }

  /** What the block hangs from, as whoever made it has set it. */
  owner(block: number): number {
    return this.#descriptions[block >>> ROW_BITS]![(block & ROW_MASK) * BLOCK_WORDS + OWNER]!
  }

  setOwner(block: number, owner: number): void {
    this.#describe(block, OWNER, owner)
  }

  /** Adds a member to a block that is not full. */
  add(block: number, scores: Float32Array, reference: number, tagList: number): void {
    const row = this.#makeRoom(block)
    const chunk = row >>> ROW_BITS
    const at = (row & ROW_MASK) * this.width
    const target = this.scores[chunk]!
    for (let column = 0; column < this.size; column++) target[at + column] = scores[column]!
    this.#words[chunk]![at + this.size] = reference
    if (tagList !== 0 && this.#tagLists.length === 0) this.#keepTagLists()
    if (this.#tagLists.length > 0) this.#tagLists[chunk]![row & ROW_MASK] = tagList
  }

  /** Moves the member in `row` of one block to another that is not full. */
  moveMember(from: number, row: number, to: number): void {
    this.#rows.copy(row, this.#makeRoom(to), 1)
    this.remove(from, row)
  }

  /** Removes the member in `row` of the block; its last member takes the place. */
  remove(block: number, row: number): void {
    const first = this.firstRow(block)
    const length = this.length(block) - 1
    if (row !== first + length) this.#rows.copy(first + length, row, 1)
    this.#describe(block, LENGTH, length)
    // Only at a quarter, and then to twice what is there, so that no pair of writes moves everybody back and forth.
    const held = this.#rows.runLength(first)
    if (length > 0 && 4 * length <= held) {
      this.#describe(block, FIRST_ROW, this.#rows.move(first, length, Math.max(1, held >> 1)))
    }
  }

  referenceOf(row: number): number {
    return this.#words[row >>> ROW_BITS]![(row & ROW_MASK) * this.width + this.size]!
  }

  /** The numbers of the tag lists in the chunk of a row; `undefined` where no member ever had tags. */
  tagListsAround(row: number): Uint32Array | undefined {
    return this.#tagLists[row >>> ROW_BITS]
  }

  tagListOf(row: number): number {
    return this.#tagLists.length === 0 ? 0 : this.#tagLists[row >>> ROW_BITS]![row & ROW_MASK]!
  }

  scoreOf(row: number, column: number): number {
    return this.scores[row >>> ROW_BITS]![(row & ROW_MASK) * this.width + column]!
  }

  /** Whether so much of the held memory is unused that it pays to move blocks together. */
  get isSparse(): boolean {
    return this.#rows.heldRows > 4 * 2 ** ROW_BITS && this.#rows.usedRows < this.#rows.heldRows / 2
  }

  /**
   * From now on `tighten` moves blocks out of the memory that is well below full: more than what counts as sparse, so that the
   * next few writes do not begin it all again.
   */
  beginTightening(): void {
    this.#isInSparseChunk = this.#rows.closeSparseChunks(3 / 4)
  }

  tighten(block: number): void {
    const first = this.firstRow(block)
    const length = this.length(block)
    if (this.#isInSparseChunk(first)) this.#describe(block, FIRST_ROW, this.#rows.move(first, length, length))
  }

  *save(): Generator<ArrayBufferView> {
    yield Uint32Array.of(this.#tagLists.length > 0 ? 1 : 0)
    yield* this.#rows.save()
    yield* this.#blocks.save()
  }

  async load(next: NextPart): Promise<void> {
    if (wordsOf(await next())[0] === 1) this.#keepTagLists()
    await this.#rows.load(next)
    await this.#blocks.load(next)
  }

  #isInSparseChunk: (row: number) => boolean = () => false

  /** The row for one more member of the block. */
  #makeRoom(block: number): number {
    const length = this.length(block)
    let first = this.firstRow(block)
    if (length === this.#rows.runLength(first)) {
      first = this.#rows.move(first, length, length + 1)
      this.#describe(block, FIRST_ROW, first)
    }
    this.#describe(block, LENGTH, length + 1)
    return first + length
  }

  #keepTagLists(): void {
    this.#rows.addColumn({ array: Uint32Array, width: 1 })
    this.#tagLists = this.#rows.columns[2] as Uint32Array[]
  }

  #describe(block: number, what: number, value: number): void {
    this.#descriptions[block >>> ROW_BITS]![(block & ROW_MASK) * BLOCK_WORDS + what] = value
  }
}
