/**
 * HalfSipHash-1-3 with a result of 32 bits: the keyed hash for hash tables by Jean-Philippe Aumasson and Daniel J.
 * Bernstein, as in their reference code (CC0) and in Linux (`hsiphash`). Whoever does not know the key cannot choose
 * strings that collide, which for MurmurHash3 is possible under any seed.
 *
 * @param words the bytes of the string, the first in the low bits, and at least one word more than it fills
 * @param length of the string in bytes
 * @param key0 the first half of the key
 * @param key1 the second
 * @returns a uint32
 */
export function halfSipHash(words: Uint32Array, length: number, key0: number, key1: number): number {
  const whole = length >>> 2
  // The last word is what remains of the string, and its length on top.
  const last = (words[whole]! & ((1 << (8 * (length & 3))) - 1)) | (length << 24)
  let v0 = key0 | 0
  let v1 = key1 | 0
  let v2 = key0 ^ 0x6c796765
  let v3 = key1 ^ 0x74656462
  for (let at = 0; at <= whole; at++) {
    const word = at < whole ? words[at]! | 0 : last
    v3 ^= word
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
  }
  v2 ^= 0xff
  for (let round = 0; round < 3; round++) {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
  }
  return (v1 ^ v3) >>> 0
}
