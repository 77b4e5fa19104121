import { describe, expect, it } from 'vitest'
import { paddedSize, scaledSize } from '../../src/mask-rcnn/image/input-size.ts'
import { inputTensor } from '../../src/mask-rcnn/image/input-tensor.ts'
import type { ModelInput } from '../../src/mask-rcnn/model/model-contract.ts'
import { TORCHVISION_CONTRACT } from '../../src/mask-rcnn/model/torchvision-contract.ts'
import { ZOO_CONTRACT } from '../../src/mask-rcnn/model/zoo-contract.ts'

describe('scaledSize', () => {
  it.each([
    ['a COCO photo, up to the short side', [640, 480], [1067, 800]],
    ['a phone photo, down to the short side', [3024, 4032], [800, 1067]],
    ['a panorama, down to the long side', [8000, 1000], [1333, 167]],
    ['a line', [1, 10_000], [1, 1333]],
    ['a single pixel', [1, 1], [800, 800]],
  ] as const)('%s', (_, [width, height], [scaledWidth, scaledHeight]) => {
    expect(scaledSize({ width, height }, ZOO_CONTRACT.input)).toEqual({ width: scaledWidth, height: scaledHeight })
  })

  it('is padded to the next multiple, and left alone where it is one', () => {
    expect(paddedSize({ width: 1067, height: 800 }, ZOO_CONTRACT.input)).toEqual({ width: 1088, height: 800 })
    expect(paddedSize({ width: 1067, height: 801 }, TORCHVISION_CONTRACT.input)).toEqual({ width: 1067, height: 801 })
  })
})

describe('inputTensor', () => {
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
    const tensor = inputTensor({ data, width, height }, input)

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
})
