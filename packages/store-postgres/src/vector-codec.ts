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

export function encodeVector(vector: Float32Array): Uint8Array {
  // By its bits, because -0 is equal to 0 and would be lost.
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length)
  let present = 0
  for (const value of bits) if (value !== 0) present++
  const sparseSize = SPARSE_HEADER + SPARSE_ENTRY * present
  const denseSize = 1 + 4 * bits.length
  return sparseSize < denseSize && bits.length <= 0x10000
    ? encodeSparse(bits, sparseSize)
    : encodeDense(bits, denseSize)
}

export function decodeVector(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const format = view.getUint8(0)
  if (format === DENSE) return decodeDense(view)
  if (format === SPARSE) return decodeSparse(view)
  throw new RangeError(`Unknown vector format ${format}.`)
}

function encodeDense(bits: Uint32Array, size: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(size))
  view.setUint8(0, DENSE)
  for (const [axis, value] of bits.entries()) view.setUint32(1 + 4 * axis, value, true)
  return new Uint8Array(view.buffer)
}

function decodeDense(view: DataView): Float32Array {
  if (view.byteLength % 4 !== 1) throw new RangeError(`A dense vector of ${view.byteLength} bytes.`)
  const bits = new Uint32Array((view.byteLength - 1) / 4)
  for (let axis = 0; axis < bits.length; axis++) bits[axis] = view.getUint32(1 + 4 * axis, true)
  return new Float32Array(bits.buffer)
}

function encodeSparse(bits: Uint32Array, size: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(size))
  view.setUint8(0, SPARSE)
  view.setUint32(1, bits.length, true)
  let at = SPARSE_HEADER
  for (let axis = 0; axis < bits.length; axis++) {
    if (bits[axis] === 0) continue
    view.setUint16(at, axis, true)
    view.setUint32(at + 2, bits[axis]!, true)
    at += SPARSE_ENTRY
  }
  return new Uint8Array(view.buffer)
}

function decodeSparse(view: DataView): Float32Array {
  const length = view.getUint32(1, true)
  if (length > 0x10000) throw new RangeError(`A sparse vector of ${length} axes.`)
  const bits = new Uint32Array(length)
  for (let at = SPARSE_HEADER; at < view.byteLength; at += SPARSE_ENTRY) {
    const axis = view.getUint16(at, true)
    if (axis >= length) throw new RangeError(`Axis ${axis} of ${length}.`)
    bits[axis] = view.getUint32(at + 2, true)
  }
  return new Float32Array(bits.buffer)
}
