import { join } from 'node:path'
import { createDetrExtractor, type DetrContract, type DetrExtractorOptions } from '@image-recommender/core/detr'
import sharp from 'sharp'
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import type { Extraction, FeatureExtractor } from '../../src/feature-extractor.ts'
import { featureExtractorContract } from '../../src/testing/index.ts'
import { closedAfterEach, modelFolder, refused } from '../onnx-extractor/extractors.ts'
import { plain, RED_LAB } from '../onnx-extractor/images.ts'
import {
  constantModel,
  declared,
  externalTensor,
  FLOAT,
  message,
  node,
  model as onnxModel,
  tensor,
} from '../onnx-extractor/onnx-file.ts'
import { colorDetector } from './color-detector.ts'

const MEAN = [0.485, 0.456, 0.406] as const
const STD = [0.229, 0.224, 0.225] as const
const LABELS = ['cat', null, 'dog', 'kite', 'cat'] as const
type Names = 'cat' | 'dog' | 'kite'

const contract: DetrContract<Names> = {
  name: 'colors',
  labels: LABELS,
  scores: 'sigmoid',
  input: {
    name: 'pixel_values',
    channels: 'RGB',
    divisor: 255,
    mean: MEAN,
    std: STD,
    size: { fit: 'stretch', width: 64, height: 48 },
  },
  outputs: { logits: 'logits', boxes: 'pred_boxes' },
}
const softmax: DetrContract<Names> = { ...contract, scores: 'softmax', labels: ['cat', null, 'dog', 'kite', null] }
const detector = colorDetector(7, 5)
const COLORS = ['#c81e3c', '#10f020', '#0000ff', '#ffffff', '#000000', '#f0a000', '#7f7f7f']

const folder = modelFolder()
const closedAfterwards = closedAfterEach()
let model: string
beforeAll(async () => {
  model = await folder.written('colors.onnx', detector.file)
})

async function create(options: Partial<DetrExtractorOptions<Names>> = {}) {
  return closedAfterwards(await createDetrExtractor<Names>({ model, contract, threads: 1, ...options }))
}

const inColor = (color: string, width = 80, height = 60) => plain(width, height, color).png().toBuffer()

function meansOf(color: string): number[] {
  return [1, 3, 5].map(
    (at, channel) => (Number.parseInt(color.slice(at, at + 2), 16) / 255 - MEAN[channel]!) / STD[channel]!,
  )
}

interface Expected {
  readonly name: string
  readonly score: number
  readonly box: readonly number[]
}

/** What must be found, written down once more: best first, from 0.3 on. */
function expected(color: string, scores: 'sigmoid' | 'softmax'): Expected[] {
  const { logits, boxes } = detector.outputs(meansOf(color))
  const labels = scores === 'sigmoid' ? LABELS : softmax.labels
  const pairs = logits.flatMap((row, query) => {
    if (scores === 'sigmoid') return row.map((logit, column) => ({ query, column, score: 1 / (1 + Math.E ** -logit) }))
    const all = row.reduce((sum, logit) => sum + Math.E ** logit, 0)
    const shares = row.slice(0, -1).map((logit) => Math.E ** logit / all)
    const score = Math.max(...shares)
    return [{ query, column: shares.indexOf(score), score }]
  })
  const within = (value: number) => Math.min(1, Math.max(0, value))
  return pairs
    .sort((one, other) => other.score - one.score)
    .slice(0, detector.queries)
    .filter(({ column, score }) => labels[column] !== null && score >= 0.3)
    .map(({ query, column, score }) => {
      const [x, y, w, h] = boxes[query] as [number, number, number, number]
      const [left, top] = [within(x - w / 2), within(y - h / 2)]
      return {
        name: labels[column]!,
        score,
        box: [left, top, within(x + w / 2) - left, within(y + h / 2) - top],
      }
    })
}

describe.runIf(inFull)('as every extractor', async () => {
  const images = await Promise.all(COLORS.slice(0, 3).map((color) => inColor(color)))
  featureExtractorContract({ describe, it, create: () => createDetrExtractor({ model, contract }), images })
})

describe('space', () => {
  it('names contract, file and size, and has the background and each label once, as literal types', async () => {
    const { space } = await create()
    expect(space.id).toMatch(/^colors\/[0-9a-f]{8}\/64x48$/)
    expect(space.axes).toEqual(['BG', 'cat', 'dog', 'kite'])
    expectTypeOf(space.axes).toEqualTypeOf<readonly ('BG' | Names)[]>()
  })

  it.each([
    ['square', { fit: 'stretch', width: 64, height: 64 }, '64'],
    ['of the same proportions', { fit: 'scale', shortSide: 480, longSide: 800 }, '480'],
  ] as const)('has the size of an input that is %s', async (_, size, name) => {
    const { space } = await create({ contract: { ...contract, input: { ...contract.input, size } } })
    expect(space.id.split('/')[2]).toBe(name)
  })

  it('has a threshold of 0.5 by sigmoid, of 0.7 by softmax, or what is asked for', async () => {
    expect((await create()).space.threshold).toBe(0.5)
    expect((await create({ contract: softmax })).space.threshold).toBe(0.7)
    expect((await create({ threshold: 0.4 })).space.threshold).toBe(0.4)
  })

  it('infers names from a contract that is written down', async () => {
    const extractor = await createDetrExtractor({
      model,
      contract: { ...contract, labels: ['a', 'b', 'c', 'd', null] },
    })
    closedAfterwards(extractor)
    expectTypeOf(extractor).toEqualTypeOf<FeatureExtractor<'BG' | 'a' | 'b' | 'c' | 'd'>>()
  })
})

describe.each([
  ['sigmoid', contract],
  ['softmax', softmax],
] as const)('by %s', (scores, contract) => {
  it('finds what the outputs say, worked out apart: names, scores, boxes, order', async () => {
    const extractor = await create({ contract })
    let [count, dropped] = [0, 0]
    for (const color of COLORS) {
      const found = await extractor.extract(await inColor(color))
      const wanted = expected(color, scores)
      expect(found.objects.map(({ axis }) => extractor.space.axes[axis])).toEqual(wanted.map(({ name }) => name))
      for (const [at, { score, box }] of wanted.entries()) {
        expect(found.objects[at]!.score).toBeCloseTo(score, 4)
        for (const [side, share] of box.entries()) expect(found.objects[at]!.box![side]).toBeCloseTo(share, 4)
      }
      count += wanted.length
      dropped += detector.queries - wanted.length
    }
    // Neither all nor nothing: the comparison above is of something.
    expect(count).toBeGreaterThan(COLORS.length)
    expect(dropped).toBeGreaterThan(COLORS.length / 2)
  })

  it('the threshold decides about the vector, not about the objects', async () => {
    const image = await inColor(COLORS[0]!)
    const [low, high] = [await create({ contract, threshold: 0.3 }), await create({ contract, threshold: 1 })]
    const [loose, strict] = [await low.extract(image), await high.extract(image)]
    expect(strict.objects).toEqual(loose.objects)
    const present = ({ vector }: Extraction) => vector.filter((value) => value > 0).length
    expect(present(strict)).toBe(0)
    expect(present(loose)).toBe(new Set(loose.objects.map(({ axis }) => axis)).size)
    expect(loose.vector[0]).toBe(0)
  })
})

describe('boxes', () => {
  it('are shares of the upright image, whatever it is stretched to, and have the colours that are there', async () => {
    const boxes = Float32Array.of(0.25, 0.5, 0.5, 1, 0.75, 0.25, 0.5, 0.5)
    const file = constantModel(
      { name: 'pixel_values', dims: [1, 3, 48, 64] },
      {
        logits: { dims: [1, 2, 5], data: Float32Array.of(2, -9, -9, -9, -9, -9, -9, 1, -9, -9) },
        pred_boxes: { dims: [1, 2, 4], data: boxes },
      },
    )
    const extractor = await create({ model: await folder.written('boxes.onnx', file) })
    const left = await plain(50, 300).png().toBuffer()
    // A picture that is held sideways: upright it is 100 × 300, its left half red.
    const upright = plain(100, 300, '#0000ff').composite([{ input: left, left: 0, top: 0 }])
    const turned = await sharp(await upright.png().toBuffer())
      .rotate(270)
      .png()
      .toBuffer()
    const { objects, width, height } = await extractor.extract(
      await sharp(turned).withMetadata({ orientation: 6 }).png().toBuffer(),
    )
    expect([width, height]).toEqual([100, 300])
    expect(objects.map(({ axis, box }) => [extractor.space.axes[axis], box])).toEqual([
      ['cat', [0, 0, 0.5, 1]],
      ['dog', [0.5, 0, 0.5, 0.5]],
    ])
    for (const [at, lab] of [RED_LAB, [32.3, 79.19, -107.86]].entries())
      for (const [channel, value] of lab.entries()) expect(objects[at]!.color![channel]).toBeCloseTo(value, 0)
  })
})

describe('size', () => {
  it('keeps the proportions of the image where the contract says so', async () => {
    // Who declares its input thus is given that, or onnxruntime refuses.
    const fixed = colorDetector(2, 5, { input: [1, 3, 60, 80] })
    const size = { fit: 'scale', shortSide: 60, longSide: 100 } as const
    const extractor = await create({
      model: await folder.written('fixed.onnx', fixed.file),
      contract: { ...contract, input: { ...contract.input, size } },
    })
    for (const [width, height] of [
      [80, 60],
      [800, 600],
      [40, 30],
    ])
      expect(await extractor.extract(await inColor('#123456', width, height))).toMatchObject({ width, height })
    await expect(extractor.extract(await inColor('#123456', 90, 60))).rejects.toThrow(
      refused('EXTRACTOR_FAILED', 'Got: 90 Expected: 80'),
    )
  })
})

describe('options', () => {
  const { input, outputs } = contract
  it.each<[string, unknown, string[]]>([
    ['no contract', { contract: undefined }, ['contract']],
    ['a threshold above 1', { threshold: 2 }, ['threshold', '2']],
    ['an option of another extractor', { masks: true }, ['masks']],
    ['a label for the background', { contract: { ...contract, labels: ['BG', 'cat'] } }, ['labels.0', 'write null']],
    ['labels for nothing', { contract: { ...contract, labels: [null, null] } }, ['labels', 'must name an axis']],
    ['a name for "no object"', { contract: { ...softmax, labels: LABELS } }, ['labels.4', 'must be null']],
    ['scores of another kind', { contract: { ...contract, scores: 'none' } }, ['scores', 'none']],
    [
      'a centre that is cut out, where boxes are of the whole',
      { contract: { ...contract, input: { ...input, size: { fit: 'crop', shortSide: 64, width: 64, height: 64 } } } },
      ['size', 'crop'],
    ],
    ['one output for both', { contract: { ...contract, outputs: { ...outputs, boxes: 'logits' } } }, ['outputs']],
  ])('refuses %s', async (_, change, texts) => {
    const options = { model, contract, ...(change as object) } as DetrExtractorOptions
    await expect(createDetrExtractor(options)).rejects.toThrow(refused('INVALID_ARGUMENT', ...texts))
  })
})

describe('model file', () => {
  const input = { name: 'pixel_values', dims: ['batch', 3, 'height', 'width'] }
  const zeros = (...dims: number[]) => ({ dims, data: new Float32Array(dims.reduce((all, dim) => all * dim, 1)) })
  const complete = { logits: zeros(1, 7, 5), pred_boxes: zeros(1, 7, 4) }

  it('missing: says where', async () => {
    await expect(create({ model: join(folder.path, 'none.onnx') })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', 'none.onnx is not there', 'path of an .onnx file'),
    )
  })

  it.each([
    ['text', Buffer.from('This is not a model.'), 'no ONNX file'],
    [
      'weights elsewhere',
      onnxModel(externalTensor(5, 'w', 'secret.bin'), declared(12, 'w', FLOAT, [4])),
      'other files',
    ],
    ['another input', constantModel({ ...input, name: 'images' }, complete), 'no input "pixel_values" but "images"'],
    [
      'further inputs',
      Buffer.concat([constantModel(input, complete), message(7, declared(11, 'orig_target_sizes', FLOAT, [1, 2]))]),
      'it wants further inputs: "orig_target_sizes"',
    ],
    [
      'another fixed size',
      constantModel({ ...input, dims: [1, 3, 640, 640] }, complete),
      '\\[1,3,640,640\\] instead of \\[1,3,48,64\\]',
    ],
    [
      'an input without batch',
      constantModel({ ...input, dims: [3, 48, 64] }, complete),
      '3 dimensions \\(3,48,64\\) instead of 4',
    ],
    ['no boxes', constantModel(input, { logits: complete.logits }), 'no output "pred_boxes" but "logits"'],
    [
      'more classes',
      constantModel(input, { ...complete, logits: zeros(1, 7, 365) }),
      'output "logits" is \\[1,7,365\\] instead of \\[1,\\?,5\\]',
    ],
    [
      'logits of another rank',
      constantModel(input, { ...complete, logits: zeros(7, 5) }),
      'output "logits" has 2 dimensions \\(7,5\\) instead of 3',
    ],
    [
      'boxes with a score',
      constantModel(input, { ...complete, pred_boxes: zeros(1, 7, 5) }),
      'output "pred_boxes" is \\[1,7,5\\] instead of \\[1,\\?,4\\]',
    ],
    [
      'labels instead of logits',
      constantModel(input, { ...complete, logits: { dims: [1, 7, 5], data: new BigInt64Array(35) } }),
      'output "logits" is int64 instead of float32',
    ],
  ])('%s: is corrupt, and says what there is instead', async (name, content, complaint) => {
    const path = await folder.written(`${name}.onnx`, content)
    await expect(create({ model: path })).rejects.toThrow(refused('MODEL_CORRUPT', complaint))
  })

  it('with more classes, which its graph leaves open: the extraction fails, the extractor lives', async () => {
    // As many queries as the input has rows, as many columns as that has.
    const file = onnxModel(
      declared(11, input.name, FLOAT, input.dims),
      node('ReduceMean', [input.name], ['logits'], { axes: [1], keepdims: 0 }),
      tensor(5, 'boxes', zeros(1, 48, 4)),
      node('Identity', ['boxes'], ['pred_boxes']),
      declared(12, 'logits', FLOAT, ['batch', 'queries', 'classes']),
      declared(12, 'pred_boxes', FLOAT, [1, 'queries', 4]),
    )
    const extractor = await create({ model: await folder.written('open.onnx', file) })
    for (const _ of [1, 2])
      await expect(extractor.extract(await inColor('#ffffff'))).rejects.toThrow(
        refused(
          'EXTRACTOR_FAILED',
          'output "logits" of the model has the shape \\[1,48,64\\] instead of \\[1,\\?,5\\]',
        ),
      )
  })
})
