import { crc32 } from 'node:zlib'
import type { Mutation } from '../mutations.ts'

const SIGNATURE = 8

/** A decoder of PNG looks no further than the first wrong checksum; with right ones, it takes what was changed for what was meant. */
export const rightChecksums: Mutation = (bytes) => {
  if (bytes.toString('latin1', 1, 4) !== 'PNG') return bytes
  const copy = Buffer.from(bytes)
  for (let at = SIGNATURE; at + 12 <= copy.length; ) {
    const end = at + 8 + copy.readUInt32BE(at)
    if (end + 4 > copy.length) break
    copy.writeUInt32BE(crc32(copy.subarray(at + 4, end)), end)
    at = end + 4
  }
  return copy
}
