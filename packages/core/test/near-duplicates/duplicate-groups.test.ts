import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { DuplicateGroups } from '../../src/near-duplicates/duplicate-groups.ts'
import { differingBits, hashWords } from '../../src/near-duplicates/hamming.ts'

const hex = (value: bigint) => value.toString(16).padStart(16, '0')
const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
/** A few far apart, each with others a few bits away. */
const hashes = fc
  .array(fc.tuple(word, fc.array(fc.array(fc.nat(63), { maxLength: 9 }), { maxLength: 6 })), { maxLength: 8 })
  .map((clusters) =>
    clusters.flatMap(([center, flips]) => [
      center,
      ...flips.map((bits) => bits.reduce((hash, bit) => hash ^ (1n << BigInt(bit)), center)),
    ]),
  )

function bitsBetween(one: bigint, other: bigint): number {
  return [...(one ^ other).toString(2)].filter((digit) => digit === '1').length
}

/** Each with each, and again as long as groups touch. */
function byHand(all: readonly bigint[], bits: number): string[][] {
  let groups = all.map((_, at) => [at])
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const group of groups) {
      const near = groups.filter(
        (one) => one !== group && one.some((a) => group.some((b) => bitsBetween(all[a]!, all[b]!) <= bits)),
      )
      if (near.length === 0) continue
      groups = [...groups.filter((one) => one !== group && !near.includes(one)), [group, ...near].flat()]
      isDone = false
      break
    }
  }
  return groups.filter(({ length }) => length > 1).map((group) => group.map(String).sort())
}

const sorted = (groups: readonly string[][]) =>
  groups.map((group) => [...group].sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1))

describe('differingBits', () => {
  it('counts them', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(differingBits(...hashWords(hex(one)), ...hashWords(hex(other)))).toBe(bitsBetween(one, other))
      }),
    )
  })
})

describe('DuplicateGroups', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('finds what comparing each with each finds, within %i bits', async (bits) => {
    await fc.assert(
      fc.asyncProperty(hashes, async (all) => {
        const groups = new DuplicateGroups()
        for (const [at, hash] of all.entries()) groups.add(String(at), hex(hash))
        expect(sorted(await groups.find(bits, () => {}))).toEqual(sorted(byHand(all, bits)))
      }),
      { seed: 1, numRuns: inFull ? 150 : 15 },
    )
  })

  it('gives the largest group first', async () => {
    const groups = new DuplicateGroups()
    for (const [id, hash] of [
      ['a', 1n],
      ['b', 2n ** 60n],
      ['c', 1n],
      ['d', 2n ** 60n],
      ['e', 2n ** 60n],
    ] as const) {
      groups.add(id, hex(hash))
    }
    expect(await groups.find(1, () => {})).toEqual([
      ['b', 'd', 'e'],
      ['a', 'c'],
    ])
  })

  it('asks now and then whether to go on, and lets others have their turn', async () => {
    const groups = new DuplicateGroups()
    for (let at = 0; at < 40_000; at++) groups.add(String(at), hex((BigInt(at) * 0x9e3779b97f4a7c15n) % 2n ** 64n))
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    let asked = 0
    const found = groups.find(7, () => {
      if (++asked === 3) throw new Error('enough')
    })
    await expect(found).rejects.toThrow('enough')
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })
})
