/** How many rows one call of the kernel may look at: their numbers and the rows' lengths then stay in the first cache. */
export const ROWS_PER_ANSWER = 1024

/** More rows per memory would not make anything faster, and what is kept per row is set aside for all of them at once. */
const MOST_ROWS = 2 ** 16

/** Small enough to come back soon after deletions, large enough that a hundred gigabytes are no more than 1,600 memories. */
const MOST_BYTES = 2 ** 26

/** Where things are in a memory that `kernel.wat` works on; places and `stride` in bytes. */
export interface RowLayout {
  readonly dimensions: number
  readonly query: number
  /** A float32 per row; nothing where `withLengths` is not set. */
  readonly lengths: number
  readonly answer: number
  /** Where row 0 begins. */
  readonly first: number
  /** From a row to the next: its axes, filled up with zeros to a multiple of 16 bytes. */
  readonly stride: number
  readonly rowsPerMemory: number
}

export interface RowLayoutOptions {
  readonly dimensions: number
  readonly withLengths: boolean
  /** Left out: as many as make 64 MiB, 65,536 at most. */
  readonly rowsPerMemory?: number | undefined
}

export function rowLayout({ dimensions, withLengths, rowsPerMemory }: RowLayoutOptions): RowLayout {
  const stride = Math.ceil(dimensions / 4) * 16
  const rows = rowsPerMemory ?? Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_BYTES / stride)))
  const answer = toCacheLine(stride)
  const lengths = toCacheLine(answer + ROWS_PER_ANSWER * 4)
  const first = toCacheLine(lengths + (withLengths ? rows * 4 : 0))
  return { dimensions, query: 0, answer, lengths, first, stride, rowsPerMemory: rows }
}

function toCacheLine(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
