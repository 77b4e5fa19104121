/** Where something is restored from: gives the parts that its `save` yielded, in that order, each in a buffer of its own. */
export type NextPart = () => Promise<Uint8Array>

/** A part as uint32 numbers, in the machine's order of bytes, in which they were saved. */
export function wordsOf(part: Uint8Array): Uint32Array {
  return new Uint32Array(bufferOf(part, 4))
}

export function floatsOf(part: Uint8Array): Float64Array {
  return new Float64Array(bufferOf(part, 8))
}

function bufferOf(part: Uint8Array, bytesEach: number): ArrayBuffer {
  if (part.byteLength % bytesEach !== 0) throw new Error(`a part has ${part.byteLength} bytes, no whole numbers`)
  return part.buffer as ArrayBuffer
}
