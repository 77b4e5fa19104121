import type { ByteReader } from './byte-reader.ts'

/** A damaged length must not reserve gigabytes: longer vectors are kept dense, and end where their bytes end. */
const LONGEST_SPARSE = 0x10000

/** A vector as it will be packed, sparse or dense, whichever is shorter. */
export class PackedVector {
  readonly sparse: boolean
  /** How many bytes it takes. */
  readonly size: number
  /** By its bits, because -0 is equal to 0 and would be lost. */
  readonly #bits: Uint32Array
  readonly #present: number

  constructor(vector: Float32Array) {
    const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length)
    let present = 0
    for (let axis = 0; axis < bits.length; axis++) if (bits[axis] !== 0) present++
    this.sparse = bits.length <= LONGEST_SPARSE && 4 + 8 * present < 4 * bits.length
    this.size = this.sparse ? 8 + 8 * present : 4 + 4 * bits.length
    this.#bits = bits
    this.#present = present
  }

  /** Returns where it ends. */
  write(view: DataView, start: number): number {
    return this.sparse ? writeSparse(view, start, this.#bits, this.#present) : writeDense(view, start, this.#bits)
  }
}

export function readVector(reader: ByteReader, sparse: boolean): Float32Array {
  return sparse ? readSparse(reader) : readDense(reader)
}

function writeSparse(view: DataView, start: number, bits: Uint32Array, present: number): number {
  view.setUint32(start, bits.length, true)
  view.setUint32(start + 4, present, true)
  let at = start + 8
  for (let axis = 0; axis < bits.length; axis++) {
    if (bits[axis] === 0) continue
    view.setUint32(at, axis, true)
    view.setUint32(at + 4, bits[axis]!, true)
    at += 8
  }
  return at
}

function readSparse(reader: ByteReader): Float32Array {
  const length = reader.count()
  if (length > LONGEST_SPARSE) throw new RangeError(`A sparse vector of ${length} axes.`)
  const vector = new Float32Array(length)
  for (let left = reader.count(); left > 0; left--) {
    const axis = reader.count()
    if (axis >= length) throw new RangeError(`Axis ${axis} of ${length}.`)
    vector[axis] = reader.float()
  }
  return vector
}

function writeDense(view: DataView, start: number, bits: Uint32Array): number {
  view.setUint32(start, bits.length, true)
  for (let axis = 0; axis < bits.length; axis++) view.setUint32(start + 4 + 4 * axis, bits[axis]!, true)
  return start + 4 + 4 * bits.length
}

function readDense(reader: ByteReader): Float32Array {
  const length = reader.count()
  reader.require(4 * length)
  const vector = new Float32Array(length)
  for (let axis = 0; axis < length; axis++) vector[axis] = reader.float()
  return vector
}
