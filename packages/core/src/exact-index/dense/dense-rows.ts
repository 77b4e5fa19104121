import { type Distance, distanceOf } from '../../distance.ts'
import type { Metric } from '../../similarity-index.ts'
import { type Approximation, approximationOf } from './approximation.ts'
import { DenseSlab } from './dense-slab.ts'
import { compileKernel } from './kernel.ts'
import { ROWS_PER_ANSWER, type RowLayout, rowLayout } from './row-layout.ts'
import { readHeader, writeHeader } from './saved-header.ts'

/** How much of the rows one saved piece holds, so that writing or reading it takes a few milliseconds. */
const PIECE_BYTES = 2 ** 20

export interface DenseRowsOptions {
  readonly metric: Metric
  /** At least 1. */
  readonly dimensions: number
  /** For tests: rows in one memory. */
  readonly rowsPerMemory?: number | undefined
}

/** A query made ready, for any number of calls and for rows added later. */
export interface DenseQuery {
  readonly vector: Float32Array
  /** As the kernel wants it. */
  readonly scaled: Float32Array
}

/**
 * Vectors as rows 0 to `count` - 1 without holes, each with two numbers of the caller's: a reference (which entry it is) and
 * tags. A scan of them is as fast as memory can be read; it finds candidates, and `exactDistance` decides.
 *
 * Nothing is checked: numbers of rows are below `count`, vectors have `dimensions` finite values, references and tags are
 * whole numbers from 0 to 2^32 - 1.
 */
export class DenseRows {
  readonly metric: Metric
  readonly dimensions: number
  readonly #distance: Distance
  readonly #approximation: Approximation
  readonly #layout: RowLayout
  // Compiled with the first row, then kept: an index that holds sparse vectors alone needs none of this.
  #module: object | undefined
  readonly #slabs: DenseSlab[] = []
  #count = 0
  #candidates = new Uint32Array(0)

  constructor({ metric, dimensions, rowsPerMemory }: DenseRowsOptions) {
    this.metric = metric
    this.dimensions = dimensions
    this.#distance = distanceOf(metric)
    this.#approximation = approximationOf(metric)
    this.#layout = rowLayout({ dimensions, withLengths: this.#approximation.usesLengths, rowsPerMemory })
  }

  get count(): number {
    return this.#count
  }

  /** What the rows take of memory. What a memory has grown to comes back when its last row is removed, not before. */
  get bytes(): number {
    return this.#slabs.reduce((sum, slab) => sum + slab.bytes, 0)
  }

  /** @returns the new row: what `count` was */
  add(vector: Float32Array, reference: number, tags: number): number {
    const row = this.#count
    const slab = this.#slabWithRoom()
    const place = this.#place(row)
    slab.reserve(place + 1)
    slab.values(place).set(vector)
    this.#describe(slab, place, reference, tags)
    this.#count++
    return row
  }

  /** The last row takes the place of `row`. @returns the reference of the row that did so, -1 if `row` was the last one */
  remove(row: number): number {
    const last = this.#count - 1
    const slab = this.#slab(row)
    if (row !== last) slab.copy(this.#place(row), this.#slab(last), this.#place(last))
    this.#count = last
    if (this.#place(last) === 0) this.#slabs.pop()
    return row === last ? -1 : slab.references[this.#place(row)]!
  }

  referenceOf(row: number): number {
    return this.#slab(row).references[this.#place(row)]!
  }

  tagsOf(row: number): number {
    return this.#slab(row).tags[this.#place(row)]!
  }

  /** A copy. */
  vectorOf(row: number): Float32Array {
    return this.#values(row).slice()
  }

  /** Copies the query. */
  prepare(query: Float32Array): DenseQuery {
    const vector = query.slice()
    return { vector, scaled: this.#approximation.scaled(vector) }
  }

  /**
   * The rows from `from` to `to` - 1, ascending, whose distance may be at most `radius`: all those of which it is, and those
   * that float32 sums cannot tell from them, which are few unless squares leave the range of float32 (values below 1e-20 or
   * above 1e16, say). `radius` is in the metric's own distance; with `Infinity` all rows are candidates, and none is read.
   *
   * The array is good until the next call. It grows with `to` - `from`, as does the time this takes without a break: at
   * 10 to 30 GB/s, a tenth of a millisecond for one to three megabytes of rows.
   */
  candidates({ scaled }: DenseQuery, from: number, to: number, radius: number): Uint32Array {
    if (this.#candidates.length < to - from) this.#candidates = new Uint32Array(to - from)
    const found = this.#candidates
    let count = 0
    if (radius === Number.POSITIVE_INFINITY) {
      for (let row = from; row < to; row++) found[count++] = row
      return found.subarray(0, count)
    }
    const limit = this.#approximation.limitOf(radius, this.dimensions)
    for (let row = from; row < to; ) {
      const { place, end } = this.#stretch(row, Math.min(to, row + ROWS_PER_ANSWER))
      const near = this.#slab(row).candidates(this.metric, scaled, place, end, limit)
      for (let at = 0; at < near.length; at++) found[count++] = near[at]! + row - place
      row += end - place
    }
    return found.subarray(0, count)
  }

  /** Equal to `distanceOf(metric)` of the query and the row, to the bit. */
  exactDistance({ vector }: DenseQuery, row: number): number {
    return this.#distance(vector, this.#values(row))
  }

  /**
   * All there is, in pieces of about 1 MiB, for `load`. They are the live memory: all of them must be taken and written
   * before anything is added, removed or changed.
   */
  *save(): Generator<ArrayBufferView> {
    const { metric, dimensions, count } = this
    const rowsPerPiece = Math.max(1, Math.floor(PIECE_BYTES / this.#layout.stride))
    yield writeHeader({ metric, dimensions, count })
    for (let row = 0; row < count; ) {
      const slab = this.#slab(row)
      const { place, end } = this.#stretch(row, Math.min(count, row + rowsPerPiece))
      yield slab.rows(place, end)
      yield slab.references.subarray(place, end)
      yield slab.tags.subarray(place, end)
      row += end - place
    }
  }

  /**
   * @param next gives the pieces that `save` gave, one by one and in that order; they are copied
   * @throws Error where they are not such; `next` must do so where there are none left
   */
  static async load(next: () => Promise<Uint8Array>, rowsPerMemory?: number): Promise<DenseRows> {
    const { metric, dimensions, count } = readHeader(await next())
    const loaded = new DenseRows({ metric, dimensions, rowsPerMemory })
    while (loaded.#count < count) {
      const rows = await next()
      const total = rows.byteLength / loaded.#layout.stride
      if (!Number.isInteger(total) || total === 0 || total > count - loaded.#count)
        throw new Error(`A piece of ${rows.byteLength} bytes cannot be saved rows of ${dimensions} axes.`)
      const references = numbersOf(await next(), total)
      const tags = numbersOf(await next(), total)
      loaded.#append(rows, references, tags)
    }
    return loaded
  }

  #append(rows: Uint8Array, references: Uint32Array, tags: Uint32Array): void {
    const { stride } = this.#layout
    for (let read = 0; read < references.length; ) {
      const slab = this.#slabWithRoom()
      const { place, end } = this.#stretch(this.#count, this.#count + references.length - read)
      slab.reserve(end)
      slab.rowBytes(place, end).set(rows.subarray(read * stride, (read + end - place) * stride))
      if (!areSound(slab.rows(place, end), this.dimensions, stride / 4)) throw new Error('Saved rows are damaged.')
      for (let row = place; row < end; row++, read++) this.#describe(slab, row, references[read]!, tags[read]!)
      this.#count += end - place
    }
  }

  #describe(slab: DenseSlab, place: number, reference: number, tags: number): void {
    slab.references[place] = reference
    slab.tags[place] = tags
    if (this.#approximation.usesLengths) slab.setLength(place, this.#approximation.lengthOf(slab.values(place)))
  }

  #values(row: number): Float32Array {
    return this.#slab(row).values(this.#place(row))
  }

  /** The first of the rows from `row` to `to` - 1 that are in one slab: their places in it. */
  #stretch(row: number, to: number): { place: number; end: number } {
    const place = this.#place(row)
    return { place, end: Math.min(place + to - row, this.#layout.rowsPerMemory) }
  }

  #slab(row: number): DenseSlab {
    return this.#slabs[Math.floor(row / this.#layout.rowsPerMemory)]!
  }

  #place(row: number): number {
    return row % this.#layout.rowsPerMemory
  }

  /** The slab where the next row goes. */
  #slabWithRoom(): DenseSlab {
    if (this.#place(this.#count) === 0) {
      this.#module ??= compileKernel()
      this.#slabs.push(new DenseSlab(this.#layout, this.#module))
    }
    return this.#slabs.at(-1)!
  }
}

function numbersOf(bytes: Uint8Array, count: number): Uint32Array {
  if (bytes.byteLength !== 4 * count)
    throw new Error(`A piece of ${bytes.byteLength} bytes cannot be numbers of ${count} saved rows.`)
  // Copied, because pieces of a file may lie at odd addresses; not by `slice`, which copies nothing of a Buffer.
  return new Uint32Array(new Uint8Array(bytes).buffer)
}

/** Whether the rows' values are finite and what fills them up is zero: the kernel counts on both. */
function areSound(rows: Float32Array, dimensions: number, floatsPerRow: number): boolean {
  for (let begin = 0; begin < rows.length; begin += floatsPerRow) {
    for (let at = begin; at < begin + dimensions; at++) if (!Number.isFinite(rows[at]!)) return false
    for (let at = begin + dimensions; at < begin + floatsPerRow; at++) if (rows[at] !== 0) return false
  }
  return true
}
