/**
 * Where something is restored from: gives the parts that its `save` yielded, in that order, one by call. A part that covers
 * its whole buffer is taken over and must not be written to any more; any other is copied.
 */
export type NextPart = () => Promise<Uint8Array>

/** A part as uint32 words, in the machine's order of bytes, in which they were saved. */
export function wordsOf(part: Uint8Array): Uint32Array {
  return new Uint32Array(bufferOf(part, 4))
}

export function floatsOf(part: Uint8Array): Float64Array {
  return new Float64Array(bufferOf(part, 8))
}

/**
 * The words of a structure's first part, which begins with its mark and has so many words. The mark reads differently on a
 * machine with another order of bytes.
 */
export function headerOf(part: Uint8Array, mark: number, words: number, what: string): Uint32Array {
  const header = wordsOf(part)
  if (header.length !== words || header[0] !== mark) throw new Error(`a part is no snapshot of ${what}`)
  return header
}

function bufferOf(part: Uint8Array, bytesEach: number): ArrayBuffer {
  if (part.byteLength % bytesEach !== 0) throw new Error(`a part has ${part.byteLength} bytes, no whole numbers`)
  // A view into something larger would hold all of it for as long as the structure lives.
  const isWhole = part.byteLength === part.buffer.byteLength
  return (isWhole ? part.buffer : Uint8Array.from(part).buffer) as ArrayBuffer
}
