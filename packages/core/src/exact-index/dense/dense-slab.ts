import type { Metric } from '../../similarity-index.ts'
import { instantiateKernel, type Kernel } from './kernel.ts'
import { ROWS_PER_ANSWER, type RowLayout } from './row-layout.ts'
import { type WebAssemblyMemory, webAssembly } from './web-assembly.ts'

const PAGE = 65536

/** Rows in one WebAssembly memory, which grows in place, doubling, up to what its layout says. */
export class DenseSlab {
  readonly references: Uint32Array
  readonly tags: Uint32Array
  readonly #layout: RowLayout
  readonly #memory: WebAssemblyMemory
  readonly #kernel: Kernel
  // Growing detaches these views, and so they are made anew whenever the memory grows.
  #views: Views
  /** The one that is in the memory. */
  #query: Float32Array | undefined

  /** There is room for one row at once. */
  constructor(layout: RowLayout, module: object) {
    const { rowsPerMemory } = layout
    this.#layout = layout
    this.#memory = new webAssembly.Memory({ initial: pagesOf(layout, 1), maximum: pagesOf(layout, rowsPerMemory) })
    this.#kernel = instantiateKernel(module, this.#memory, layout)
    this.#views = viewsOf(this.#memory.buffer, layout)
    this.references = new Uint32Array(rowsPerMemory)
    this.tags = new Uint32Array(rowsPerMemory)
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength + this.references.byteLength + this.tags.byteLength
  }

  /** The axes of a row: live, good until the memory grows. */
  values(row: number): Float32Array {
    const begin = (row * this.#layout.stride) / 4
    return this.#views.rows.subarray(begin, begin + this.#layout.dimensions)
  }

  /** The rows from `from` to `to` - 1 with what fills them up: live, good until the memory grows. */
  rows(from: number, to: number): Float32Array {
    const floats = this.#layout.stride / 4
    return this.#views.rows.subarray(from * floats, to * floats)
  }

  rowBytes(from: number, to: number): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.rows(from, to)
    return new Uint8Array(buffer, byteOffset, byteLength)
  }

  /** Makes room, so that all rows before `rows` can be written. */
  reserve(rows: number): void {
    const needed = pagesOf(this.#layout, rows)
    const held = this.#memory.buffer.byteLength / PAGE
    if (needed <= held) return
    this.#memory.grow(Math.min(pagesOf(this.#layout, this.#layout.rowsPerMemory), Math.max(needed, 2 * held)) - held)
    this.#views = viewsOf(this.#memory.buffer, this.#layout)
  }

  /** Only where the layout has lengths. */
  setLength(row: number, length: number): void {
    this.#views.lengths[row] = length
  }

  /** Row `row` becomes what row `other` of `slab` is. */
  copy(row: number, slab: DenseSlab, other: number): void {
    this.values(row).set(slab.values(other))
    this.references[row] = slab.references[other]!
    this.tags[row] = slab.tags[other]!
    if (this.#views.lengths.length > 0) this.#views.lengths[row] = slab.#views.lengths[other]!
  }

  /**
   * The rows from `from` to `to` - 1, `ROWS_PER_ANSWER` at most, that the kernel does not rule out: live, good until the next
   * call. `query`, as the kernel wants it, must not have changed since it was given before.
   */
  candidates(metric: Metric, query: Float32Array, from: number, to: number, limit: number): Uint32Array {
    // Searches take turns: the query in the memory may be another one's.
    if (this.#query !== query) {
      this.#views.query.set(query)
      this.#query = query
    }
    return this.#views.answer.subarray(0, this.#kernel[metric](from, to, limit))
  }
}

interface Views {
  /** With room for the axes alone: what fills them up stays zero. */
  readonly query: Float32Array
  readonly lengths: Float32Array
  readonly answer: Uint32Array
  readonly rows: Float32Array
}

function viewsOf(buffer: ArrayBuffer, { dimensions, query, lengths, answer, first, rowsPerMemory }: RowLayout): Views {
  return {
    query: new Float32Array(buffer, query, dimensions),
    lengths: new Float32Array(buffer, lengths, lengths < first ? rowsPerMemory : 0),
    answer: new Uint32Array(buffer, answer, ROWS_PER_ANSWER),
    rows: new Float32Array(buffer, first),
  }
}

function pagesOf({ first, stride }: RowLayout, rows: number): number {
  return Math.ceil((first + rows * stride) / PAGE)
}
