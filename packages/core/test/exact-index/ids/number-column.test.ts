import { describe, expect, it } from 'vitest'
import { FREE, NumberColumn } from '../../../src/exact-index/ids/number-column.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'

const STEP = 16_384

describe('NumberColumn', () => {
  it('agrees with a Map while numbers come and go, one by one and in ranges', () => {
    const random = seededRandom(1)
    const column = new NumberColumn()
    const model = new Map<number, number>()
    let twice = 0
    for (let round = 0; round < 40; round++) {
      for (let count = Math.floor(random() * 4 * STEP); count > 0; count--) {
        const address = Math.floor(random() * FREE)
        const number = column.take(address)
        if (model.has(number)) twice++
        model.set(number, address)
      }
      expect(twice).toBe(0)
      const least = Math.floor(random() * 8 * STEP)
      const most = random() < 0.5 ? least + 3 * STEP : 16 * STEP
      const share = [0.05, 0.5, 1][round % 3]!
      for (const number of model.keys()) {
        if (number < least || number > most || random() > share) continue
        column.giveBack(number)
        model.delete(number)
      }
      let wrong = 0
      for (const [number, address] of model) if (column.get(number) !== address) wrong++
      expect(wrong).toBe(0)
    }
    const greatest = Math.max(...Array.from({ length: STEP }, () => column.take(1)))
    expect(greatest).toBeLessThan(16 * STEP)
  })

  it('begins small, with the first numbers', () => {
    const column = new NumberColumn()
    expect(column.bytes).toBe(0)
    expect([column.take(7), column.take(8), column.take(9)]).toEqual([0, 1, 2])
    expect(column.bytes).toBe(1024)
    column.set(1, 80)
    expect([column.get(0), column.get(1), column.get(2)]).toEqual([7, 80, 9])
    // Where numbers come and go, no memory does.
    for (const number of [0, 1, 2]) column.giveBack(number)
    expect(column.bytes).toBe(1024)
  })

  it('drops what is not used and goes on there', () => {
    const column = new NumberColumn()
    for (let at = 0; at < 10 * STEP; at++) column.take(at)
    for (let number = 0; number < 9 * STEP; number++) column.giveBack(number)
    expect(column.bytes).toBe(4 * STEP)
    expect(Math.max(...Array.from({ length: STEP }, () => column.take(1)))).toBeLessThan(9 * STEP)
    for (let at = 0; at < 8 * STEP; at++) column.take(at)
    expect(column.bytes).toBe(10 * 4 * STEP)
    column.take(0)
    expect(column.bytes).toBe(11 * 4 * STEP)
  })

  it('takes the free numbers between those that were restored', () => {
    const column = new NumberColumn()
    expect(column.restore(3 * STEP + 5, 70)).toBe(true)
    expect(column.restore(1, 71)).toBe(true)
    expect(column.restore(1, 72)).toBe(false)
    column.restored()
    expect(column.bytes).toBe(2 * 4 * STEP)
    const numbers = new Set(Array.from({ length: 4 * STEP - 2 }, () => column.take(0)))
    expect(numbers.size).toBe(4 * STEP - 2)
    expect(Math.max(...numbers)).toBe(4 * STEP - 1)
    expect([column.get(1), column.get(3 * STEP + 5)]).toEqual([71, 70])
  })
})
