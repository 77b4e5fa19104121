import { seededRandom } from '@image-recommender/core/testing'

/** Whole numbers from 0 to below `end`. */
export type Pick = (end: number) => number

/** The same for the same seed and number, so that a find can be repeated alone. */
export function pickFor(seed: number, at: number): Pick {
  const random = seededRandom(seed ^ Math.imul(at + 1, 0x9e3779b1))
  return (end) => Math.floor(random() * end)
}

type Mutation = (bytes: Buffer, pick: Pick, others: readonly Buffer[]) => Buffer

/** Sizes and offsets are where parsers go wrong, and these are the values with which they do. */
const ODD_NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe]

/** A third of all places are among the first ones, where headers are. */
const placeIn = (bytes: Buffer, pick: Pick) =>
  pick(3) === 0 ? pick(Math.min(bytes.length, 96) || 1) : pick(bytes.length || 1)

const changed = (bytes: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes)
  if (copy.length > 0) change(copy)
  return copy
}

const mutations: readonly Mutation[] = [
  function flipBits(bytes, pick) {
    return changed(bytes, (copy) => {
      for (let left = 1 + pick(8); left > 0; left--) copy[placeIn(copy, pick)]! ^= 1 << pick(8)
    })
  },
  function overwrite(bytes, pick) {
    return changed(bytes, (copy) => {
      const start = placeIn(copy, pick)
      for (let at = start; at < Math.min(copy.length, start + 1 + pick(16)); at++) copy[at] = pick(256)
    })
  },
  function writeOddNumber(bytes, pick) {
    const value = ODD_NUMBERS[pick(ODD_NUMBERS.length)]!
    const width = [1, 2, 4][pick(3)]!
    if (bytes.length < width) return bytes
    const at = Math.min(placeIn(bytes, pick), bytes.length - width)
    const little = pick(2) === 0
    return changed(bytes, (copy) => {
      const cut = value % 2 ** (8 * width)
      if (little) copy.writeUIntLE(cut, at, width)
      else copy.writeUIntBE(cut, at, width)
    })
  },
  function cutOut(bytes, pick) {
    const at = placeIn(bytes, pick)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + pick(64))])
  },
  function repeat(bytes, pick) {
    const at = placeIn(bytes, pick)
    const piece = bytes.subarray(at, at + 1 + pick(256))
    const times = 1 + pick(8)
    return Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: times }, () => piece), bytes.subarray(at)])
  },
  function insert(bytes, pick) {
    const at = placeIn(bytes, pick)
    const piece = Buffer.from(Array.from({ length: 1 + pick(32) }, () => pick(256)))
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
  },
  function cutOff(bytes, pick) {
    return bytes.subarray(0, pick(bytes.length + 1))
  },
  function goOnAsAnother(bytes, pick, others) {
    const other = others[pick(others.length)]!
    return Buffer.concat([bytes.subarray(0, placeIn(bytes, pick)), other.subarray(placeIn(other, pick))])
  },
  function overwriteWithAnother(bytes, pick, others) {
    const other = others[pick(others.length)]!
    return changed(bytes, (copy) => {
      const from = placeIn(other, pick)
      other.copy(copy, placeIn(copy, pick), from, from + 1 + pick(128))
    })
  },
]

/** What comes of one of `sources` by one to four changes. */
export function mutated(sources: readonly Buffer[], pick: Pick, more: readonly Mutation[] = []): Buffer {
  let bytes = sources[pick(sources.length)]!
  const all = [...mutations, ...more]
  for (let left = 1 + pick(4); left > 0; left--) bytes = all[pick(all.length)]!(bytes, pick, sources)
  return bytes
}

export type { Mutation }
