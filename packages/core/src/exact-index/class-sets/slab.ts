import { type NextPart, wordsOf } from '../snapshot/parts.ts'

/** The kinds of typed array that a column can be made of. */
export type ColumnArray = Uint8Array | Uint16Array | Uint32Array | Float32Array

export interface ColumnShape<A extends ColumnArray = ColumnArray> {
  readonly array: {
    new (length: number): A
    new (buffer: ArrayBuffer): A
    readonly BYTES_PER_ELEMENT: number
  }
  /** Values a row. */
  readonly width: number
  /** The column that this one is another view of: the same memory, as other numbers. */
  readonly viewOf?: number
}

/** How many rows a run can have: a length that is asked for leaves at most a third of its run unused. */
const RUN_LENGTHS = Uint16Array.of(
  ...[1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096],
)
const LONGEST_RUN = RUN_LENGTHS.at(-1)!
const CLASS_OF_LENGTH = new Uint8Array(LONGEST_RUN + 1)
for (let length = 1, sizeClass = 0; length <= LONGEST_RUN; length++) {
  if (length > RUN_LENGTHS[sizeClass]!) sizeClass++
  CLASS_OF_LENGTH[length] = sizeClass
}

const FIRST_ROWS = 16
/** What a saved slab says of each chunk: as many numbers. */
const CHUNK_WORDS = 5

/**
 * Rows of numbers in typed arrays, handed out in runs of neighbouring rows and taken back: a slab allocator (Bonwick 1994).
 *
 * Rows live in chunks of at most `2 ** chunkBits`; all runs of a chunk have the same length, so that freed ones fit the next
 * without any search. A chunk starts small and doubles, and is dropped when its last run is given back: no step ever copies
 * more than a chunk. Row `r` is row `r & mask` of chunk `r >>> chunkBits`; a run never crosses from one chunk to the next.
 */
export class Slab {
  readonly mask: number
  /** Per column the typed array of each chunk, whose length is (rows of the chunk so far) × width. */
  readonly columns: ColumnArray[][] = []
  /** Memory held by the columns. */
  bytes = 0
  /** Rows that belong to a run in use, and rows that memory is held for. */
  usedRows = 0
  heldRows = 0
  readonly #shapes: ColumnShape[] = []
  #bytesPerRow = 0
  readonly #chunks: (Chunk | undefined)[] = []
  readonly #droppedChunks: number[] = []
  /** Per class of length: the chunks with room for another run. */
  readonly #roomy: Chunk[][] = Array.from(RUN_LENGTHS, () => [])

  constructor(
    readonly chunkBits: number,
    shapes: readonly ColumnShape[],
  ) {
    this.mask = 2 ** chunkBits - 1
    for (const shape of shapes) this.addColumn(shape)
  }

  /** Adds a column, all 0, to the rows there are and to come. */
  addColumn(shape: ColumnShape): void {
    const { array, width } = shape
    this.#shapes.push(shape)
    this.columns.push(this.#chunks.map((chunk) => new array((chunk?.rows ?? 0) * width)))
    if (shape.viewOf !== undefined) return
    this.#bytesPerRow += array.BYTES_PER_ELEMENT * width
    this.bytes += this.heldRows * array.BYTES_PER_ELEMENT * width
  }

  /** The first row of a run of at least `length` rows, 1..4096. Its values are whatever was there before. */
  allocate(length: number): number {
    const sizeClass = CLASS_OF_LENGTH[length]!
    const roomy = this.#roomy[sizeClass]!
    const chunk = roomy.at(-1) ?? this.#addChunk(sizeClass)
    const row = chunk.freed.pop() ?? this.#nextRow(chunk)
    chunk.runs++
    this.usedRows += chunk.runLength
    if (this.#isFull(chunk)) roomy.pop()
    return chunk.firstRow + row
  }

  /** Takes back the run that starts at `row`. */
  release(row: number): void {
    const chunk = this.#chunks[row >>> this.chunkBits]!
    const roomy = this.#roomy[chunk.sizeClass]!
    const wasFull = this.#isFull(chunk)
    chunk.runs--
    this.usedRows -= chunk.runLength
    chunk.freed.push(row & this.mask)
    if (wasFull && !chunk.closed) roomy.push(chunk)
    if (chunk.runs === 0) this.#drop(chunk)
  }

  /** How many rows the run that starts at `row` has. */
  runLength(row: number): number {
    return this.#chunks[row >>> this.chunkBits]!.runLength
  }

  /** Moves a run of `used` rows to one of at least `length` rows and gives the old one back. The new first row. */
  move(row: number, used: number, length: number): number {
    const moved = this.allocate(length)
    this.copy(row, moved, used)
    this.release(row)
    return moved
  }

  /** Copies rows, within a chunk or from one to another; the two ranges may overlap within a run. */
  copy(from: number, to: number, rows: number): void {
    const fromAt = from & this.mask
    const toAt = to & this.mask
    for (let column = 0; column < this.columns.length; column++) {
      const { width, viewOf } = this.#shapes[column]!
      if (viewOf !== undefined) continue
      const source = this.columns[column]![from >>> this.chunkBits]!
      const target = this.columns[column]![to >>> this.chunkBits]!
      if (source === target) target.copyWithin(toAt * width, fromAt * width, (fromAt + rows) * width)
      else if (rows * width > 16) target.set(source.subarray(fromAt * width, (fromAt + rows) * width), toAt * width)
      else for (let at = 0; at < rows * width; at++) target[toAt * width + at] = source[fromAt * width + at]!
    }
  }

  /**
   * Closes every chunk that is less than `share` full to new runs, so that whoever moves the runs it says `true` for empties
   * those chunks, which are then dropped.
   */
  closeSparseChunks(share: number): (row: number) => boolean {
    for (const [sizeClass, roomy] of this.#roomy.entries()) {
      const kept = roomy.filter((chunk) => {
        chunk.closed = chunk.runs * chunk.runLength < share * chunk.rows
        return !chunk.closed
      })
      this.#roomy[sizeClass] = kept
    }
    return (row) => this.#chunks[row >>> this.chunkBits]!.closed
  }

  /** The parts that `load` takes: views of the live memory, good until the next change. */
  *save(): Generator<ArrayBufferView> {
    const chunks = this.#chunks.filter((chunk) => chunk !== undefined)
    const described = chunks.flatMap(({ sizeClass, firstRow, rows, end, runs }) => [
      sizeClass,
      firstRow,
      rows,
      end,
      runs,
    ])
    yield Uint32Array.from([this.#chunks.length, ...described])
    for (const { firstRow, end, freed } of chunks) {
      yield Uint32Array.from(freed)
      for (const [column, { width, viewOf }] of this.#shapes.entries()) {
        if (viewOf === undefined) yield this.columns[column]![firstRow >>> this.chunkBits]!.subarray(0, end * width)
      }
    }
  }

  /** Takes the place of everything in an empty slab with the same columns. Throws an Error where the parts do not fit. */
  async load(next: NextPart): Promise<void> {
    const [length, ...described] = wordsOf(await next()) as unknown as number[]
    for (let number = 0; number < length!; number++) this.#chunks[number] = undefined
    for (let at = 0; at < described.length; at += CHUNK_WORDS) {
      const [sizeClass, firstRow, rows, end, runs] = described.slice(at, at + CHUNK_WORDS) as [
        number,
        number,
        number,
        number,
        number,
      ]
      const freed = Array.from(wordsOf(await next()))
      const chunk: Chunk = {
        sizeClass,
        runLength: RUN_LENGTHS[sizeClass]!,
        firstRow,
        rows: 0,
        end,
        runs,
        freed,
        closed: false,
      }
      const number = firstRow >>> this.chunkBits
      this.#chunks[number] = chunk
      for (const [column, { array, width, viewOf }] of this.#shapes.entries()) {
        if (viewOf !== undefined) continue
        const part = await next()
        if (part.length !== end * width * array.BYTES_PER_ELEMENT) throw new Error('a chunk does not have its rows')
        this.columns[column]![number] = new array(part.buffer as ArrayBuffer)
      }
      this.#resize(chunk, rows)
      this.usedRows += runs * chunk.runLength
      if (!this.#isFull(chunk)) this.#roomy[sizeClass]!.push(chunk)
    }
    for (let number = 0; number < length!; number++) {
      if (this.#chunks[number]) continue
      this.#droppedChunks.push(number)
      for (const [column, { array }] of this.#shapes.entries()) this.columns[column]![number] = new array(0)
    }
  }

  #isFull({ freed, end, runLength }: Chunk): boolean {
    return freed.length === 0 && end + runLength > this.mask + 1
  }

  #nextRow(chunk: Chunk): number {
    const row = chunk.end
    chunk.end += chunk.runLength
    if (chunk.end > chunk.rows) this.#resize(chunk, Math.min(2 * chunk.rows, this.mask + 1))
    return row
  }

  #addChunk(sizeClass: number): Chunk {
    const number = this.#droppedChunks.pop() ?? this.#chunks.length
    const runLength = RUN_LENGTHS[sizeClass]!
    const chunk: Chunk = {
      sizeClass,
      runLength,
      firstRow: number * (this.mask + 1),
      rows: 0,
      end: 0,
      runs: 0,
      freed: [],
      closed: false,
    }
    this.#chunks[number] = chunk
    for (const [column, { array }] of this.#shapes.entries()) this.columns[column]![number] = new array(0)
    this.#resize(chunk, Math.min(this.mask + 1, Math.max(FIRST_ROWS, runLength)))
    this.#roomy[sizeClass]!.push(chunk)
    return chunk
  }

  #resize(chunk: Chunk, rows: number): void {
    const number = chunk.firstRow >>> this.chunkBits
    for (const [column, { array, width, viewOf }] of this.#shapes.entries()) {
      if (viewOf !== undefined) {
        this.columns[column]![number] = new array(this.columns[viewOf]![number]!.buffer as ArrayBuffer)
        continue
      }
      const old = this.columns[column]![number]!
      if (old.length === rows * width) continue
      const resized = new array(rows * width)
      resized.set(old.subarray(0, rows * width))
      this.columns[column]![number] = resized
    }
    this.bytes += (rows - chunk.rows) * this.#bytesPerRow
    this.heldRows += rows - chunk.rows
    chunk.rows = rows
  }

  #drop(chunk: Chunk): void {
    const roomy = this.#roomy[chunk.sizeClass]!
    const at = roomy.indexOf(chunk)
    if (at >= 0) roomy.splice(at, 1)
    this.#resize(chunk, 0)
    const number = chunk.firstRow >>> this.chunkBits
    this.#chunks[number] = undefined
    this.#droppedChunks.push(number)
  }
}

interface Chunk {
  readonly sizeClass: number
  readonly runLength: number
  readonly firstRow: number
  /** Rows that the columns hold now, and where the next new run begins. */
  rows: number
  end: number
  /** Runs in use. */
  runs: number
  readonly freed: number[]
  /** Takes no more runs; it is being emptied. */
  closed: boolean
}
