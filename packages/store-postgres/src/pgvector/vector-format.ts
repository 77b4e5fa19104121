import { ArrayWriter } from '../database/binary-array.ts'

/** pgvector's binary format, big-endian: how many values (int16), 0 (int16), the values (float32). */
const HEADER = 4

export function vectorBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + 4 * vector.length)
  write(vector, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0)
  return bytes
}

/** Vectors as one parameter. `type`: the number of the type `vector` in this database. */
export function vectorArray(vectors: readonly Float32Array[], type: number): Buffer {
  const writer = new ArrayWriter(type)
  for (const vector of vectors) writer.bytes(HEADER + 4 * vector.length, (_, view, from) => write(vector, view, from))
  return writer.finish()
}

/** What `vector_send` wrote, in base64. */
export function vectorOf(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  const vector = new Float32Array(bytes.readUInt16BE(0))
  for (let axis = 0; axis < vector.length; axis++) vector[axis] = bytes.readFloatBE(HEADER + 4 * axis)
  return vector
}

function write(vector: Float32Array, view: DataView, from: number): number {
  view.setUint16(from, vector.length)
  view.setUint16(from + 2, 0)
  let end = from + HEADER
  for (let axis = 0; axis < vector.length; axis++, end += 4) view.setFloat32(end, vector[axis]!)
  return end
}
