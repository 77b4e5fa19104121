import fc from 'fast-check'
import { expect, it } from 'vitest'
import { justify } from '../../page/wall/justified.js'

const wall = { width: 1000, height: 200, gap: 10 }

it('fills rows over the whole width, near the height that is asked for', () => {
  const rows = justify([1.5, 1.5, 1.5, 1, 1, 1, 1, 1, 3], wall)
  expect(rows.map(({ count }) => count)).toEqual([3, 5, 1])
  expect(rows[0]!.height).toBeCloseTo(980 / 4.5)
  expect(rows[1]!.height).toBeCloseTo(960 / 5)
  expect(rows[2]).toEqual({ count: 1, height: 200, full: false })
})

it('whatever comes: each picture is in one row, full rows are as wide as the wall, and rows stay rows', () => {
  const ratio = fc.double({ min: 0.5, max: 3.2, noNaN: true })
  const size = fc.record({
    width: fc.integer({ min: 300, max: 2600 }),
    height: fc.integer({ min: 100, max: 260 }),
    gap: fc.integer({ min: 0, max: 20 }),
  })
  fc.assert(
    fc.property(fc.array(ratio, { maxLength: 80 }), size, (ratios, asked) => {
      const rows = justify(ratios, asked)
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(ratios.length)
      let place = 0
      for (const [row, { count, height, full }] of rows.entries()) {
        const sum = ratios.slice(place, place + count).reduce((a, b) => a + b, 0)
        const width = sum * height + asked.gap * (count - 1)
        expect(width).toBeLessThanOrEqual(asked.width + 1e-6)
        if (full) expect(width).toBeGreaterThan(asked.width - 1e-6)
        else expect(row).toBe(rows.length - 1)
        expect(height).toBeLessThanOrEqual(asked.height * 1.6 + 1e-9)
        place += count
      }
    }),
  )
})
