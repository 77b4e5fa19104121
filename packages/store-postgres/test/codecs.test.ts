import type { DetectedObject } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { decodeFacts, encodeFacts } from '../src/facts-codec.ts'
import { decodeTag, encodeTag } from '../src/tag-text.ts'
import { decodeVector, encodeVector } from '../src/vector-codec.ts'

const bitsOf = (vector: Float32Array) => [...new Uint32Array(vector.buffer, vector.byteOffset, vector.length)]

describe('vector codec', () => {
  it.each([
    ['empty', Float32Array.of()],
    ['zeros', new Float32Array(81)],
    ['one axis', Float32Array.of(0.5)],
    ['negative zero and the smallest number', Float32Array.of(-0, 0, 1e-45, -1e-45, 3.4e38)],
    ['negative zero among zeros', Float32Array.from({ length: 30 }, (_, axis) => (axis === 7 ? -0 : 0))],
    ['dense', Float32Array.from({ length: 2048 }, (_, axis) => Math.sin(axis))],
    [
      'more axes than an uint16 can name',
      Float32Array.from({ length: 70_000 }, (_, axis) => (axis === 69_999 ? 1 : 0)),
    ],
    ['the last axis that it can', Float32Array.from({ length: 65_536 }, (_, axis) => (axis === 65_535 ? 1 : 0))],
    ['a part of a longer buffer', new Float32Array([9, 9, 0, 0, 0, 0, 0.25, 9]).subarray(2, 7)],
  ])('keeps every bit: %s', (_, vector) => {
    expect(bitsOf(decodeVector(encodeVector(vector)))).toEqual(bitsOf(vector))
  })

  it('keeps every bit of 500 random vectors, in buffers that begin anywhere', () => {
    const random = seededRandom(1)
    for (let round = 0; round < 500; round++) {
      const density = random()
      const vector = Float32Array.from({ length: Math.floor(random() * 200) }, () =>
        random() < density ? (random() - 0.5) * 10 ** Math.floor(random() * 60 - 30) : 0,
      )
      const bytes = encodeVector(vector)
      const shifted = Buffer.concat([new Uint8Array(3), bytes]).subarray(3)
      expect(bitsOf(decodeVector(shifted))).toEqual(bitsOf(vector))
    }
  })

  it('is short for object vectors', () => {
    const vector = new Float32Array(81)
    vector.set([0.9, 0.8, 0.7], 1)
    expect(encodeVector(vector).length).toBe(23)
  })

  // Once written, these bytes are in databases: they must be read for ever, whatever is written later.
  it('reads what version 1 wrote', () => {
    const sparse = Buffer.from('010400000002000000003f', 'hex')
    expect([...decodeVector(sparse)]).toEqual([0, 0, 0.5, 0])
    expect([...decodeVector(Buffer.from('000000003f0000c0bf', 'hex'))]).toEqual([0.5, -1.5])
  })

  it('refuses what it does not know', () => {
    for (const bytes of ['', '07', '0104', '01040000000900000000003f', '00000000']) {
      expect(() => decodeVector(Buffer.from(bytes, 'hex')), bytes).toThrow(RangeError)
    }
  })
})

describe('facts codec', () => {
  const object = (fields: Partial<DetectedObject>): DetectedObject => ({
    axis: 1,
    score: 0.5,
    box: null,
    color: null,
    ...fields,
  })

  it.each([
    ['nothing', { objects: [], appearance: null }],
    ['box only', { objects: [object({ box: [0, 0.25, 0.5, 1] })], appearance: null }],
    ['color only', { objects: [object({ color: [50, -128, 127.5] })], appearance: null }],
    ['a far axis', { objects: [object({ axis: 4_000_000_000 })], appearance: null }],
    ['an empty palette', { objects: [], appearance: { palette: [], hash: '0123456789abcdef' } }],
    [
      'any hash',
      { objects: [object({})], appearance: { palette: [{ color: [1, 2, 3] as const, share: 1 }], hash: 'ÄÖ😀' } },
    ],
  ])('gives back %s', (_, facts) => {
    expect(decodeFacts(encodeFacts(facts))).toEqual(facts)
  })

  it('gives back 500 random facts exactly', () => {
    const random = seededRandom(2)
    const float = () => Math.fround((random() - 0.5) * 256)
    const color = () => [float(), float(), float()] as const
    for (let round = 0; round < 500; round++) {
      const facts = {
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
                palette: Array.from({ length: 5 }, () => ({ color: color(), share: Math.fround(random()) })),
                hash: 'f'.repeat(16),
              },
      }
      const shifted = Buffer.concat([new Uint8Array(1), encodeFacts(facts)]).subarray(1)
      expect(decodeFacts(shifted)).toEqual(facts)
    }
  })

  it('reads what version 1 wrote', () => {
    const bytes =
      '0101' +
      '01000000' +
      '03' +
      '11000000' +
      '0000003f' +
      '00000000000000000000003f0000803f' +
      '000048420000000000004843'
    const appearance = '01000000' + '000080410000000000000000' + '0000003f' + '02000000' + '6162'
    expect(decodeFacts(Buffer.from(bytes + appearance, 'hex'))).toEqual({
      objects: [{ axis: 17, score: 0.5, box: [0, 0, 0.5, 1], color: [50, 0, 200] }],
      appearance: { palette: [{ color: [16, 0, 0], share: 0.5 }], hash: 'ab' },
    })
  })

  it('refuses what is damaged or newer', () => {
    const bytes = encodeFacts({ objects: [object({ box: [0, 0, 1, 1] })], appearance: { palette: [], hash: 'ab' } })
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeFacts(bytes.subarray(0, length)), `${length} bytes`).toThrow(RangeError)
    }
    expect(() => decodeFacts(Buffer.concat([bytes, bytes]))).toThrow(RangeError)
    expect(() => decodeFacts(Uint8Array.of(2, ...bytes.subarray(1)))).toThrow('version 2')
  })
})

describe('tag text', () => {
  it('takes U+0000 out, brings it back, and leaves every other tag alone', () => {
    const tags = ['a', '', '\u0000', '\u0001', '\u00010', '\u00011', '\u0000\u0001\u00000', '😀 "\\{}']
    expect(tags.map(encodeTag).map(decodeTag)).toEqual(tags)
    expect(new Set(tags.map(encodeTag)).size).toBe(tags.length)
    expect(tags.map(encodeTag).join('')).not.toContain('\u0000')
    expect(encodeTag('😀 "\\{}')).toBe('😀 "\\{}')
  })
})
