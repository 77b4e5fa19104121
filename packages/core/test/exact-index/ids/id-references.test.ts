import { describe, expect, it } from 'vitest'
import { ExtendibleHash } from '../../../src/exact-index/ids/extendible-hash.ts'
import { IdReferences } from '../../../src/exact-index/ids/id-references.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { compareUtf8 } from '../../../src/utf8-order.ts'
import { copiesOf, readerOf, spoilt } from './saved-parts.ts'

const KEY = Uint32Array.of(0x03020100, 0x07060504, 0x9abcdef0, 0x12345678)

const numbers = [
  '0',
  '1',
  '9',
  '10',
  '19',
  '100',
  '101',
  '2',
  '20',
  '99',
  '1000000000',
  '2147483647',
  '214748364',
  '214748365',
]
const notNumbers = [
  ...[
    '',
    '00',
    '01',
    '-1',
    '+1',
    '1.0',
    '1e3',
    ' 1',
    '1 ',
    '1a',
    'a1',
    '١',
    '１',
    '2147483648',
    '4294967296',
    '9999999999',
  ],
  ...[
    '12345678901',
    '/',
    ':',
    '0:',
    '1/',
    'a',
    'aa',
    'ab',
    '\0',
    '\u007f',
    '\u0080',
    'é',
    'e\u0301',
    '\ud7ff',
    '\ue000',
  ],
  ...['\ufeff', '\ufeffa', '\uffff', '😀', '\u{10000}', '\u{10ffff}', 'a😀', 'a\uffff', 'x'.repeat(41), 'x'.repeat(42)],
  ...[
    'x'.repeat(511),
    '😀'.repeat(128),
    'ab😀'.repeat(100_000),
    'y'.repeat(1_000_000),
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  ],
]
const ids = [...numbers, ...notNumbers]

describe('IdReferences', () => {
  it('takes a decimal id as its own reference, without memory', () => {
    const references = new IdReferences()
    for (const id of numbers) {
      references.probe(id)
      expect(references.intern()).toBe(Number(id))
      expect(references.toString(Number(id))).toBe(id)
      references.release(Number(id))
    }
    expect(references.bytes).toBe(0)
  })

  it('gives every id back', () => {
    const references = new IdReferences()
    const all = ids.map((id) => references.intern(references.probe(id)))
    expect(all.map((reference) => references.toString(reference))).toEqual(ids)
    for (const [at, reference] of all.entries()) expect(reference >= 2 ** 31).toBe(at >= numbers.length)
  })

  it('knows a reference by its id, and no other', () => {
    const references = new IdReferences(KEY)
    const all = ids.map((id) => references.intern(references.probe(id)))
    for (const id of ids) {
      const { hash } = references.probe(id)
      const matching = all.filter((reference) => references.matches(reference))
      const sameHash = all.filter((reference) => references.hashOfReference(reference) === hash)
      expect(matching).toEqual([all[ids.indexOf(id)]])
      expect(sameHash).toEqual(matching)
    }
  })

  it('takes ids of any length, whichever comes first', () => {
    for (const letter of ['a', 'é', '\uffff', '😀']) {
      for (let length = 0; length < 600; length += 19) {
        const references = new IdReferences(KEY)
        const id = letter.repeat(length)
        const reference = references.intern(references.probe(id))
        if (references.toString(reference) !== id) expect.fail(`${length} times ${letter}`)
      }
    }
  })

  it('orders references as the UTF-8 bytes of their ids are ordered', () => {
    const random = seededRandom(1)
    const many = [
      ...ids.filter(({ length }) => length < 1000),
      ...Array.from({ length: 60 }, () => String(Math.floor(random() ** 6 * 2 ** 31))),
      ...Array.from({ length: 60 }, () => String.fromCodePoint(...[0, 0].map(() => Math.floor(random() * 0xd800)))),
    ]
    const references = new IdReferences()
    const all = many.map((id) => references.intern(references.probe(id)))
    const probe = references.createProbe()
    for (const [at, a] of many.entries()) {
      references.probe(a, probe)
      references.probe('something else')
      for (const [other, b] of many.entries()) {
        const expected = Math.sign(compareUtf8(a, b))
        const compared = Math.sign(references.compare(all[at]!, all[other]!))
        const probed = Math.sign(references.compareWith(all[other]!, probe))
        if (compared !== expected || probed + expected !== 0) expect([a, b, compared, probed]).toEqual(expected)
      }
    }
  })

  it('orders decimals as strings', () => {
    const references = new IdReferences()
    const random = seededRandom(2)
    const some = Array.from({ length: 300 }, () => Math.floor(10 ** (random() * 9.33)))
    for (const a of some) {
      for (const b of [...some, a * 10, a * 100, Math.floor(a / 10)].filter((number) => number < 2 ** 31)) {
        const expected = Math.sign(compareUtf8(String(a), String(b)))
        if (Math.sign(references.compare(a, b)) !== expected) expect([a, b]).toBe(expected)
      }
    }
  })

  it('hashes strings by HalfSipHash-1-3', () => {
    // The test vectors of Linux (lib/tests/siphash_kunit.c): the bytes 0, 1, 2 and so on under the key of bytes 0 to 7.
    const expected = [
      ...[0x5814c896, 0xe7e864ca, 0xbc4b0e30, 0x01539939, 0x7e059ea6, 0x88e3d89b, 0xa0080b65, 0x9d38d9d6],
      ...[0x577999b1, 0xc839caed, 0xe4fa32cf, 0x959246ee, 0x6b28096c, 0x66dd9cd6, 0x16658a7c, 0xd0257b04],
    ]
    const references = new IdReferences(KEY)
    for (const [length, hash] of expected.entries()) {
      references.probe('another, so that bytes remain behind the end')
      const id = String.fromCharCode(...Array.from({ length }, (_, at) => at))
      expect(references.probe(id).hash, `${length} bytes`).toBe(hash)
    }
  })

  it('tells ids with the same hash apart', () => {
    const references = new IdReferences(KEY)
    const reference = references.intern(references.probe('image-1752'))
    const { hash } = references.probe('image-36704')
    expect(references.hashOfReference(reference)).toBe(hash)
    expect(references.matches(reference)).toBe(false)
    references.probe('image-1752')
    expect(references.matches(reference)).toBe(true)
  })

  it('changes every bit of the hash of a number with every bit of the number, half of the time', () => {
    const references = new IdReferences(KEY)
    const random = seededRandom(4)
    const times = 1000
    for (let bit = 0; bit < 31; bit++) {
      const changes = new Array(32).fill(0)
      for (let time = 0; time < times; time++) {
        const number = Math.floor(random() * 2 ** 31)
        const other = (number ^ (1 << bit)) >>> 0
        const difference = references.hashOfReference(number) ^ references.hashOfReference(other)
        for (let out = 0; out < 32; out++) changes[out] += (difference >>> out) & 1
      }
      // 16 is the standard deviation.
      expect(Math.max(...changes), `bit ${bit}`).toBeLessThan(600)
      expect(Math.min(...changes), `bit ${bit}`).toBeGreaterThan(400)
    }
  })

  it('hashes by a key of its own', () => {
    for (const id of ['7', 'seven']) {
      const hashes = new Set(Array.from({ length: 20 }, () => new IdReferences().probe(id).hash))
      expect(hashes.size).toBeGreaterThan(15)
    }
  })

  it('knows no id any more by a reference that is another’s by now', () => {
    const references = new IdReferences()
    const before = references.intern(references.probe('before'))
    expect(references.toString(before)).toBe('before')
    references.release(before)
    const after = references.intern(references.probe('after'))
    expect(after).toBe(before)
    expect(references.toString(after)).toBe('after')
  })

  it('knows many ids apart, whichever were asked for before', () => {
    const references = new IdReferences()
    const many = Array.from({ length: 300_000 }, (_, at) => references.intern(references.probe(`image-${at}`)))
    for (let round = 0; round < 2; round++) {
      const wrong = many.filter((reference, at) => references.toString(reference) !== `image-${at}`)
      expect(wrong).toEqual([])
    }
    // As numbers they share the last bits of their references.
    expect(references.toString(7)).toBe('7')
    expect(references.toString(many[7]!)).toBe('image-7')
  })

  it('gives the memory of released strings back', () => {
    const references = new IdReferences()
    const all = ids.map((id) => references.intern(references.probe(id)))
    expect(references.bytes).toBeGreaterThan(1_000_000)
    for (const reference of all) references.release(reference)
    expect(references.bytes).toBe(0)
  })

  it('is the same after it was saved and loaded', async () => {
    const references = new IdReferences()
    const all = ids.map((id) => references.intern(references.probe(id)))
    const loaded = await IdReferences.load(readerOf(copiesOf(references.save())))
    for (const [at, id] of ids.entries()) {
      expect(loaded.probe(id).hash).toBe(references.probe(id).hash)
      expect(loaded.matches(all[at]!)).toBe(true)
      expect(loaded.hashOfReference(all[at]!)).toBe(references.hashOfReference(all[at]!))
      expect(loaded.toString(all[at]!)).toBe(id)
    }
  })

  it('refuses a snapshot of something else', async () => {
    const parts = copiesOf(new IdReferences().save())
    for (const spoiltParts of [spoilt(parts, 0, 0, 7), spoilt(parts, 1, 0, 7), [parts[0]!.slice(4), parts[1]!]]) {
      await expect(IdReferences.load(readerOf(spoiltParts))).rejects.toThrow(Error)
    }
  })

  it('finds ids through an ExtendibleHash, as a Map does', () => {
    const random = seededRandom(3)
    const references = new IdReferences()
    const hash = new ExtendibleHash()
    // As blocks have members, each value stands for one reference.
    const members: number[] = []
    const model = new Map<string, number>()
    const find = (id: string) => {
      const probe = references.probe(id)
      for (let value = hash.first(probe.hash); value >= 0; value = hash.next()) {
        if (references.matches(members[value]!)) return value
      }
      return -1
    }
    for (let change = 0; change < 60_000; change++) {
      const number = Math.floor(random() * 20_000)
      const id = number % 3 === 0 ? String(number) : `image-${number}.jpg`
      const known = model.get(id)
      const found = find(id)
      if (found !== (known ?? -1)) expect(found, id).toBe(known ?? -1)
      if (known === undefined) {
        const member = members.push(references.intern()) - 1
        hash.add(references.probe(id).hash, member)
        model.set(id, member)
      } else {
        hash.remove(references.hashOfReference(members[known]!), known)
        references.release(members[known]!)
        model.delete(id)
      }
    }
    expect(hash.size).toBe(model.size)
  })
})
