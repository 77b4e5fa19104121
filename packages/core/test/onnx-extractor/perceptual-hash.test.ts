import sharp, { type Sharp } from 'sharp'
import { expect, it } from 'vitest'
import { perceptualHash } from '../../src/onnx-extractor/image/perceptual-hash.ts'
import { scene } from '../mask-rcnn/demo.ts'
import { busy, plain } from './images.ts'

async function hash(image: Sharp): Promise<string> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return perceptualHash({ data, width: info.width, height: info.height })
}

function distance(one: string, other: string): number {
  const different = (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(2)
  return [...different].filter((bit) => bit === '1').length
}

it('is 16 hexadecimal digits, with half of the bits set', async () => {
  const found = await hash(busy(200, 150))
  expect(found).toMatch(/^[0-9a-f]{16}$/)
  expect(distance(found, '0000000000000000')).toBe(32)
})

it('equals the DCT computed by its definition', async () => {
  const { data, info } = await busy(32, 32).raw().toBuffer({ resolveWithObject: true })
  const coefficients: number[] = []
  for (let v = 1; v <= 8; v++) {
    for (let u = 1; u <= 8; u++) {
      let sum = 0
      for (let y = 0; y < 32; y++) {
        for (let x = 0; x < 32; x++) {
          const at = (y * 32 + x) * 3
          const grey = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!
          sum += grey * Math.cos(((2 * x + 1) * u * Math.PI) / 64) * Math.cos(((2 * y + 1) * v * Math.PI) / 64)
        }
      }
      coefficients.push(sum)
    }
  }
  const sorted = [...coefficients].sort((one, other) => one - other)
  const bits = coefficients.map((value) => (value > (sorted[31]! + sorted[32]!) / 2 ? '1' : '0')).join('')
  const expected = BigInt(`0b${bits}`).toString(16).padStart(16, '0')
  expect(perceptualHash({ data, width: info.width, height: info.height })).toBe(expected)
})

it('stays nearly the same when the picture is scaled, compressed or made brighter, and no other picture has it', async () => {
  const original = await scene(0)
  const other = await hash(sharp(await scene(200)))
  const found = await hash(sharp(original))
  const variants = [
    sharp(original).resize(320, 256, { fit: 'fill' }),
    sharp(original).resize(900, 700, { fit: 'fill' }),
    sharp(await sharp(original).jpeg({ quality: 40 }).toBuffer()),
    sharp(original).linear(1.1, 5),
  ]
  for (const variant of variants) expect(distance(found, await hash(variant))).toBeLessThanOrEqual(6)
  expect(distance(found, other)).toBeGreaterThan(12)
})

it('is 0 for an even picture, whatever its colour', async () => {
  for (const color of ['#000000', '#7f3311', '#ffffff'])
    expect(await hash(plain(97, 61, color))).toBe('0000000000000000')
})
