/** Every single thing that is checked of hnswlib's file, one of them wrong at a time. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { capacityFor, Graph } from '../../src/graph/graph.ts'
import { bytesAVector, GraphFileCheck, type GraphFileShape, HEADER_BYTES } from '../../src/graph/graph-file.ts'
import { denseEntries } from '../support/entries.ts'
import { testFolder } from '../support/folder.ts'
import { native } from '../support/native.ts'

const SLOTS = 300
const FREE = 7
const options = { dimensions: 5, metric: 'euclidean', m: 4, efConstruction: 20 } as const
const shape: GraphFileShape = {
  ...options,
  slots: SLOTS,
  capacity: capacityFor(SLOTS),
  isFree: (slot) => slot === FREE,
}
const size = bytesAVector(shape)

let file: Buffer
let header: Buffer
let vectors: Buffer
let upper: Buffer

beforeEach(() => {
  const graph = new Graph(native, options)
  for (const [slot, { vector }] of denseEntries(SLOTS, 5, 1).entries()) graph.put(slot, vector)
  graph.remove(FREE)
  const path = join(testFolder().folder, 'graph')
  graph.write(path)
  file = readFileSync(path)
  const end = HEADER_BYTES + SLOTS * size
  header = file.subarray(0, HEADER_BYTES)
  vectors = file.subarray(HEADER_BYTES, end)
  upper = file.subarray(end)
})

function checkAll(own = shape): void {
  const check = new GraphFileCheck(own)
  check.header(header)
  const half = size * Math.floor(SLOTS / 2)
  check.vectors(vectors.subarray(0, half))
  check.vectors(vectors.subarray(half))
  check.upperLayers(upper)
}

/** Where the links of a vector in an upper layer begin, for each that has one: its slot, and the place. */
function upperLists(): { slot: number; at: number }[] {
  const lists: { slot: number; at: number }[] = []
  let at = 0
  for (let slot = 0; slot < SLOTS; slot++) {
    const bytes = upper.readUInt32LE(at)
    at += 4
    for (let nth = 0; nth < bytes / 20; nth++) lists.push({ slot, at: at + nth * 20 })
    at += bytes
  }
  return lists
}

it('is right as hnswlib writes it', () => {
  expect(upperLists().length).toBeGreaterThan(20)
  expect(checkAll).not.toThrow()
})

describe('a header', () => {
  it.each([
    [0, 'offset of the lowest layer'],
    [8, 'capacity'],
    [16, 'vectors'],
    [24, 'bytes a vector'],
    [32, 'place of the label'],
    [40, 'place of the values'],
    [56, 'm'],
    [64, 'twice m'],
    [72, 'm again'],
    [88, 'efConstruction'],
  ])('that at byte %i says another thing (%s)', (at) => {
    for (const change of [1n, -1n, 2n ** 32n]) {
      const value = header.readBigUInt64LE(at)
      header.writeBigUInt64LE(BigInt.asUintN(64, value + change), at)
      expect(checkAll, `${change}`).toThrow(/another shape|not made with/)
      header.writeBigUInt64LE(value, at)
    }
  })

  it('with another scale of the layers', () => {
    header.writeDoubleLE(1 / Math.log(5), 80)
    expect(checkAll).toThrow('not made with m = 4')
  })

  it('without an entry', () => {
    header.writeUInt32LE(SLOTS, 52)
    expect(checkAll).toThrow('no entry')
    header.writeUInt32LE(0, 52)
    header.writeInt32LE(-1, 48)
    expect(checkAll).toThrow('no entry')
  })

  it('with an entry that is not in its highest layer', () => {
    const top = header.readInt32LE(48)
    header.writeInt32LE(top + 1, 48)
    expect(checkAll).toThrow('its entry in another layer')
    header.writeInt32LE(top, 48)
    const layers = upperLists().map(({ slot }) => slot)
    const flat = Array.from({ length: SLOTS }, (_, slot) => slot).find((slot) => !layers.includes(slot))!
    header.writeUInt32LE(flat, 52)
    expect(checkAll).toThrow('its entry in another layer')
  })

  it('of a graph made otherwise', () => {
    expect(() => checkAll({ ...shape, m: 5 })).toThrow(/another shape|m = 5/)
    expect(() => checkAll({ ...shape, dimensions: 6 })).toThrow('another shape')
    expect(() => checkAll({ ...shape, efConstruction: 30 })).toThrow('efConstruction = 30')
    expect(() => checkAll({ ...shape, slots: 299 })).toThrow('another shape')
    expect(() => checkAll({ ...shape, capacity: 2048 })).toThrow('another shape')
  })

  it('that is cut off', () => {
    header = header.subarray(0, 95)
    expect(checkAll).toThrow('within its header')
  })
})

describe('vectors', () => {
  it('with a link beyond the last slot', () => {
    vectors.writeUInt32LE(SLOTS, 20 * size + 4)
    expect(checkAll).toThrow('leads nowhere')
    vectors.writeUInt32LE(2 ** 32 - 1, 20 * size + 4)
    expect(checkAll).toThrow('leads nowhere')
    vectors.writeUInt32LE(SLOTS - 1, 20 * size + 4)
    expect(checkAll).not.toThrow()
  })

  it('with such a link at the end of the last list', () => {
    const at = (SLOTS - 1) * size
    const count = vectors.readUInt16LE(at)
    vectors.writeUInt32LE(SLOTS, at + 4 * count)
    expect(checkAll).toThrow('leads nowhere')
  })

  it('with more links than there is room for', () => {
    vectors.writeUInt16LE(9, 20 * size)
    expect(checkAll).toThrow('more links than it may')
  })

  it('of which another one is deleted, or none', () => {
    vectors.writeUInt8(1, 20 * size + 2)
    expect(checkAll).toThrow('deleted another')
    vectors.writeUInt8(0, 20 * size + 2)
    vectors.writeUInt8(0, FREE * size + 2)
    expect(checkAll).toThrow('deleted another')
  })

  it('in other slots', () => {
    vectors.writeBigUInt64LE(21n, 20 * size + size - 8)
    expect(checkAll).toThrow('other slots')
  })

  it('that are too few, too many, or cut', () => {
    const whole = vectors
    vectors = whole.subarray(0, -size)
    expect(checkAll).toThrow('before its last vector')
    vectors = Buffer.concat([whole, whole.subarray(0, size)])
    expect(checkAll).toThrow('other slots')
    vectors = whole.subarray(0, -1)
    expect(checkAll).toThrow('within a vector')
  })
})

describe('upper layers', () => {
  it('with a link beyond the last slot', () => {
    upper.writeUInt32LE(SLOTS, upperLists()[3]!.at + 4)
    expect(checkAll).toThrow('leads nowhere')
  })

  it('with a link to a vector that is not in that layer', () => {
    const lists = upperLists()
    const flat = Array.from({ length: SLOTS }, (_, slot) => slot).find((slot) => !lists.some((it) => it.slot === slot))!
    upper.writeUInt32LE(flat, lists[3]!.at + 4)
    expect(checkAll).toThrow('leads nowhere')
  })

  it('with more links than there is room for', () => {
    upper.writeUInt16LE(5, upperLists()[3]!.at)
    expect(checkAll).toThrow('more links than it may')
  })

  it('of which one is no whole layer, or is above the highest', () => {
    upper.writeUInt32LE(19, 0)
    expect(checkAll).toThrow('layer of another shape')
    upper.writeUInt32LE(20 * 250, 0)
    expect(checkAll).toThrow('layer of another shape')
    upper.writeUInt32LE(20 * 256, 0)
    expect(checkAll).toThrow('layer of another shape')
  })

  it('that are cut off or go on', () => {
    const whole = upper
    for (const length of [0, 3, whole.length - 4]) {
      upper = whole.subarray(0, length)
      expect(checkAll, `${length}`).toThrow(/within its upper layers|does not end/)
    }
    for (const more of [1, 4, 24]) {
      upper = Buffer.concat([whole, Buffer.alloc(more)])
      expect(checkAll, `${more}`).toThrow('does not end where it should')
    }
  })
})
