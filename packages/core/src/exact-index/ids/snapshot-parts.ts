/**
 * Where a structure is restored from: gives the parts that its `save()` yielded, in that order, one by call. A part that
 * covers its whole buffer is taken over and must not be written to any more; any other is copied.
 */
export type NextPart = () => Promise<Uint8Array>

/**
 * A part as uint32 words, in the machine's byte order, which is that of `save()`. The first word of every structure is a
 * mark that reads differently on a machine of the other order.
 */
export function wordsOf(part: Uint8Array): Uint32Array {
  if (part.byteLength % 4 !== 0) throw new Error(`A part of a snapshot has ${part.byteLength} bytes, no whole words`)
  // A view into something larger would hold all of it for as long as the structure lives.
  const whole = part.byteLength === part.buffer.byteLength
  return new Uint32Array(whole ? part.buffer : Uint8Array.from(part).buffer)
}

/** The words of a structure's first part, which begins with its mark and has so many words. */
export function headerOf(part: Uint8Array, mark: number, words: number, what: string): Uint32Array {
  const header = wordsOf(part)
  if (header.length !== words || header[0] !== mark) throw new Error(`This is no snapshot of ${what}`)
  return header
}
