import type { DetectedObject, Embedding } from '@image-recommender/core'
import { seededRandom } from '@image-recommender/core/testing'
import { describe, expect, it } from 'vitest'
import { type Facts, mostFactsBytes, readFacts, writeFacts } from '../src/records/facts-codec.ts'
import { checksum } from '../src/records/packed-bytes.ts'
import { decodeTag, encodeTag } from '../src/records/tag-text.ts'
import { decodeVector, encodeVector } from '../src/records/vector-codec.ts'

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
    ['one axis more than it can name', Float32Array.from({ length: 65_537 }, (_, axis) => (axis === 65_536 ? 1 : 0))],
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
    for (const bytes of ['', '07', '0104', '01040000000900000000003f', '01040000000400000000003f', '00000000']) {
      expect(() => decodeVector(Buffer.from(bytes, 'hex')), bytes).toThrow(RangeError)
    }
  })
})

const VECTOR_CHECKSUM = 0xfedcba98

function encodeFacts(facts: Facts, vectorChecksum = VECTOR_CHECKSUM): Buffer {
  const bytes = Buffer.alloc(mostFactsBytes(facts))
  return bytes.subarray(0, writeFacts(facts, vectorChecksum, bytes, viewOf(bytes), 0))
}

function decodeFacts(bytes: Buffer, vectorChecksum = VECTOR_CHECKSUM): Facts {
  return readFacts(bytes, vectorChecksum, viewOf(bytes), 0, bytes.length)
}

const viewOf = (bytes: Buffer) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** With the checksum that makes the bytes facts of the vector. */
function sealed(hex: string): Buffer {
  const bytes = Buffer.from(`${hex}00000000`, 'hex')
  const end = bytes.length - 4
  bytes.writeUInt32LE(checksum(bytes, 0, end, VECTOR_CHECKSUM), end)
  return bytes
}

describe('facts codec', () => {
  const object = (fields: Partial<DetectedObject>): DetectedObject => ({
    axis: 1,
    score: 0.5,
    box: null,
    color: null,
    ...fields,
  })
  const factsOf = (fields: Partial<Facts>): Facts => ({ objects: [], appearance: null, embedding: null, ...fields })
  const embeddingOf = (vector: Float32Array, spaceId = 'space'): Embedding => ({ spaceId, vector })

  it.each([
    ['nothing', {}],
    ['box only', { objects: [object({ box: [0, 0.25, 0.5, 1] })] }],
    ['color only', { objects: [object({ color: [50, -128, 127.5] })] }],
    ['a far axis', { objects: [object({ axis: 4_000_000_000 })] }],
    ['a hash of three bytes a character', { appearance: { palette: [], hash: '€'.repeat(50) } }],
    ['an empty palette', { appearance: { palette: [], hash: '0123456789abcdef' } }],
    ['any hash', { objects: [object({})], appearance: { palette: [{ color: [1, 2, 3], share: 1 }], hash: 'ÄÖ😀' } }],
    ['an embedding and nothing else', { embedding: embeddingOf(Float32Array.of(0.5)) }],
    ['one in a space of three bytes a character', { embedding: embeddingOf(Float32Array.of(0.5), '€'.repeat(170)) }],
    ['one in any space', { objects: [object({})], embedding: embeddingOf(Float32Array.of(0.5), 'ÄÖ😀') }],
    ['one of no space and no axes', { embedding: embeddingOf(Float32Array.of(), '') }],
  ] satisfies [string, Partial<Facts>][])('gives back %s', (_, fields) => {
    expect(decodeFacts(encodeFacts(factsOf(fields)))).toEqual(factsOf(fields))
  })

  it.each([
    ['negative zero and the smallest number', Float32Array.of(-0, 0, 1e-45, -1e-45, 3.4e38)],
    ['negative zero among zeros', Float32Array.from({ length: 30 }, (_, axis) => (axis === 7 ? -0 : 0))],
    ['dense', Float32Array.from({ length: 2048 }, (_, axis) => Math.sin(axis))],
    ['more axes than are kept sparse', Float32Array.from({ length: 65_537 }, (_, axis) => (axis === 65_536 ? 1 : 0))],
    ['a part of a longer buffer', new Float32Array([9, 9, 0, 0, 0, 0, 0.25, 9]).subarray(2, 7)],
  ])('keeps every bit of an embedding: %s', (_, vector) => {
    const found = decodeFacts(encodeFacts(factsOf({ embedding: embeddingOf(vector) }))).embedding!.vector
    expect(bitsOf(found)).toEqual(bitsOf(vector))
    expect(found.buffer.byteLength).toBe(4 * vector.length)
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
        embedding:
          random() < 0.3
            ? null
            : embeddingOf(Float32Array.from({ length: random() * 50 }, () => (random() < 0.5 ? 0 : float()))),
      }
      const shifted = Buffer.concat([new Uint8Array(1), encodeFacts(facts)]).subarray(1)
      expect(decodeFacts(shifted)).toEqual(facts)
    }
  })

  // Once written, these bytes are in databases: they must be read for ever, whatever is written later.
  it('reads what versions 1, 2 and 3 wrote, and still writes 2 where there is no embedding', () => {
    const bytes =
      '0101' +
      '01000000' +
      '03' +
      '11000000' +
      '0000003f' +
      '00000000000000000000003f0000803f' +
      '000048420000000000004843'
    const appearance = '01000000' + '000080410000000000000000' + '0000003f' + '02000000' + '6162'
    const facts: Facts = {
      objects: [{ axis: 17, score: 0.5, box: [0, 0, 0.5, 1], color: [50, 0, 200] }],
      appearance: { palette: [{ color: [16, 0, 0], share: 0.5 }], hash: 'ab' },
      embedding: null,
    }
    expect(decodeFacts(Buffer.from(bytes + appearance, 'hex'))).toEqual(facts)
    expect(() => decodeFacts(Buffer.from(`${bytes}${appearance}00`, 'hex'))).toThrow('behind their end')
    const second = bytes.replace(/^01/, '02')
    expect(decodeFacts(Buffer.from(`${second}${appearance}8490ef86`, 'hex'))).toEqual(facts)
    expect(encodeFacts(facts).toString('hex')).toBe(`${second}${appearance}8490ef86`)

    const third = bytes.replace(/^01/, '03')
    const sparse = '03000000' + 'c3a962' + '01' + '04000000' + '0200' + '0000003f'
    const withSparse = { ...facts, embedding: embeddingOf(Float32Array.of(0, 0, 0.5, 0), 'éb') }
    expect(decodeFacts(Buffer.from(`${third}${appearance}${sparse}9036dd72`, 'hex'))).toEqual(withSparse)
    const dense = '01000000' + '78' + '00' + '0000003f' + '0000c0bf'
    const withDense = factsOf({ embedding: embeddingOf(Float32Array.of(0.5, -1.5), 'x') })
    expect(decodeFacts(Buffer.from(`030000000000${dense}26593616`, 'hex'))).toEqual(withDense)
  })

  it.each([
    ['no embedding', null],
    ['a sparse embedding', embeddingOf(Float32Array.from({ length: 40 }, (_, axis) => (axis % 20 === 7 ? 0.5 : 0)))],
    ['a dense embedding', embeddingOf(Float32Array.from({ length: 20 }, (_, axis) => Math.sin(axis)))],
  ])('refuses what is damaged or newer: %s', (_, embedding) => {
    const facts = { objects: [object({ box: [0, 0, 1, 1] })], appearance: { palette: [], hash: 'ab' }, embedding }
    const bytes = encodeFacts(facts)
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeFacts(bytes.subarray(0, length)), `${length} bytes`).toThrow(RangeError)
    }
    expect(() => decodeFacts(Buffer.concat([bytes, bytes]))).toThrow(RangeError)
    expect(() => decodeFacts(Buffer.of(4, ...bytes.subarray(1)))).toThrow('version 4')
    expect(() => decodeFacts(bytes, VECTOR_CHECKSUM + 1)).toThrow('checksum')
    for (const version of [1, 2, 3].filter((other) => other !== bytes[0])) {
      expect(() => decodeFacts(Buffer.of(version, ...bytes.subarray(1))), `version ${version}`).toThrow(RangeError)
    }
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => decodeFacts(bytes), `bit ${bit}`).toThrow(RangeError)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
    expect(decodeFacts(bytes)).toEqual(facts)
  })

  it('refuses what somebody else sealed where it is no embedding, and reserves no memory for what it is not', () => {
    const empty = '030000000000'
    const noSpace = `${empty}00000000`
    expect(decodeFacts(sealed(`${noSpace}00`))).toEqual(factsOf({ embedding: embeddingOf(Float32Array.of(), '') }))
    for (const [fault, hex] of [
      ['no embedding', empty],
      ['a space id of 4 billion bytes', `${empty}ffffffff`],
      ['a space id that goes into the checksum', `${empty}0200000078`],
      ['no vector', noSpace],
      ['a vector of another format', `${noSpace}07`],
      ['a sparse vector of 4 billion axes', `${noSpace}01ffffffff`],
      ['one of more axes than are kept sparse', `${noSpace}0101000100`],
      ['an axis that its sparse vector does not have', `${noSpace}010200000002000000003f`],
      ['a sparse vector that ends in the middle', `${noSpace}010200000001000000`],
      ['a dense vector that ends in the middle', `${noSpace}000000003f0000`],
      ['an embedding in version 2', '020000000000' + '00000000' + '00'],
    ] as const) {
      expect(() => decodeFacts(sealed(hex)), fault).toThrow(RangeError)
    }
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
