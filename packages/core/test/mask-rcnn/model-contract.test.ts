import { describe, expect, it } from 'vitest'
import { COCO_AXES } from '../../src/coco.ts'
import { modelContractSchema } from '../../src/mask-rcnn/model-contract.ts'
import { TORCHVISION_CONTRACT } from '../../src/mask-rcnn/torchvision-contract.ts'
import { ZOO_CONTRACT } from '../../src/mask-rcnn/zoo-contract.ts'
import { ZOO_FASTER_CONTRACT } from '../../src/mask-rcnn/zoo-faster-contract.ts'
import { demoContract } from './demo.ts'

const contracts = { ZOO_CONTRACT, ZOO_FASTER_CONTRACT, TORCHVISION_CONTRACT, demoContract }

describe.each(Object.entries(contracts))('%s', (_, contract) => {
  it('is valid, and comes back from JSON as it was', () => {
    expect(modelContractSchema.parse(JSON.parse(JSON.stringify(contract)))).toEqual(contract)
  })

  it('gives every axis but the background exactly one label', () => {
    expect(contract.labels.filter((axis) => axis !== null)).toEqual(COCO_AXES.slice(1))
  })
})

it('the demo model is preprocessed like the zoo model, at its own size', () => {
  const { shortSide, longSide, ...preprocessing } = demoContract.input
  expect([shortSide, longSide]).toEqual([256, 320])
  expect(ZOO_CONTRACT.input).toEqual({ ...preprocessing, shortSide: 800, longSide: 1333 })
})

// From the annotation files of COCO 2017: the classes on both sides of each gap in the ids.
it.each([
  [1, 'person'],
  [11, 'fire hydrant'],
  [13, 'stop sign'],
  [25, 'giraffe'],
  [27, 'backpack'],
  [28, 'umbrella'],
  [31, 'handbag'],
  [44, 'bottle'],
  [46, 'wine glass'],
  [65, 'bed'],
  [67, 'dining table'],
  [70, 'toilet'],
  [72, 'tv'],
  [82, 'refrigerator'],
  [84, 'book'],
  [90, 'toothbrush'],
] as const)('label %i of torchvision is %s', (id, axis) => {
  expect(TORCHVISION_CONTRACT.labels[id]).toBe(axis)
})

it.each([
  ['a background elsewhere', { axes: ['person', 'BG'] }, 'must be "BG"'],
  ['an axis twice', { axes: ['BG', 'cat', 'cat'], labels: [null, 'cat'] }, 'must not name an axis twice'],
  ['a label of no axis', { labels: [null, 'unicorn'] }, 'must be one of the axes'],
  ['a label of the background', { labels: ['BG'] }, 'must not be the background'],
  ['a name that would break the space id', { name: 'a/b' }, 'must be 1 to 64'],
  ['an unknown field', { labelz: [] }, 'labelz'],
  ['sides in the wrong order', { input: { ...ZOO_CONTRACT.input, longSide: 400 } }, 'must not be less'],
  ['an infinite mean', { input: { ...ZOO_CONTRACT.input, mean: [0, Number.POSITIVE_INFINITY, 0] } }, 'expected number'],
  ['a zero deviation', { input: { ...ZOO_CONTRACT.input, std: [1, 0, 1] } }, '>0'],
  ['an output twice', { outputs: { ...ZOO_CONTRACT.outputs, masks: '6568' } }, 'must not name an output twice'],
])('refuses %s', (_, change, complaint) => {
  const result = modelContractSchema.safeParse({ ...ZOO_CONTRACT, ...change })
  expect(result.error?.issues.map(({ message }) => message).join('; ')).toContain(complaint)
})
