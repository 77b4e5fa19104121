/**
 * A vector as bytes, little-endian. The first byte is the format, and other formats may come:
 *
 *     0  dense    every value (float32)
 *     1  sparse   how many axes (uint32), then for each value that is not zero: axis (uint16), value (float32)
 *
 * Object vectors have three values of 81 above zero: 23 bytes instead of 325.
 */
const DENSE = 0
const SPARSE = 1
const SPARSE_HEADER = 5
const SPARSE_ENTRY = 6
const MOST_SPARSE_AXES = 0x10000

export function encodeVector(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(mostVectorBytes(vector))
  return bytes.slice(0, writeVector(vector, new DataView(bytes.buffer), 0))
}

export function decodeVector(bytes: Uint8Array): Float32Array {
  return readVector(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength)
}

/** How many bytes it takes at most. */
export function mostVectorBytes(vector: Float32Array): number {
  return 1 + 4 * vector.length
}

/** Writes a vector from `from` on, in the shorter format; returns where it ends. */
export function writeVector(vector: Float32Array, view: DataView, from: number): number {
  const denseEnd = from + mostVectorBytes(vector)
  let end = from + SPARSE_HEADER
  if (end >= denseEnd || vector.length > MOST_SPARSE_AXES) return writeDense(vector, view, from)
  view.setUint8(from, SPARSE)
  view.setUint32(from + 1, vector.length, true)
  for (let axis = 0; axis < vector.length; axis++) {
    const value = vector[axis]!
    // -0 is equal to 0, and would be lost.
    if (value === 0 && !Object.is(value, -0)) continue
    if (end + SPARSE_ENTRY >= denseEnd) return writeDense(vector, view, from)
    view.setUint16(end, axis, true)
    view.setFloat32(end + 2, value, true)
    end += SPARSE_ENTRY
  }
  return end
}

/** The vector from `from` to before `end`. @throws RangeError where there is none that is understood */
export function readVector(view: DataView, from: number, end: number): Float32Array {
  const format = view.getUint8(from)
  if (format === DENSE) return readDense(view, from, end)
  if (format === SPARSE) return readSparse(view, from, end)
  throw new RangeError(`Unknown vector format ${format}.`)
}

function writeDense(vector: Float32Array, view: DataView, from: number): number {
  view.setUint8(from, DENSE)
  for (let axis = 0; axis < vector.length; axis++) view.setFloat32(from + 1 + 4 * axis, vector[axis]!, true)
  return from + mostVectorBytes(vector)
}

function readDense(view: DataView, from: number, end: number): Float32Array {
  if ((end - from) % 4 !== 1) throw new RangeError(`A dense vector of ${end - from} bytes.`)
  const vector = new Float32Array((end - from - 1) / 4)
  for (let axis = 0; axis < vector.length; axis++) vector[axis] = view.getFloat32(from + 1 + 4 * axis, true)
  return vector
}

function readSparse(view: DataView, from: number, end: number): Float32Array {
  const length = view.getUint32(from + 1, true)
  if (length > MOST_SPARSE_AXES) throw new RangeError(`A sparse vector of ${length} axes.`)
  if ((end - from - SPARSE_HEADER) % SPARSE_ENTRY !== 0)
    throw new RangeError('A sparse vector that ends in the middle.')
  const vector = new Float32Array(length)
  for (let at = from + SPARSE_HEADER; at < end; at += SPARSE_ENTRY) {
    const axis = view.getUint16(at, true)
    if (axis >= length) throw new RangeError(`Axis ${axis} of ${length}.`)
    vector[axis] = view.getFloat32(at + 2, true)
  }
  return vector
}
