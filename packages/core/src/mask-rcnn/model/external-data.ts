/**
 * Whether an ONNX file wants parts of itself read from other files. onnxruntime resolves such names against the working
 * folder even when the model is given as bytes (tried with 1.30), so a foreign model could read files it has no business
 * with. The walk follows onnx.proto (field numbers of ONNX IR 13) and jumps over everything that holds no tensors.
 *
 * @throws RangeError where the bytes end early or are no protocol buffer
 */
export function usesExternalData(model: Uint8Array): boolean {
  return visit(model, 0, model.length, MODEL)
}

/** Per message: which fields hold messages that have to be looked into. */
type Message = { readonly [field: number]: Message | 'external' }

// The messages refer to each other in a circle (a graph's node's attribute can be a graph), hence filled in afterwards.
const TENSOR: Message = { 13: 'external', 14: 'external' }
const SPARSE_TENSOR: Message = { 1: TENSOR, 2: TENSOR }
const ATTRIBUTE: { [field: number]: Message } = { 5: TENSOR, 10: TENSOR, 22: SPARSE_TENSOR, 23: SPARSE_TENSOR }
const NODE: Message = { 5: ATTRIBUTE }
const GRAPH: Message = { 1: NODE, 5: TENSOR, 15: SPARSE_TENSOR }
ATTRIBUTE[6] = GRAPH
ATTRIBUTE[11] = GRAPH
const FUNCTION: Message = { 7: NODE, 11: ATTRIBUTE }
const TRAINING: Message = { 1: GRAPH, 2: GRAPH }
const MODEL: Message = { 7: GRAPH, 20: TRAINING, 25: FUNCTION }

const VARINT = 0
const FIXED_64 = 1
const BYTES = 2
const FIXED_32 = 5

function visit(bytes: Uint8Array, start: number, end: number, message: Message): boolean {
  const cursor = { at: start }
  while (cursor.at < end) {
    const key = varint(bytes, cursor, end)
    const inside = message[Math.floor(key / 8)]
    switch (key % 8) {
      case VARINT: {
        // data_location: DEFAULT is 0, EXTERNAL is 1.
        const value = varint(bytes, cursor, end)
        if (inside === 'external' && value !== 0) return true
        break
      }
      case FIXED_64:
        cursor.at += 8
        break
      case FIXED_32:
        cursor.at += 4
        break
      case BYTES: {
        const length = varint(bytes, cursor, end)
        const next = cursor.at + length
        if (next > end) throw new RangeError(`a field of ${length} bytes at ${cursor.at} goes beyond the end at ${end}`)
        if (inside === 'external') return true
        if (inside !== undefined && visit(bytes, cursor.at, next, inside)) return true
        cursor.at = next
        break
      }
      default:
        throw new RangeError(`the field at ${cursor.at} is of wire type ${key % 8}`)
    }
  }
  if (cursor.at > end) throw new RangeError(`a number at the end goes beyond it`)
  return false
}

function varint(bytes: Uint8Array, cursor: { at: number }, end: number): number {
  let value = 0
  for (let shift = 0; shift < 70; shift += 7) {
    if (cursor.at >= end) throw new RangeError(`it ends at ${end}, within a number`)
    const byte = bytes[cursor.at++]!
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value
  }
  throw new RangeError(`the number at ${cursor.at - 10} has more than ten bytes`)
}
