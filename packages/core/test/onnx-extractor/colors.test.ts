import { describe, expect, it } from 'vitest'
import type { Pixels } from '../../src/onnx-extractor/image/decoded-image.ts'
import type { Detection } from '../../src/onnx-extractor/image/detection.ts'
import { srgbToLab } from '../../src/onnx-extractor/image/lab.ts'
import { objectColor } from '../../src/onnx-extractor/image/object-color.ts'
import { palette } from '../../src/onnx-extractor/image/palette.ts'
import { shrunk } from '../../src/onnx-extractor/image/shrunk.ts'

type Rgb = readonly [number, number, number]

// CIELAB of sRGB primaries under D65, as Bruce Lindbloom's calculator gives them.
const KNOWN = [
  ['white', [255, 255, 255], [100, 0, 0]],
  ['black', [0, 0, 0], [0, 0, 0]],
  ['grey', [128, 128, 128], [53.585, 0, 0]],
  ['red', [255, 0, 0], [53.2408, 80.0925, 67.2032]],
  ['green', [0, 255, 0], [87.7347, -86.1827, 83.1793]],
  ['blue', [0, 0, 255], [32.297, 79.1875, -107.8602]],
] as const satisfies readonly (readonly [string, Rgb, Rgb])[]

const RED = KNOWN[3]
const GREEN = KNOWN[4]
const BLUE = KNOWN[5]

function picture(width: number, height: number, color: (x: number, y: number) => Rgb): Pixels {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), (y * width + x) * 3)
  return { data, width, height }
}

function expectNear(actual: readonly number[], expected: readonly number[], within = 0.01): void {
  for (const [at, value] of expected.entries()) expect(Math.abs(actual[at]! - value)).toBeLessThan(within)
}

describe('srgbToLab', () => {
  it.each(KNOWN)('%s', (_, rgb, lab) => {
    const target = new Float64Array(4)
    srgbToLab(rgb[0], rgb[1], rgb[2], target, 1)
    expectNear([...target.subarray(1)], lab)
  })
})

describe('objectColor', () => {
  // Left half red, right half green, around them blue.
  const pixels = picture(100, 80, (x, y) => {
    if (x < 20 || x >= 80 || y < 20 || y >= 60) return BLUE[1]
    return x < 50 ? RED[1] : GREEN[1]
  })
  const box = { left: 20, top: 20, right: 80, bottom: 60 }
  const detection = { axis: 1, score: 1, box, visible: box, mask: null }
  const half = (width: number, height: number, inside: (x: number) => boolean) =>
    Float32Array.from({ length: width * height }, (_, at) => (inside(at % width) ? 0.9 : 0.1))

  it('is the mean inside the mask that lies over the box', () => {
    const mask = { width: 28, height: 28, over: 'box' as const, values: half(28, 28, (x) => x < 14) }
    expectNear(objectColor(pixels, pixels, { ...detection, mask }), RED[2])
  })

  it('is the mean inside the mask that lies over the whole input', () => {
    const mask = { width: 128, height: 96, over: 'input' as const, values: half(128, 96, (x) => x >= 50) }
    expectNear(objectColor(pixels, pixels, { ...detection, mask }), GREEN[2])
  })

  it('is the mean of the central part without a mask, or where the mask is empty', () => {
    const middle = RED[2].map((value, channel) => (value + GREEN[2][channel]!) / 2)
    expectNear(objectColor(pixels, pixels, detection), middle)
    const mask = { width: 28, height: 28, over: 'box' as const, values: new Float32Array(28 * 28) }
    expectNear(objectColor(pixels, pixels, { ...detection, mask }), middle)
    // Of the whole picture only the centre counts, which has no blue.
    const whole = { left: 0, top: 0, right: 100, bottom: 80 }
    expectNear(objectColor(pixels, pixels, { ...detection, box: whole, visible: whole }), middle)
  })

  it('is that of the place, where the picture has fewer pixels than the size that the model saw', () => {
    const scaled = { width: 250, height: 200 }
    const large = { left: 50, top: 50, right: 200, bottom: 150 }
    const mask = { width: 28, height: 28, over: 'box' as const, values: half(28, 28, (x) => x < 14) }
    expectNear(objectColor(pixels, scaled, { ...detection, box: large, visible: large, mask }), RED[2])
    const all = { left: 0, top: 0, right: 250, bottom: 200 }
    expectNear(
      objectColor(pixels, scaled, { ...detection, box: all, visible: all }),
      RED[2].map((value, channel) => (value + GREEN[2][channel]!) / 2),
    )
  })

  it('takes only what is in the picture where the box reaches beyond it', () => {
    const beyond: Detection = {
      ...detection,
      box: { left: -1000, top: -1000, right: 50, bottom: 1000 },
      visible: { left: 0, top: 0, right: 50, bottom: 80 },
    }
    expect(objectColor(pixels, pixels, beyond).every(Number.isFinite)).toBe(true)
  })

  it('has float32 precision', () => {
    const color = objectColor(pixels, pixels, detection)
    expect(color).toEqual(color.map(Math.fround))
  })
})

describe('shrunk', () => {
  it('keeps the mean, also where sizes do not divide', () => {
    const pixels = picture(37, 23, (x, y) => [(x * 41) % 256, (y * 53) % 256, (x * y) % 256])
    const small = shrunk(pixels, 10, 7)
    for (let channel = 0; channel < 3; channel++) {
      const mean = (values: ArrayLike<number>) => {
        let sum = 0
        for (let at = channel; at < values.length; at += 3) sum += values[at]!
        return sum / (values.length / 3)
      }
      expect(mean(small)).toBeCloseTo(mean(pixels.data), 9)
    }
  })

  it('means blocks where they do divide, and repeats where there are too few pixels', () => {
    const pixels = picture(4, 2, (x, y) => [x * 10, y * 100, 7])
    expect([...shrunk(pixels, 2, 1)]).toEqual([5, 50, 7, 25, 50, 7])
    expect([
      ...shrunk(
        picture(1, 1, () => [1, 2, 3]),
        2,
        1,
      ),
    ]).toEqual([1, 2, 3, 1, 2, 3])
  })
})

describe('palette', () => {
  it('finds the colours and their shares, the largest first', () => {
    const pixels = picture(120, 100, (_, y) => {
      if (y < 60) return RED[1]
      return y < 90 ? GREEN[1] : BLUE[1]
    })
    const found = palette(pixels)
    expect(found).toHaveLength(3)
    for (const [at, [[, , lab], share]] of (
      [
        [RED, 0.6],
        [GREEN, 0.3],
        [BLUE, 0.1],
      ] as const
    ).entries()) {
      expectNear(found[at]!.color, lab, 3)
      expect(found[at]!.share).toBeCloseTo(share, 1)
    }
  })

  it('puts near colours together', () => {
    const found = palette(picture(64, 64, (x) => [200 + (x % 8), 30, 60]))
    expect(found).toHaveLength(1)
    expect(found[0]!.share).toBeCloseTo(1, 6)
  })

  it('has the six largest of more', () => {
    const bars: Rgb[] = [
      [0, 0, 0],
      [255, 255, 255],
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [255, 255, 0],
      [0, 255, 255],
      [255, 0, 255],
    ]
    expect(palette(picture(96, 96, (x) => bars[Math.floor(x / 12)]!))).toHaveLength(6)
  })

  it('has at most six colours of float32 precision, whose shares add up to at most 1', () => {
    const found = palette(picture(200, 160, (x, y) => [(x * 97) % 256, (y * 89) % 256, (x * y * 31) % 256]))
    expect(found.length).toBeLessThanOrEqual(6)
    expect(found.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1)
    for (const { color, share } of found) expect([...color, share]).toEqual([...color, share].map(Math.fround))
  })

  it('is the same for the same pixels', () => {
    const draw = () => palette(picture(90, 70, (x, y) => [(x * 3) % 256, (y * 5) % 256, (x + y) % 256]))
    expect(draw()).toEqual(draw())
  })

  it.each([
    [1, 1],
    [1, 320],
    [320, 1],
  ])('can cope with %i × %i pixels', (width, height) => {
    expect(palette(picture(width, height, () => RED[1]))[0]!.share).toBeCloseTo(1, 6)
  })
})
