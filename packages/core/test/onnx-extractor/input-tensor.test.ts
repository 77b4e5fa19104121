import { describe, expect, it } from 'vitest'
import { inputFraming } from '../../src/mask-rcnn/mask-rcnn-family.ts'
import type { ModelInput } from '../../src/mask-rcnn/model-contract.ts'
import { TORCHVISION_CONTRACT } from '../../src/mask-rcnn/torchvision-contract.ts'
import { ZOO_CONTRACT } from '../../src/mask-rcnn/zoo-contract.ts'
import { scaledSize, windowOn } from '../../src/onnx-extractor/image/framing.ts'
import { inputTensorMaker } from '../../src/onnx-extractor/image/input-tensor.ts'

describe('scaledSize', () => {
  it.each([
    ['a COCO photo, up to the short side', [640, 480], [1067, 800]],
    ['a phone photo, down to the short side', [3024, 4032], [800, 1067]],
    ['a panorama, down to the long side', [8000, 1000], [1333, 167]],
    ['a line', [1, 10_000], [1, 1333]],
    ['a single pixel', [1, 1], [800, 800]],
  ] as const)('%s', (_, [width, height], [scaledWidth, scaledHeight]) => {
    expect(scaledSize({ width, height }, inputFraming(ZOO_CONTRACT.input))).toEqual({
      width: scaledWidth,
      height: scaledHeight,
    })
  })

  it('is padded to the next multiple, and left alone where it is one', () => {
    const padded = (width: number, height: number, input: ModelInput) =>
      windowOn({ width, height }, inputFraming(input))
    expect(padded(1067, 800, ZOO_CONTRACT.input)).toEqual({ left: 0, top: 0, width: 1088, height: 800 })
    expect(padded(1067, 801, TORCHVISION_CONTRACT.input)).toEqual({ left: 0, top: 0, width: 1067, height: 801 })
  })
})

describe('windowOn', () => {
  it.each([
    ['wide', [100, 48], [30, 8]],
    ['high, with an odd rest', [48, 73], [4, 20]],
    ['just as large', [48, 48], [4, 8]],
  ] as const)('of what is cropped is the middle: %s', (_, [width, height], [left, top]) => {
    const framing = { fit: 'crop', shortSide: 48, width: 40, height: 32 } as const
    expect(windowOn({ width, height }, framing)).toEqual({ left, top, width: 40, height: 32 })
  })

  it('of what is stretched is the whole, whatever the image', () => {
    const framing = { fit: 'stretch', width: 64, height: 32 } as const
    const scaled = scaledSize({ width: 10, height: 500 }, framing)
    expect(windowOn(scaled, framing)).toEqual({ left: 0, top: 0, width: 64, height: 32 })
  })
})

describe('inputTensorMaker', () => {
  const other: ModelInput = {
    ...TORCHVISION_CONTRACT.input,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    multipleOf: 8,
  }

  it.each([
    ['BGR minus means', ZOO_CONTRACT.input],
    ['RGB 0..1', TORCHVISION_CONTRACT.input],
    ['RGB with means and deviations', other],
  ])('%s: as computed pixel by pixel', (_, input) => {
    const [width, height] = [37, 21]
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7919) % 256)
    const inputTensor = inputTensorMaker(input, inputFraming(input))
    // Something larger before, which leaves its traces in the memory that is used again.
    inputTensor({ data: new Uint8Array(80 * 50 * 3).fill(99), width: 80, height: 50 }, { width: 80, height: 50 })
    const tensor = inputTensor({ data, width, height }, { width, height })

    const padded = (side: number) => {
      let length = side
      while (length % input.multipleOf !== 0) length++
      return length
    }
    expect([tensor.width, tensor.height]).toEqual([padded(width), padded(height)])
    const expected: number[] = []
    for (let channel = 0; channel < 3; channel++) {
      const source = 'RGB'.indexOf(input.channels[channel]!)
      for (let y = 0; y < tensor.height; y++) {
        for (let x = 0; x < tensor.width; x++) {
          const inside = x < width && y < height
          const byte = data[(y * width + x) * 3 + source]!
          expected.push(inside ? Math.fround((byte / input.divisor - input.mean[channel]!) / input.std[channel]!) : 0)
        }
      }
    }
    expect(Array.from(tensor.values)).toEqual(expected)
  })

  it.each([
    ['a photo of 4 : 3', [64, 48], [107, 80]],
    ['twice', [20, 10], [40, 20]],
    ['in one direction', [30, 21], [30, 50]],
    ['one pixel', [1, 1], [5, 4]],
    ['a line', [1, 7], [3, 40]],
    ['by a pixel', [40, 30], [41, 30]],
  ] as const)(
    'enlarged, %s: as bilinear interpolation is defined, value by value',
    (_, [width, height], [toWidth, toHeight]) => {
      const input = ZOO_CONTRACT.input
      const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7919) % 256)
      const tensor = inputTensorMaker(input, inputFraming(input))(
        { data, width, height },
        { width: toWidth, height: toHeight },
      )

      // Straight from the definition: every pixel weighs as much as its centre is near, less than one pixel away.
      const weight = (target: number, scale: number, source: number, last: number) => {
        const place = Math.min(last, Math.max(0, (target + 0.5) / scale - 0.5))
        return Math.max(0, 1 - Math.abs(place - source))
      }
      let most = 0
      for (let channel = 0; channel < 3; channel++) {
        const source = 'RGB'.indexOf(input.channels[channel]!)
        for (let y = 0; y < tensor.height; y++) {
          for (let x = 0; x < tensor.width; x++) {
            let expected = 0
            if (x < toWidth && y < toHeight) {
              for (let row = 0; row < height; row++) {
                const vertical = weight(y, toHeight / height, row, height - 1)
                if (vertical === 0) continue
                for (let column = 0; column < width; column++)
                  expected +=
                    vertical *
                    weight(x, toWidth / width, column, width - 1) *
                    data[(row * width + column) * 3 + source]!
              }
              expected -= input.mean[channel]!
            }
            const value = tensor.values[(channel * tensor.height + y) * tensor.width + x]!
            most = Math.max(most, Math.abs(value - expected))
          }
        }
      }
      expect(most).toBeLessThan(1e-4)
    },
  )

  it.each([
    ['as it is', [60, 48]],
    ['enlarged', [20, 16]],
    ['enlarged in one direction', [60, 5]],
    ['one pixel high', [3000, 1]],
  ] as const)('cut out of the middle, %s: the values that the whole has there', (_, [width, height]) => {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7919) % 256)
    const crop = { fit: 'crop', shortSide: 48, width: 40, height: 32 } as const
    const scaled = { width: Math.max(60, Math.min(width, 200)), height: 48 }
    const tensor = inputTensorMaker(other, crop)({ data, width, height }, scaled)
    const whole = inputTensorMaker(other, { fit: 'stretch', ...scaled })({ data, width, height }, scaled)
    expect([tensor.width, tensor.height]).toEqual([40, 32])
    const left = (scaled.width - 40) / 2
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < 32; y++) {
        const from = (channel * scaled.height + 8 + y) * scaled.width + left
        const row = tensor.values.subarray((channel * 32 + y) * 40, (channel * 32 + y + 1) * 40)
        expect(row).toEqual(whole.values.subarray(from, from + 40))
      }
  })
})
