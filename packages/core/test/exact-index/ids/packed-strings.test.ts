import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../../tests/in-full.ts'
import { PackedStrings } from '../../../src/exact-index/ids/packed-strings.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { copiesOf, readerOf, slicesOf, spoilt } from './saved-parts.ts'

const CHUNK = 256 * 1024

interface Entry {
  readonly bytes: Uint8Array
  readonly hash: number
}

function expectSame(strings: PackedStrings, model: ReadonlyMap<number, Entry>): void {
  expect(strings.size).toBe(model.size)
  for (const [number, { bytes, hash }] of model) {
    const same = strings.hashOf(number) === hash && Buffer.compare(strings.bytesOf(number), bytes) === 0
    if (!same) expect([strings.hashOf(number), strings.bytesOf(number)], `string ${number}`).toEqual([hash, bytes])
    if (!strings.equals(number, bytes)) expect.fail(`string ${number} equals its bytes`)
  }
}

/** The bytes of the chunks, counted on the chunks. */
function chunkBytes(strings: PackedStrings): number {
  const buffers = new Set(Array.from(strings.save(), ({ buffer }) => buffer).slice(1))
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)
}

function liveBytes(model: ReadonlyMap<number, Entry>): number {
  let sum = 0
  for (const { bytes } of model.values()) sum += 16 + 4 * Math.ceil(bytes.length / 4)
  return sum
}

/** Two strings in one chunk, the second of which begins where no address reaches. */
function longChunk(): Uint8Array {
  const words = new Uint32Array(3 + CHUNK / 4 + 3)
  words.set([0, 0, CHUNK])
  words.set([1, 0, 0], 3 + CHUNK / 4)
  return new Uint8Array(words.buffer)
}

function randomBytes(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256))
}

describe('PackedStrings', () => {
  it.each([
    ['short', () => 3, 12_000],
    ['of all lengths up to 512', (random: () => number) => Math.floor(random() * 513), 8_000],
    ['long, some longer than a chunk', (random: () => number) => Math.floor(random() ** 16 * 2.5 * CHUNK), 200],
  ])('agrees with a Map over random changes, strings: %s', async (_, lengthOf, most) => {
    const random = seededRandom(1)
    let strings = new PackedStrings()
    const model = new Map<number, Entry>()
    const numbers: number[] = []
    for (const share of [1, 0.1, 0.8, 0.5, 0.5, 0.2]) {
      for (let change = 0; change < (inFull ? most : most / 6); change++) {
        if (numbers.length === 0 || random() < share) {
          const entry = { bytes: randomBytes(random, lengthOf(random)), hash: Math.floor(random() * 2 ** 32) }
          const number = strings.add(entry.bytes, entry.hash)
          expect(model.has(number)).toBe(false)
          model.set(number, entry)
          numbers.push(number)
        } else {
          const at = Math.floor(random() * numbers.length)
          const number = numbers[at]!
          numbers[at] = numbers.at(-1)!
          numbers.pop()
          strings.delete(number)
          model.delete(number)
        }
      }
      expectSame(strings, model)
      const column = strings.bytes - chunkBytes(strings)
      expect(column).toBeGreaterThanOrEqual(model.size * 4)
      expect(column).toBeLessThanOrEqual(128 * 1024)
      // Half of a chunk may be holes, an eighth its unused end; the newest chunk and the column come on top.
      expect(strings.bytes).toBeLessThan(liveBytes(model) * 3 + CHUNK + 128 * 1024)
      strings = await PackedStrings.load(readerOf(slicesOf(strings.save())))
      expectSame(strings, model)
    }
  })

  it('takes the first bytes of a larger array where told so', () => {
    const strings = new PackedStrings()
    const bytes = Uint8Array.of(1, 2, 3, 4, 5)
    const number = strings.add(bytes, 0, 3)
    expect([...strings.bytesOf(number)]).toEqual([1, 2, 3])
    expect(strings.equals(number, bytes)).toBe(false)
    expect(strings.equals(number, bytes, 3)).toBe(true)
    expect(strings.equals(number, bytes, 2)).toBe(false)
    expect(strings.equals(number, Uint8Array.of(1, 2, 4))).toBe(false)
    expect(strings.compareBytes(number, bytes, 3)).toBe(0)
    expect(strings.compareBytes(number, bytes)).toBeLessThan(0)
    expect(strings.compareBytes(number, bytes, 2)).toBeGreaterThan(0)
  })

  it('orders strings by their bytes', () => {
    const random = seededRandom(2)
    const strings = new PackedStrings()
    const all = Array.from({ length: 300 }, (_, at) =>
      // Few values and lengths, so that some are equal or begin with another.
      Uint8Array.from(
        { length: at === 0 ? 0 : Math.floor(random() * 7) },
        () => [0, 1, 127, 128, 255][Math.floor(random() * 5)]!,
      ),
    )
    const numbers = all.map((bytes) => strings.add(bytes, 0))
    for (const [at, a] of all.entries()) {
      for (const [other, b] of all.entries()) {
        const expected = Buffer.compare(a, b)
        const compared = strings.compare(numbers[at]!, numbers[other]!)
        const withBytes = strings.compareBytes(numbers[at]!, b)
        if (Math.sign(compared) !== expected || Math.sign(withBytes) !== expected) expect([a, b]).toBe(expected)
      }
    }
  })

  it('hands out deleted numbers again', () => {
    const strings = new PackedStrings()
    const bytes = new Uint8Array(8)
    for (let at = 0; at < 100_000; at++) strings.add(bytes, at)
    for (let number = 0; number < 100_000; number += 2) strings.delete(number)
    const numbers = Array.from({ length: 50_000 }, (_, at) => strings.add(bytes, at))
    expect(Math.max(...numbers.map(Number))).toBeLessThan(100_000 + 2 * 16_384)
    expect(new Set(numbers).size).toBe(50_000)
  })

  it('stays small where strings come and go', () => {
    const strings = new PackedStrings()
    const bytes = new Uint8Array(20)
    const window = Array.from({ length: 100 }, () => strings.add(bytes, 0))
    for (let turn = 0; turn < 100_000; turn++) {
      strings.delete(window[turn % 100]!)
      window[turn % 100] = strings.add(bytes, turn)
    }
    expect(strings.bytes).toBeLessThan(20_000)
    // Numbers of chunks are used again.
    expect([...strings.save()].length).toBeLessThan(5)
  })

  it('gives memory back as strings are deleted, all of it in the end', () => {
    const random = seededRandom(3)
    const strings = new PackedStrings()
    const numbers = Array.from({ length: 100_000 }, (_, at) => strings.add(randomBytes(random, at % 50), at))
    const full = strings.bytes
    expect(full).toBeLessThan(100_000 * (16 + 26.5) + CHUNK)
    const order = numbers.map((number) => [random(), number] as const).sort(([a], [b]) => a - b)
    for (const [at, [, number]] of order.entries()) {
      strings.delete(number)
      const left = numbers.length - at - 1
      if (left % 1000 === 0) expect(strings.bytes).toBeLessThan(left * 42 * 2.1 + 100_000 * 5 + 2 * CHUNK)
    }
    expect(strings.bytes).toBe(0)
    expect(strings.add(Uint8Array.of(1), 1)).toBe(0)
  })

  it('gives the column back where whole ranges of numbers are deleted', () => {
    const strings = new PackedStrings()
    const bytes = new Uint8Array(0)
    for (let at = 0; at < 200_000; at++) strings.add(bytes, at)
    for (let number = 1; number < 200_000; number++) strings.delete(number)
    expect(strings.bytes).toBeLessThan(2 * CHUNK + 3 * 65_536)
    expect(strings.hashOf(0)).toBe(0)
    const numbers = new Set(Array.from({ length: 200_000 }, (_, at) => strings.add(bytes, at)))
    expect(numbers.size).toBe(200_000)
    expect(Math.max(...[...numbers].slice(-1000))).toBeLessThan(250_000)
  })

  it('gives the memory of a very long string back at once', () => {
    const strings = new PackedStrings()
    strings.add(Uint8Array.of(1), 1)
    const before = strings.bytes
    const long = randomBytes(seededRandom(4), 3 * CHUNK + 1)
    const number = strings.add(long, 2)
    expect(strings.bytes - before).toBeLessThan(long.length + 32)
    expect(strings.equals(number, long)).toBe(true)
    strings.delete(number)
    expect(strings.bytes).toBe(before)
  })

  it('saves the live memory itself', () => {
    const strings = new PackedStrings()
    for (let at = 0; at < 30_000; at++) strings.add(new Uint8Array(20), at)
    const [first, second] = [[...strings.save()], [...strings.save()]]
    expect(first.length).toBeGreaterThan(3)
    for (const [at, part] of first.entries()) if (at > 0) expect(part.buffer).toBe(second[at]!.buffer)
  })

  it('goes on where it was saved', async () => {
    const strings = new PackedStrings()
    for (let at = 0; at < 30_000; at++) strings.add(new Uint8Array(20), at)
    for (let number = 0; number < 25_000; number++) strings.delete(number)
    const loaded = await PackedStrings.load(readerOf(copiesOf(strings.save())))
    const added = Array.from({ length: 25_000 }, (_, at) => loaded.add(new Uint8Array(20), at))
    expect(added.findIndex((number, at) => loaded.hashOf(number) !== at)).toBe(-1)
    expect(added.every((number) => number < 25_000 + 2 * 16_384)).toBe(true)
    for (let number = 25_000; number < 30_000; number += 100) expect(loaded.hashOf(number)).toBe(number)
    expect(loaded.bytes).toBeLessThan(30_000 * 36 + 3 * CHUNK)
    expect([...loaded.save()].length).toBeLessThanOrEqual(1 + 5)
    const empty = await PackedStrings.load(readerOf(copiesOf(new PackedStrings().save())))
    expect(empty.add(new Uint8Array(1), 1)).toBe(0)
  })

  it('goes on in the newest chunk, wherever it was saved', async () => {
    let strings = new PackedStrings()
    for (let turn = 0; turn < 100; turn++) {
      strings.add(new Uint8Array(20), turn)
      strings = await PackedStrings.load(readerOf(copiesOf(strings.save())))
    }
    expect([...strings.save()]).toHaveLength(2)
  })

  describe('refuses a snapshot', () => {
    const strings = new PackedStrings()
    for (let at = 0; at < 20_000; at++) strings.add(new Uint8Array(13), at)
    const parts = copiesOf(strings.save())

    it('but not the sound one', async () => {
      expect((await PackedStrings.load(readerOf(parts))).size).toBe(20_000)
    })

    it.each<[string, Uint8Array[], RegExp]>([
      ['of something else', spoilt(parts, 0, 0, 7), /no snapshot/],
      ['of another size', spoilt(parts, 0, 1, 19_999), /20000 strings, not 19999/],
      ['with more chunks than addresses', spoilt(parts, 0, 2, 65_537), /65537 chunks/],
      ['with more chunks than parts', spoilt(parts, 0, 2, parts.length), /Nothing was saved/],
      ['with fewer chunks than parts', spoilt(parts, 0, 2, parts.length - 2), /strings, not 20000/],
      ['with a number twice', spoilt(parts, 1, 0, 5), /number/],
      ['with a number out of range', spoilt(parts, 1, 0, 2 ** 31), /number 2147483648/],
      ['with a string that is too long', spoilt(parts, 1, 2, CHUNK), /broken end/],
      ['with a string whose length wraps round', spoilt(parts, 1, 2, 0xffffffff), /broken end/],
      ['with a string that ends elsewhere', spoilt(parts, 1, 2, 17), /number|broken end/],
      ['with an entry cut off', [...parts.slice(0, -1), parts.at(-1)!.slice(0, -4)], /broken end/],
      ['with half a header at the end', [...parts.slice(0, -1), parts.at(-1)!.slice(0, -24)], /broken end/],
      ['with a string out of reach', [spoilt(parts, 0, 2, 1)[0]!, longChunk()], /broken end/],
      ['with half a word', [...parts.slice(0, -1), parts.at(-1)!.slice(0, -1)], /no whole numbers/],
    ])('%s', async (_, spoiltParts, message) => {
      await expect(PackedStrings.load(readerOf(spoiltParts))).rejects.toThrow(message)
    })
  })
})
