import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { ExtendibleHash } from '../../../src/exact-index/ids/extendible-hash.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { copiesOf, readerOf, slicesOf, spoilt } from './saved-parts.ts'

/** Where a key of 0x8000 is at home in a segment of 16 homes: in the middle, behind four words of header. */
const HOME = 4 + 2 * 8

/** The naive multimap. */
class Model {
  readonly values = new Map<number, number[]>()
  readonly entries: { hash: number; value: number }[] = []

  add(hash: number, value: number): void {
    this.values.set(hash, [...(this.values.get(hash) ?? []), value])
    this.entries.push({ hash, value })
  }

  removeAt(at: number): { hash: number; value: number } {
    const entry = this.entries[at]!
    this.entries[at] = this.entries.at(-1)!
    this.entries.pop()
    this.drop(entry.hash, entry.value)
    return entry
  }

  drop(hash: number, value: number): void {
    const values = this.values.get(hash)!
    values.splice(values.indexOf(value), 1)
    if (values.length === 0) this.values.delete(hash)
  }
}

function valuesOf(hash: ExtendibleHash, key: number): number[] {
  const values: number[] = []
  for (let value = hash.first(key); value >= 0; value = hash.next()) values.push(value)
  if (hash.next() !== -1) expect.fail('next() gives -1 again behind the last')
  return values.sort((a, b) => a - b)
}

function expectSame(hash: ExtendibleHash, model: Model): void {
  expect(hash.size).toBe(model.entries.length)
  const [header, ...segments] = hash.save()
  expect(hash.bytes).toBe(segments.reduce((sum, { byteLength }) => sum + byteLength, 8 * 2 ** header![1]!))
  for (const [key, values] of model.values) {
    const found = valuesOf(hash, key)
    const expected = values.sort((a, b) => a - b)
    // An expectation takes longer than all the rest.
    const same = found.length === expected.length && found.every((value, at) => value === expected[at])
    if (!same) expect(found, `hash ${key}`).toEqual(expected)
  }
}

type Kind = 'mixed' | 'few' | 'same top bits' | 'same low bits' | 'extreme'

function hashes(kind: Kind, random: () => number): () => number {
  const uint32 = () => Math.floor(random() * 2 ** 32)
  const extremes = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffff0000, 0xffffffff]
  return {
    mixed: uint32,
    few: () => Math.imul(Math.floor(random() * 50), 0x5000_0001) >>> 0,
    'same top bits': () => (0xabcd0000 | (uint32() & 0xffff)) >>> 0,
    'same low bits': () => (uint32() & 0xffff0000) >>> 0,
    extreme: () => extremes[Math.floor(random() * extremes.length)]!,
  }[kind]
}

describe('ExtendibleHash', () => {
  it.each<[Kind, number]>([
    ['mixed', 60_000],
    ['few', 2_000],
    ['same top bits', 20_000],
    ['same low bits', 5_000],
    ['extreme', 2_000],
  ])('agrees with a Map over random changes, hashes: %s', async (kind, most) => {
    const random = seededRandom(1)
    const nextHash = hashes(kind, random)
    let hash = new ExtendibleHash()
    const model = new Model()
    let missed = 0
    for (const share of [0.9, 0.1, 0.8, 0.3, 0]) {
      for (let change = 0; change < (inFull ? most : most / 5); change++) {
        const some = Math.floor(random() * model.entries.length)
        if (random() < share) {
          const key = nextHash()
          // Few values, so that entries with the same hash and value occur.
          const value = random() < 0.5 ? Math.floor(random() * 3) : 2 ** 32 - 2 - Math.floor(random() * 1e9)
          hash.add(key, value)
          model.add(key, value)
        } else if (model.entries.length > 0 && random() < 0.2) {
          const entry = model.entries[some]!
          model.drop(entry.hash, entry.value)
          if (!hash.replace(entry.hash, entry.value, change)) missed++
          entry.value = change
          model.values.set(entry.hash, [...(model.values.get(entry.hash) ?? []), change])
        } else if (model.entries.length > 0) {
          const entry = model.removeAt(some)
          if (!hash.remove(entry.hash, entry.value)) missed++
        }
      }
      expect(missed).toBe(0)
      expectSame(hash, model)
      hash = await ExtendibleHash.load(readerOf(slicesOf(hash.save())))
      expectSame(hash, model)
    }
    for (const { hash: key, value } of model.entries) if (!hash.remove(key, value)) missed++
    expect(missed).toBe(0)
    expect(hash.size).toBe(0)
    expect(hash.bytes).toBeLessThanOrEqual(new ExtendibleHash().bytes)
  })

  it('finds nothing that is not there', () => {
    const hash = new ExtendibleHash()
    expect(hash.first(0)).toBe(-1)
    expect(accepted(hash, 0, () => true)).toBe(-1)
    expect(hash.first(0xffffffff)).toBe(-1)
    for (let time = 0; time < 100; time++) expect(hash.next()).toBe(-1)
    hash.add(5, 7)
    expect(hash.first(5 + 2 ** 16)).toBe(-1)
    expect(hash.remove(5, 8)).toBe(false)
    expect(hash.remove(6, 7)).toBe(false)
    expect(hash.replace(5, 8, 9)).toBe(false)
    expect(hash.size).toBe(1)
    expect(hash.first(5)).toBe(7)
  })

  it('finds the accepted one among those with the same hash', () => {
    const hash = new ExtendibleHash()
    for (let value = 0; value < 100; value++) hash.add(9, value)
    hash.add(10, 1000)
    const seen: number[] = []
    expect(accepted(hash, 9, (value) => seen.push(value) > 0 && value === 70)).toBe(70)
    expect(accepted(hash, 9, (value) => value === 1000)).toBe(-1)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it.each([0, 0x1234ffff, 0xffffffff])('keeps thousands of entries with the very same hash %i small', (same) => {
    const random = seededRandom(2)
    const hash = new ExtendibleHash()
    for (let value = 0; value < 6_000; value++) hash.add(same, value)
    // They stay together: neither the directory nor the segment grows beyond need.
    expect(hash.bytes).toBeLessThan(6_000 * 8 * 4)
    for (let value = 0; value < 20_000; value++) hash.add(Math.floor(random() * 2 ** 32), value)
    expect(hash.bytes).toBeLessThan(26_000 * 8 * 4)
    expect(valuesOf(hash, same)).toHaveLength(6_000)
    for (let value = 0; value < 6_000; value += 2) hash.remove(same, value)
    expect(valuesOf(hash, same)).toEqual(Array.from({ length: 3_000 }, (_, at) => 2 * at + 1))
  })

  it('takes about ten bytes an entry, at any size', () => {
    const random = seededRandom(3)
    const hash = new ExtendibleHash()
    for (let count = 1; count <= 300_000; count++) {
      hash.add(Math.floor(random() * 2 ** 32), count)
      if (count % 1000 === 0) expect(hash.bytes / count).toBeLessThan(12.5)
    }
  })

  it('grows by steps of one small segment', () => {
    const random = seededRandom(7)
    const hash = new ExtendibleHash()
    for (let value = 0; value < 100_000; value++) hash.add(Math.floor(random() * 2 ** 32), value)
    const [, ...segments] = copiesOf(hash.save())
    expect(segments.length).toBeGreaterThan(25)
    for (const { byteLength } of segments) expect(byteLength).toBeLessThan(36 * 1024)
  })

  it('has a directory of no more than 65,536 segments, which grow from there', async () => {
    const [header, segment] = copiesOf(new ExtendibleHash().save())
    new Uint32Array(header!.buffer)[1] = 16
    new Uint32Array(segment!.buffer)[2] = 16
    let left = 1 + 2 ** 16
    const hash = await ExtendibleHash.load(async () => (left-- > 2 ** 16 ? header! : segment!.slice()))
    for (let value = 0; value < 5_000; value++) hash.add(0xabcd0000 + value * 13, value)
    expect([...hash.save()][0]![1]).toBe(16)
    for (let value = 0; value < 5_000; value += 100) expect(hash.first(0xabcd0000 + value * 13)).toBe(value)
  })

  it('gives memory back as entries are removed, all of it in the end', () => {
    const random = seededRandom(4)
    const empty = new ExtendibleHash().bytes
    const hash = new ExtendibleHash()
    const keys = Array.from({ length: 200_000 }, () => Math.floor(random() * 2 ** 32))
    for (const [value, key] of keys.entries()) hash.add(key, value)
    for (const [value, key] of keys.entries()) {
      hash.remove(key, value)
      const left = keys.length - value - 1
      if (left % 1000 === 0) expect(hash.bytes).toBeLessThan(left * 30 + 1000)
    }
    expect(hash.size).toBe(0)
    expect(hash.bytes).toBeLessThanOrEqual(empty)
  })

  it('can be changed after it was loaded, from parts that it takes over or copies', async () => {
    const random = seededRandom(5)
    for (const parts of [copiesOf, slicesOf]) {
      const hash = new ExtendibleHash()
      for (let value = 0; value < 30_000; value++) hash.add(Math.floor(random() * 2 ** 32), value)
      const { bytes, size } = hash
      const loaded = await ExtendibleHash.load(readerOf(parts(hash.save())))
      expect(loaded.size).toBe(size)
      expect(loaded.bytes).toBe(bytes)
      const others = Array.from({ length: 30_000 }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 0)
      for (const [value, key] of others.entries()) loaded.add(key, value)
      let removed = 0
      for (const [value, key] of others.entries()) if (loaded.remove(key, value)) removed++
      expect(removed).toBe(30_000)
      expect(loaded.size).toBe(size)
      // The one that was saved knows nothing of this.
      expect(hash.first(others[29_999]!)).toBe(-1)
    }
  })

  it('saves the live memory itself', () => {
    const hash = new ExtendibleHash()
    for (let value = 0; value < 10_000; value++) hash.add(Math.imul(value, 0x9e3779b1) >>> 0, value)
    const [first, second] = [[...hash.save()], [...hash.save()]]
    expect(first.length).toBeGreaterThan(2)
    for (const [at, part] of first.entries()) if (at > 0) expect(part.buffer).toBe(second[at]!.buffer)
  })

  describe('refuses a snapshot', () => {
    const random = seededRandom(6)
    const hash = new ExtendibleHash()
    for (let value = 0; value < 5_000; value++) hash.add(Math.floor(random() * 2 ** 32), value)
    const parts = copiesOf(hash.save())
    const firstEntry = new Uint32Array(parts[1]!.buffer).findIndex((word, at) => at > 4 && at % 2 === 1 && word > 0) - 1

    it('but not the sound one', async () => {
      expect((await ExtendibleHash.load(readerOf(parts))).size).toBe(5_000)
    })

    it.each<[string, (segment: Uint32Array) => void]>([
      ['before its home', (segment) => segment.copyWithin(HOME - 2, HOME, HOME + 4).fill(0, HOME + 2, HOME + 4)],
      ['behind a gap', (segment) => segment.copyWithin(HOME + 2, HOME, HOME + 4).fill(0, HOME, HOME + 2)],
      ['out of order', (segment) => segment.set([0x8001, 1, 0x8000, 1], HOME)],
    ])('with an entry %s', async (_, spoil) => {
      const two = new ExtendibleHash()
      two.add(0x8000, 0)
      two.add(0x8001, 0)
      const [header, segment] = copiesOf(two.save())
      const words = new Uint32Array(segment!.buffer)
      expect([...words.subarray(HOME, HOME + 4)]).toEqual([0x8000, 1, 0x8001, 1])
      await ExtendibleHash.load(readerOf([header!, segment!.slice()]))
      spoil(words)
      await expect(ExtendibleHash.load(readerOf([header!, segment!]))).rejects.toThrow(/out of place/)
    })

    it.each<[string, Uint8Array[], RegExp]>([
      ['of something else', spoilt(parts, 0, 0, 7), /no snapshot/],
      ['of another size', spoilt(parts, 0, 2, 4_999), /5000 entries, not 4999/],
      ['with too deep a directory', spoilt(parts, 0, 1, 17), /directory of depth 17/],
      ['with a shallower directory', spoilt(parts, 0, 1, 0), /segment of depth 1/],
      ['with a deeper directory', spoilt(parts, 0, 1, 5), /more than it needs/],
      ['with a segment deeper than the directory', spoilt(parts, 1, 2, 9), /segment of depth 9/],
      ['with a segment of another depth', spoilt(parts, 2, 2, 0), /segment of depth 0/],
      ['with too many homes', spoilt(parts, 1, 0, 50_000), /50000 homes/],
      ['with too few homes', spoilt(parts, 1, 0, 1), /1 homes/],
      ['with another count', spoilt(parts, 1, 1, 3), /entries, not 3/],
      ['that would shrink at every removal', spoilt(parts, 1, 3, 4_000), /entries, not/],
      ['without an end', spoilt(parts, 1, -1, 1), /words for/],
      ['with a hash in an empty slot', spoilt(parts, 1, -2, 1), /empty slot/],
      ['with an entry in the wrong segment', spoilt(parts, 1, firstEntry, 0xffff0000), /out of place/],
      ['with an entry far from home', spoilt(parts, 1, firstEntry, 0x0000ffff), /out of place/],
      ['with an entry missing', spoilt(parts, 1, firstEntry + 1, 0), /empty slot/],
      ['with segments in another order', [parts[0]!, parts[2]!, parts[1]!], /out of place/],
      ['with a short header', [parts[0]!.slice(0, 8), ...parts.slice(1)], /no snapshot/],
      ['with a short segment', [parts[0]!, parts[1]!.slice(0, 400), parts[2]!], /100 words/],
      ['with an empty segment', [parts[0]!, new Uint8Array(0), parts[2]!], /depth undefined/],
      ['with half a word', [parts[0]!, parts[1]!.slice(0, 401), parts[2]!], /401 bytes/],
      ['that ends early', parts.slice(0, 2), /Nothing was saved/],
    ])('%s', async (_, spoiltParts, message) => {
      await expect(ExtendibleHash.load(readerOf(spoiltParts))).rejects.toThrow(message)
    })
  })
})

/** The first value with this hash that is accepted, or -1. */
function accepted(hash: ExtendibleHash, key: number, accepts: (value: number) => boolean): number {
  let value = hash.first(key)
  while (value >= 0 && !accepts(value)) value = hash.next()
  return value
}
