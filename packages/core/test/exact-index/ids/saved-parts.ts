import type { NextPart } from '../../../src/exact-index/snapshot/parts.ts'

/** What was saved, as a file would give it back: copies, each in a buffer of its own. */
export function copiesOf(parts: Iterable<ArrayBufferView>): Uint8Array[] {
  return Array.from(parts, (part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice())
}

/** The same, out of one large buffer at odd places. */
export function slicesOf(parts: Iterable<ArrayBufferView>): Uint8Array[] {
  const copies = copiesOf(parts)
  const all = new Uint8Array(copies.reduce((sum, { length }) => sum + length, 1))
  let at = 1
  return copies.map((copy) => {
    all.set(copy, at)
    at += copy.length
    return all.subarray(at - copy.length, at)
  })
}

export function readerOf(parts: Iterable<Uint8Array>): NextPart {
  const left = [...parts]
  return async () => {
    const part = left.shift()
    if (!part) throw new Error('Nothing was saved behind this')
    return part
  }
}

/** The parts with one word of one of them changed. */
export function spoilt(parts: readonly Uint8Array[], part: number, word: number, value: number): Uint8Array[] {
  const copies = parts.map((bytes) => bytes.slice())
  const view = new DataView(copies.at(part)!.buffer)
  view.setUint32(4 * (word < 0 ? view.byteLength / 4 + word : word), value, true)
  return copies
}
