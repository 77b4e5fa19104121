import { expect, it } from 'vitest'
import { compareUtf8 } from '../src/index.ts'

const words = [
  '',
  'a',
  'aa',
  'ab',
  'b',
  'Z',
  '\0',
  '\u007f',
  '\u0080',
  'é',
  'e\u0301',
  '\ud7ff',
  '\ue000',
  '\ufffd',
  '\uffff',
  '😀',
  '\u{10000}',
  '\u{10ffff}',
  'a😀',
  'a\uffff',
]

it('orders strings as their UTF-8 bytes are ordered', () => {
  for (const a of words) {
    for (const b of words) {
      expect(Math.sign(compareUtf8(a, b)), JSON.stringify([a, b])).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }
  }
})

it('differs from the order of UTF-16 units, where it must', () => {
  expect('\u{10000}' < '\uffff').toBe(true)
  expect(compareUtf8('\u{10000}', '\uffff')).toBeGreaterThan(0)
})
