import { describe, expect, it } from 'vitest'
import { DenseRows } from '../../../src/exact-index/dense/dense-rows.ts'
import type { Metric } from '../../../src/similarity-index.ts'
import { gaussianVectors } from './vectors.ts'

const COUNT = 700
const DIMENSIONS = 1023

describe('saved rows', () => {
  it.each([
    ['euclidean', undefined, 300],
    ['cosine', 300, undefined],
    ['cosine', 300, 110],
  ] as const)('come back as they were: %s, rows per memory %s, then %s', async (metric, before, after) => {
    const saved = someRows(metric, before)
    const pieces = copiesOf(saved)
    const loaded = await DenseRows.load(reader(pieces), after)
    // Whatever it read, it has copied.
    for (const piece of pieces) piece.fill(255)
    expect([loaded.metric, loaded.dimensions, loaded.count]).toEqual([metric, DIMENSIONS, COUNT])
    for (let row = 0; row < COUNT; row++) {
      expect(Buffer.compare(bytesOf(loaded.vectorOf(row)), bytesOf(saved.vectorOf(row)))).toBe(0)
      expect([loaded.referenceOf(row), loaded.tagsOf(row)]).toEqual([saved.referenceOf(row), saved.tagsOf(row)])
    }
    const query = saved.prepare(saved.vectorOf(5))
    const radius = metric === 'euclidean' ? 44 : 0.98
    const found = [...saved.candidates(query, 0, COUNT, radius)]
    expect(found.length).toBeGreaterThan(10)
    expect(found.length).toBeLessThan(COUNT / 2)
    expect([...loaded.candidates(query, 0, COUNT, radius)]).toEqual(found)
    loaded.add(saved.vectorOf(0), 1, 2)
    expect(loaded.vectorOf(COUNT)).toEqual(saved.vectorOf(0))
  })

  it('are live memory, in pieces of a megabyte at most', () => {
    const rows = someRows('cosine', undefined)
    const [, first] = rows.save()
    expect(bytesOf(first!).subarray(0, 4 * DIMENSIONS)).toEqual(bytesOf(rows.vectorOf(0)))
    rows.remove(0)
    expect(bytesOf(first!).subarray(0, 4 * DIMENSIONS)).toEqual(bytesOf(rows.vectorOf(0)))
    const sizes = [...rows.save()].map(({ byteLength }) => byteLength)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2 ** 20)
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(rows.bytes)
  })

  it('are a header alone where there are none', async () => {
    const pieces = copiesOf(new DenseRows({ metric: 'cosine', dimensions: 3 }))
    expect(pieces.map((piece) => piece.toString('hex'))).toEqual(['444e5331010000000300000000000000'])
    const loaded = await DenseRows.load(reader(pieces))
    expect([loaded.count, loaded.dimensions, loaded.metric, loaded.bytes]).toEqual([0, 3, 'cosine', 0])
  })

  it.each<[string, (pieces: Buffer[]) => Buffer[], RegExp]>([
    ['no header', (pieces) => pieces.slice(1), /begin with 16 bytes/],
    [
      'a header of something else',
      ([header, ...rest]) => [changed(header!, 0, 1), ...rest],
      /no saved rows of this version/,
    ],
    ['a metric that there is not', ([header, ...rest]) => [changed(header!, 4, 2), ...rest], /no saved rows/],
    ['no axes', ([header, ...rest]) => [changed(header!, 8, 0), ...rest], /no saved rows/],
    ['other axes', ([header, ...rest]) => [changed(header!, 8, 1030), ...rest], /cannot be saved rows of 1030 axes/],
    ['too many rows', ([header, ...rest]) => [changed(header!, 12, COUNT - 1), ...rest], /cannot be saved rows/],
    ['too few rows', ([header, ...rest]) => [changed(header!, 12, COUNT + 1), ...rest], /nothing left/],
    ['a piece cut off', ([header, rows, ...rest]) => [header!, rows!.subarray(4), ...rest], /cannot be saved rows/],
    ['an empty piece', ([header, , ...rest]) => [header!, Buffer.alloc(0), ...rest], /cannot be saved rows/],
    ['references cut off', (pieces) => pieces.map((piece, at) => (at === 2 ? piece.subarray(4) : piece)), /numbers of/],
    ['tags cut off', (pieces) => pieces.map((piece, at) => (at === 3 ? piece.subarray(4) : piece)), /numbers of/],
    ['a value that is no number', withFloat(Number.NaN, 4096), /damaged/],
    ['an infinite value', withFloat(Number.POSITIVE_INFINITY, 0), /damaged/],
    ['a value behind the last axis', withFloat(1, 4 * DIMENSIONS), /damaged/],
  ])('are refused with %s', async (_, spoil, message) => {
    const pieces = spoil(copiesOf(someRows('euclidean', undefined)))
    await expect(DenseRows.load(reader(pieces))).rejects.toThrow(message)
  })
})

function someRows(metric: Metric, rowsPerMemory: number | undefined): DenseRows {
  const rows = new DenseRows({ metric, dimensions: DIMENSIONS, rowsPerMemory })
  for (const [at, vector] of gaussianVectors(COUNT, DIMENSIONS, 21).entries())
    rows.add(vector, 2 ** 32 - 1 - at, 3 * at)
  return rows
}

/** As they come from a file: at any address. */
function copiesOf(rows: DenseRows): Buffer[] {
  return [...rows.save()].map((piece) => Buffer.concat([Buffer.alloc(1), bytesOf(piece)]).subarray(1))
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

function changed(header: Buffer, at: number, value: number): Buffer {
  header.writeUInt32LE(value, at)
  return header
}

function reader(pieces: readonly Uint8Array[]): () => Promise<Uint8Array> {
  let at = 0
  return async () => {
    const piece = pieces[at++]
    if (!piece) throw new Error('There is nothing left.')
    return piece
  }
}

/** Writes a value into the first rows. */
function withFloat(value: number, at: number): (pieces: Buffer[]) => Buffer[] {
  return (pieces) => {
    pieces[1]!.writeFloatLE(value, at)
    return pieces
  }
}
