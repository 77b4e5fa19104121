import { crc32 } from 'node:zlib'
import type { DetectedObject, ImageRecord } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { decodeRecord, encodeRecord } from '../src/records/record-codec.ts'
import { record } from './records.ts'

/** In a buffer that begins anywhere. */
const shifted = (bytes: Uint8Array) => Buffer.concat([new Uint8Array(3), bytes]).subarray(3)
const again = (given: ImageRecord) => decodeRecord(given.id, shifted(encodeRecord(given)))
const bitsOf = (vector: Float32Array) => [...new Uint32Array(vector.buffer, vector.byteOffset, vector.length)]
const bytesOf = (vector: Float32Array) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
/** With the checksum that makes the bytes a record of this id. */
const sealed = (id: string, hex: string) => {
  const bytes = Buffer.from(hex, 'hex')
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(crc32(Buffer.concat([Buffer.from(id), bytes])))
  return Buffer.concat([bytes, checksum])
}
const object = (fields: Partial<DetectedObject>): DetectedObject => ({
  axis: 1,
  score: 0.5,
  box: null,
  color: null,
  ...fields,
})

const vectors: [string, Float32Array][] = [
  ['empty', Float32Array.of()],
  ['zeros', new Float32Array(81)],
  ['one axis', Float32Array.of(0.5)],
  ['negative zero and the smallest number', Float32Array.of(-0, 0, 1e-45, -1e-45, 3.4e38)],
  ['negative zero among zeros', Float32Array.from({ length: 30 }, (_, axis) => (axis === 7 ? -0 : 0))],
  ['dense', Float32Array.from({ length: 2048 }, (_, axis) => Math.sin(axis))],
  ['long and sparse', Float32Array.from({ length: 65_536 }, (_, axis) => (axis === 65_535 ? 1 : 0))],
  ['longer', Float32Array.from({ length: 65_537 }, (_, axis) => (axis === 65_536 ? 1 : 0))],
  ['a part of a longer buffer', new Float32Array([9, 9, 0, 0, 0, 0, 0.25, 9]).subarray(2, 7)],
]

describe('a packed record', () => {
  it.each(vectors)('keeps every bit of a vector: %s', (_, vector) => {
    const found = again(record('a', { vector }))
    expect(found.vector).toBeInstanceOf(Float32Array)
    expect(bitsOf(found.vector)).toEqual(bitsOf(vector))
    expect(found.vector.buffer.byteLength).toBe(4 * vector.length)
  })

  it.each(vectors)('keeps every bit of an embedding, whatever the vector: %s', (_, vector) => {
    for (const [, other] of vectors) {
      const found = again(record('a', { vector: other, embedding: { spaceId: 'b', vector } }))
      const embedded = found.embedding!.vector
      expect(embedded).toBeInstanceOf(Float32Array)
      expect(Buffer.compare(bytesOf(embedded), bytesOf(vector))).toBe(0)
      expect(Buffer.compare(bytesOf(found.vector), bytesOf(other))).toBe(0)
      expect(embedded.buffer.byteLength).toBe(4 * vector.length)
    }
  })

  it.each([
    ['nothing', { objects: [], appearance: null, contentHash: null, tags: [], metadata: {}, embedding: null }],
    ['box only', { objects: [object({ box: [-0, 0.25, 0.5, 1] })] }],
    ['color only', { objects: [object({ color: [50, -128, 127.5] })] }],
    ['a far axis', { objects: [object({ axis: 4_000_000_000 })] }],
    ['an empty palette', { appearance: { palette: [], hash: '0123456789abcdef' } }],
    ['any hash', { appearance: { palette: [{ color: [1, 2, 3] as const, share: 1 }], hash: 'ÄÖ😀' } }],
    ['any content hash', { contentHash: 'sha1:ÄÖ' }],
    ['an upper-case one', { contentHash: 'AB'.repeat(32) }],
    ['a long one', { contentHash: 'ab'.repeat(33) }],
    ['any space', { spaceId: 'ä\u0000"\\' }],
    ['no embedding', { embedding: null }],
    ['an embedding and nothing else', { objects: [], appearance: null, contentHash: null, vector: Float32Array.of() }],
    ['one in any space', { embedding: { spaceId: 'ä\u0000"\\😀', vector: Float32Array.of(1) } }],
    ['odd sizes', { width: 1e12, height: 0 }],
  ] satisfies [string, Partial<ImageRecord>][])('gives back %s', (_, fields) => {
    expect(again(record('a', fields))).toEqual(record('a', fields))
  })

  it('gives back 500 random records exactly', () => {
    const random = seededRandom(2)
    const float = () => Math.fround((random() - 0.5) * 10 ** Math.floor(random() * 60 - 30))
    const color = () => [float(), float(), float()] as const
    for (let round = 0; round < 500; round++) {
      const density = random()
      const given = record(`record ${round}`, {
        vector: Float32Array.from({ length: Math.floor(random() * 200) }, () => (random() < density ? float() : 0)),
        objects: Array.from({ length: Math.floor(random() * 12) }, () =>
          object({
            axis: Math.floor(random() * 81),
            score: Math.fround(random()),
            box: random() < 0.5 ? null : [float(), float(), float(), float()],
            color: random() < 0.5 ? null : color(),
          }),
        ),
        appearance:
          random() < 0.3
            ? null
            : {
                palette: Array.from({ length: Math.floor(random() * 6) }, () => ({ color: color(), share: float() })),
                hash: 'f'.repeat(16),
              },
        embedding:
          random() < 0.3
            ? null
            : {
                spaceId: 'space',
                vector: Float32Array.from({ length: random() * 50 }, () => (random() < density ? float() : 0)),
              },
        contentHash:
          random() < 0.5 ? null : Buffer.from(Array.from({ length: 32 }, () => random() * 256)).toString('hex'),
      })
      const found = again(given)
      expect(found).toEqual(given)
      expect(bitsOf(found.vector)).toEqual(bitsOf(given.vector))
    }
  })

  it('is short', () => {
    const bare = record('a', { objects: [], appearance: null, tags: [], metadata: {}, spaceId: '', embedding: null })
    expect(encodeRecord(bare).length).toBeLessThan(120)
  })

  // Once written, these bytes are in databases: they must be read for ever, whatever is written later.
  it('of version 1 or 2 can be read, and is still of version 1 where there is no embedding', () => {
    const header = `0000000000008440${'0000000000007e40'}${'ab'.repeat(32)}`
    const head = `0107${header}`
    const objects =
      '01000000' + '03' + '11000000' + '0000003f' + '00000000000000000000003f0000803f' + '000048420000000000004843'
    const palette = '01000000' + '000080410000000000000000' + '0000003f'
    const sparse = '04000000' + '01000000' + '02000000' + '0000003f'
    const rest = Buffer.from('["space",["a","ä"],{"n":1},"00ff",null]').toString('hex')
    const expected: ImageRecord = {
      id: 'a',
      spaceId: 'space',
      objects: [{ axis: 17, score: 0.5, box: [0, 0, 0.5, 1], color: [50, 0, 200] }],
      vector: Float32Array.of(0, 0, 0.5, 0),
      width: 640,
      height: 480,
      appearance: { palette: [{ color: [16, 0, 0], share: 0.5 }], hash: '00ff' },
      tags: ['a', 'ä'],
      metadata: { n: 1 },
      contentHash: 'ab'.repeat(32),
      embedding: null,
    }
    expect(decodeRecord('a', sealed('a', head + objects + palette + sparse + rest))).toEqual(expected)
    expect(Buffer.from(encodeRecord(expected))).toEqual(sealed('a', head + objects + palette + sparse + rest))
    const dense = '02000000' + '0000003f' + '0000c0bf'
    const bare = `0100${'00'.repeat(16)}00000000${dense}${Buffer.from('["",[],{},null,"x"]').toString('hex')}`
    expect(decodeRecord('b', sealed('b', bare))).toMatchObject({
      vector: Float32Array.of(0.5, -1.5),
      appearance: null,
      contentHash: 'x',
      objects: [],
      embedding: null,
    })

    const restOf2 = Buffer.from('["space",["a","ä"],{"n":1},"00ff",null,"é"]').toString('hex')
    const sparseOf2 = '05000000' + '01000000' + '04000000' + '0000c0bf'
    const both = objects + palette + sparse
    const inSparse = { ...expected, embedding: { spaceId: 'é', vector: Float32Array.of(0, 0, 0, 0, -1.5) } }
    expect(decodeRecord('a', sealed('a', `020f${header}${both}${sparseOf2}${restOf2}`))).toEqual(inSparse)
    const inDense = { ...expected, embedding: { spaceId: 'é', vector: Float32Array.of(0.5, -1.5) } }
    expect(decodeRecord('a', sealed('a', `0207${header}${both}${dense}${restOf2}`))).toEqual(inDense)
  })

  const withAndWithout: [string, Partial<ImageRecord>][] = [
    ['with an embedding', {}],
    ['without one', { embedding: null }],
  ]

  it.each(withAndWithout)('that is cut short or newer is refused by name: %s', (_, fields) => {
    const bytes = Buffer.from(encodeRecord(record('a', fields)))
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeRecord('the one', bytes.subarray(0, length)), `${length} bytes`).toThrow('"the one"')
    }
    expect(() => decodeRecord('newer', Buffer.from([3, ...bytes.subarray(1)]))).toThrow(
      /"newer".*newer version.*up to 2/,
    )
  })

  it.each(withAndWithout)('in which any bit or byte has changed, or of another image, is refused: %s', (_, fields) => {
    const random = seededRandom(5)
    const given = record('a', { metadata: { title: 'a title' }, ...fields })
    const bytes = encodeRecord(given)
    let refused = 0
    const damage = (change: (copy: Buffer) => void) => {
      const copy = Buffer.from(bytes)
      change(copy)
      if (copy.equals(bytes)) return
      expect(() => decodeRecord('a', copy)).toThrow(expect.objectContaining({ code: 'STORE_FAILED' }))
      refused++
    }
    for (let bit = 0; bit < 8 * bytes.length; bit++) damage((copy) => (copy[bit >> 3]! ^= 1 << (bit & 7)))
    for (let round = 0; round < 5_000; round++) {
      damage((copy) => {
        for (let left = 1 + Math.floor(random() * 8); left > 0; left--) {
          copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256)
        }
      })
    }
    expect(refused).toBeGreaterThan(7_000)
    expect(() => decodeRecord('b', Buffer.from(bytes))).toThrow('"b" is damaged')
    expect(decodeRecord('a', Buffer.from(bytes))).toEqual(given)
  })

  it('that somebody else sealed is refused where it is no record, and reserves no memory for what it is not', () => {
    const empty = `00${'00'.repeat(16)}`
    const rest = Buffer.from('["",[],{},null,null]').toString('hex')
    const none = '00000000'
    const sparse = `0208${'00'.repeat(16)}${none}${none}`
    for (const [fault, hex] of [
      ['nothing behind the header', `01${empty}`],
      ['4 billion objects', `01${empty}ffffffff`],
      ['a sparse vector of 4 billion axes', `0104${'00'.repeat(16)}00000000ffffffff00000000`],
      ['an axis that its sparse vector does not have', `0104${'00'.repeat(16)}00000000020000000100000002000000${rest}`],
      ['no JSON', `01${empty}0000000000000000`],
      ['no embedding in version 2', `02${empty}0000000000000000${rest}`],
      ['an embedding in version 1', `01${empty}0000000000000000${none}${rest}`],
      ['a sparse embedding of 4 billion axes', `${sparse}ffffffff00000000${rest}`],
      ['one of more axes than are kept sparse', `${sparse}0100010000000000${rest}`],
      ['an axis that its sparse embedding does not have', `${sparse}020000000100000002000000${none}${rest}`],
      ['4 billion values of a sparse embedding', `${sparse}02000000ffffffff`],
    ] as const) {
      expect(() => decodeRecord('odd', sealed('odd', hex)), fault).toThrow('"odd" is damaged')
    }
    for (const [fault, hex] of [
      ['a dense vector of 2 billion axes', `01${empty}${none}ffffff7f${none}`],
      ['an embedding of 2 billion axes', `02${empty}${none}${none}ffffff7f`],
    ] as const) {
      const cause = new RangeError('The record ends in the middle.')
      expect(() => decodeRecord('odd', sealed('odd', hex)), fault).toThrow(expect.objectContaining({ cause }))
    }
  })
})
