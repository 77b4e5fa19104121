import { Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { COCO_AXES } from '../../src/coco.ts'
import { detections, type MaskRcnnResult } from '../../src/mask-rcnn/detections.ts'
import { TORCHVISION_CONTRACT } from '../../src/mask-rcnn/torchvision-contract.ts'
import { ZOO_CONTRACT } from '../../src/mask-rcnn/zoo-contract.ts'

const SCALED = { width: 300, height: 200 }
const INPUT = { width: 320, height: 224 }

interface Row {
  readonly box?: readonly number[]
  readonly label?: number
  readonly score?: number
}

function result(rows: readonly Row[], labels: 'int64' | 'int32' | 'float32' = 'int64'): MaskRcnnResult {
  const ids = rows.map(({ label }) => label ?? 1)
  const count = rows.length
  return {
    boxes: new Tensor('float32', Float32Array.from(rows.flatMap(({ box }) => box ?? [10, 20, 30, 60])), [count, 4]),
    labels: {
      int64: () => new Tensor('int64', BigInt64Array.from(ids, BigInt), [count]),
      int32: () => new Tensor('int32', Int32Array.from(ids), [count]),
      float32: () => new Tensor('float32', Float32Array.from(ids), [count]),
    }[labels](),
    scores: new Tensor('float32', Float32Array.from(rows.map(({ score }) => score ?? 0.9)), [count]),
    masks: null,
  }
}

function found(rows: readonly Row[], contract = ZOO_CONTRACT) {
  return detections(result(rows), contract, SCALED, INPUT)
}

describe('detections', () => {
  it.each(['int64', 'int32', 'float32'] as const)('reads labels of type %s', (type) => {
    const [detection] = detections(result([{ label: 17 }], type), ZOO_CONTRACT, SCALED, INPUT)
    expect(COCO_AXES[detection!.axis]).toBe('dog')
  })

  it('reads labels with gaps by the contract', () => {
    const axes = found([{ label: 18 }, { label: 90 }], TORCHVISION_CONTRACT).map(({ axis }) => COCO_AXES[axis])
    expect(axes).toEqual(['dog', 'toothbrush'])
  })

  it('drops labels that stand for nothing', () => {
    expect(found([{ label: 0 }, { label: 81 }, { label: -1 }])).toEqual([])
    expect(found([{ label: 12 }, { label: 91 }], TORCHVISION_CONTRACT)).toEqual([])
  })

  it('keeps scores from 0.3, best first', () => {
    const scores = [0.31, 0.2999, 0.95, Number.NaN, 0.3, 0.7].map((score) => ({ score }))
    expect(found(scores).map(({ score }) => score)).toEqual([0.95, 0.7, 0.31, 0.3].map(Math.fround))
  })

  it('does not let a score be more than 1', () => {
    expect(found([{ score: 1.0000001 }])[0]!.score).toBe(1)
  })

  it('clips boxes to the image, not to the padding', () => {
    const [detection] = found([{ box: [-50, 10, 310, 500] }])
    expect(detection!.visible).toEqual({ left: 0, top: 10, right: 300, bottom: 200 })
    expect(detection!.box).toEqual({ left: -50, top: 10, right: 310, bottom: 500 })
  })

  it.each([
    ['NaN', [Number.NaN, 0, 10, 10]],
    ['infinite', [0, 0, Number.POSITIVE_INFINITY, 10]],
    ['empty', [10, 10, 10, 50]],
    ['turned over', [50, 50, 10, 10]],
    ['wholly in the padding', [301, 0, 319, 50]],
    ['thinner than float32 can tell', [10, 10, 10.00001, 50]],
  ])('drops boxes that are %s', (_, box) => {
    expect(found([{ box }, { score: 0.5 }])).toHaveLength(1)
  })

  it('gives each detection its own mask, over the box or over the input', () => {
    for (const [size, over] of [
      [28, 'box'],
      [0, 'input'],
    ] as const) {
      const [height, width] = over === 'box' ? [size, size] : [INPUT.height, INPUT.width]
      const values = new Float32Array(2 * height * width).fill(0.25, 0, height * width).fill(0.75, height * width)
      const masks = new Tensor('float32', values, [2, 1, height, width])
      const outputs = { ...result([{ score: 0.4 }, { score: 0.8 }]), masks }
      const [best, second] = detections(outputs, ZOO_CONTRACT, SCALED, INPUT)
      expect(best!.mask).toMatchObject({ over, width, height })
      expect([best!.mask!.values[0], second!.mask!.values[0]]).toEqual([0.75, 0.25])
    }
  })

  it('is empty where nothing is found', () => {
    const masks = new Tensor('float32', new Float32Array(0), [0, 1, 28, 28])
    expect(detections({ ...result([]), masks }, ZOO_CONTRACT, SCALED, INPUT)).toEqual([])
  })

  it.each([
    ['boxes', { boxes: new Tensor('float32', new Float32Array(3), [1, 3]) }, '"6568" of the model has the shape [1,3]'],
    ['labels', { labels: new Tensor('int64', new BigInt64Array(2), [2]) }, '"6570" of the model has the shape [2]'],
    ['scores', { scores: new Tensor('float64', new Float64Array(1), [1]) }, '"6572" of the model is of type float64'],
    [
      'masks',
      { masks: new Tensor('float32', new Float32Array(28 * 28 * 2), [2, 1, 28, 28]) },
      '"6887" of the model has',
    ],
  ])('rejects %s of another shape or type', (_, change, complaint) => {
    const outputs = { ...result([{}]), ...change }
    expect(() => detections(outputs, ZOO_CONTRACT, SCALED, INPUT)).toThrow(
      expect.objectContaining({ code: 'EXTRACTOR_FAILED', message: expect.stringContaining(complaint) }),
    )
  })
})
