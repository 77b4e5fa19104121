import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createEmbeddingExtractor,
  type EmbeddingContract,
  type EmbeddingExtractorOptions,
  type InputSize,
} from '@image-recommender/core/embedding'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import type { FeatureExtractor } from '../../src/feature-extractor.ts'
import { featureExtractorContract } from '../../src/testing/index.ts'
import { demoContract, demoModel, scene } from '../mask-rcnn/demo.ts'
import { closedAfterEach, modelFolder, refused } from '../onnx-extractor/extractors.ts'
import { busy, plain } from '../onnx-extractor/images.ts'
import { constantModel, declared, FLOAT, node, model as onnxModel, tensor } from '../onnx-extractor/onnx-file.ts'
import { demoEncoder } from './demo.ts'

const WIDTH = 40
const HEIGHT = 32
const ALL = 3 * WIDTH * HEIGHT

/** A model that gives all that it is given: the vector is the input, value by value. */
const mirror = onnxModel(
  declared(11, 'pixels', FLOAT, ['batch', 3, HEIGHT, WIDTH]),
  tensor(5, 'shape', { dims: [2], data: BigInt64Array.of(1n, BigInt(ALL)) }),
  node('Reshape', ['pixels', 'shape'], ['all']),
  declared(12, 'all', FLOAT, [1, ALL]),
)
const contract: EmbeddingContract = {
  name: 'mirror',
  input: {
    name: 'pixels',
    channels: 'RGB',
    divisor: 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    size: { fit: 'stretch', width: WIDTH, height: HEIGHT },
  },
  output: { name: 'all', dimensions: ALL, pooling: 'none' },
  normalize: false,
}

const folder = modelFolder()
const closedAfterwards = closedAfterEach()
let model: string
beforeAll(async () => {
  model = await folder.written('mirror.onnx', mirror)
})

async function create(options: Partial<EmbeddingExtractorOptions> = {}): Promise<FeatureExtractor> {
  return closedAfterwards(await createEmbeddingExtractor({ model, contract, threads: 1, ...options }))
}

const withSize = (size: InputSize) => ({ ...contract, input: { ...contract.input, size } })

describe.runIf(inFull)('as every extractor', async () => {
  const images = await Promise.all([0, 100].map(scene))
  featureExtractorContract({ describe, it, create: () => createEmbeddingExtractor(demoEncoder), images })
})

describe('space', () => {
  it('names contract, file and size, has an axis for each dimension, and no threshold', async () => {
    const { space } = await create()
    expect(space.id).toMatch(/^mirror\/[0-9a-f]{8}\/40x32$/)
    expect(space.axes).toHaveLength(ALL)
    expect([space.axes[0], space.axes[1], space.axes.at(-1)]).toEqual(['0', '1', `${ALL - 1}`])
    expect(space.threshold).toBeNull()
    const demo = closedAfterwards(await createEmbeddingExtractor(demoEncoder))
    expect(demo.space.id).toBe('demo-encoder/d7288377/256')
  })
})

describe('the input, value by value', () => {
  /** As the definition says: `(byte / divisor - mean) / std`, channel by channel, from the pixels' own bytes. */
  async function expected(
    image: Buffer,
    { channels, divisor, mean, std }: EmbeddingContract['input'],
    left = 0,
    top = 0,
  ) {
    const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true })
    const values: number[] = []
    for (let channel = 0; channel < 3; channel++) {
      const source = 'RGB'.indexOf(channels[channel]!)
      for (let y = 0; y < HEIGHT; y++)
        for (let x = 0; x < WIDTH; x++) {
          const byte = data[((top + y) * info.width + left + x) * 3 + source]!
          values.push((byte / divisor - mean[channel]!) / std[channel]!)
        }
    }
    return Float32Array.from(values)
  }

  it.each([
    ['RGB, of ImageNet', contract.input],
    ['BGR 0..255', { ...contract.input, channels: 'BGR', divisor: 1, mean: [103, 116, 122], std: [1, 1, 1] }],
  ] as const)('%s', async (_, input) => {
    const extractor = await create({ contract: { ...contract, input } })
    const image = await busy(WIDTH, HEIGHT).png().toBuffer()
    expect(await extractor.extract(image)).toMatchObject({
      vector: await expected(image, input),
      objects: [],
      width: WIDTH,
      height: HEIGHT,
    })
  })

  it('the middle of an image whose short side fits', async () => {
    const extractor = await create({ contract: withSize({ fit: 'crop', shortSide: 48, width: WIDTH, height: HEIGHT }) })
    for (const [width, height, left, top] of [
      [48, 48, 4, 8],
      [97, 48, 28, 8],
      [48, 99, 4, 33],
    ] as const) {
      const image = await busy(width, height).png().toBuffer()
      const { vector } = await extractor.extract(image)
      expect(vector).toEqual(await expected(image, contract.input, left, top))
    }
  })

  it('stretched, whatever the proportions: an even image stays even', async () => {
    const extractor = await create()
    for (const [width, height] of [
      [400, 20],
      [20, 400],
      [1, 1],
    ] as const) {
      const { vector } = await extractor.extract(await plain(width, height).png().toBuffer())
      const even = await expected(await plain(WIDTH, HEIGHT).png().toBuffer(), contract.input)
      expect(vector).toEqual(even)
    }
  })
})

describe('what comes out', () => {
  const input = { name: 'pixels', dims: ['batch', 3, 'height', 'width'] }
  const features = (dims: number[], ...data: number[]) =>
    constantModel(input, { all: { dims, data: Float32Array.from(data) } })

  it.each([
    ['none', [1, 2], [3, 4], [3, 4]],
    ['class-token', [1, 3, 2], [3, 4, 0, 0, 9, 9], [3, 4]],
    ['mean-of-tokens', [1, 3, 2], [3, 4, 0, 0, 9, 5], [4, 3]],
    ['mean-of-map', [1, 2, 1, 3], [3, 4, 5, 0, 0, 9], [4, 3]],
  ] as const)('by %s', async (pooling, dims, data, expected) => {
    const path = await folder.written(`${pooling}.onnx`, features([...dims], ...data))
    const output = { name: 'all', dimensions: 2, pooling }
    const image = await plain(8, 8).png().toBuffer()
    const plainly = await create({ model: path, contract: { ...contract, output } })
    expect((await plainly.extract(image)).vector).toEqual(Float32Array.from(expected))
    const unit = await create({ model: path, contract: { ...contract, output, normalize: true } })
    const length = Math.hypot(...expected)
    expect((await unit.extract(image)).vector).toEqual(Float32Array.from(expected, (value) => value / length))
  })

  it('has the palette and the hash that a detector gives of the same picture', async () => {
    const image = await scene(160)
    const [encoder, detector] = [
      await createEmbeddingExtractor(demoEncoder),
      await createMaskRcnnExtractor({
        model: fileURLToPath(demoModel),
        contract: demoContract,
      }),
    ]
    closedAfterwards(encoder)
    closedAfterwards(detector)
    const [one, other] = [await encoder.extract(image), await detector.extract(image)]
    expect(one.appearance).toEqual(other.appearance)
    expect([one.width, one.height]).toEqual([other.width, other.height])
  })

  it('that is no number is refused', async () => {
    const path = await folder.written('nan.onnx', features([1, 2], 1, Number.NaN))
    const extractor = await create({
      model: path,
      contract: { ...contract, output: { ...contract.output, dimensions: 2 } },
    })
    await expect(extractor.extract(await plain(8, 8).png().toBuffer())).rejects.toThrow(
      refused('EXTRACTOR_FAILED', 'output "all" of the model has a value that is NaN'),
    )
  })
})

describe('options', () => {
  const { output } = contract
  it.each<[string, unknown, string[]]>([
    ['no contract', { contract: undefined }, ['contract']],
    ['a threshold, which embeddings have none of', { threshold: 0.5 }, ['threshold']],
    [
      'a part that is larger than the whole',
      { contract: withSize({ fit: 'crop', shortSide: 200, width: 224, height: 224 }) },
      ['shortSide', 'must not be less than width or height'],
    ],
    [
      'sides in the wrong order',
      { contract: withSize({ fit: 'scale', shortSide: 224, longSide: 200 }) },
      ['longSide', 'must not be less than shortSide'],
    ],
    ['a fit of another kind', { contract: withSize({ fit: 'squeeze' } as never) }, ['size']],
    [
      'more dimensions than a space has axes',
      { contract: { ...contract, output: { ...output, dimensions: 4097 } } },
      ['dimensions'],
    ],
    [
      'tokens that are skipped where there are none',
      { contract: { ...contract, output: { ...output, skippedTokens: 1 } } },
      ['skippedTokens', 'mean-of-tokens'],
    ],
  ])('refuses %s', async (_, change, texts) => {
    const options = { model, contract, ...(change as object) } as EmbeddingExtractorOptions
    await expect(createEmbeddingExtractor(options)).rejects.toThrow(refused('INVALID_ARGUMENT', ...texts))
  })
})

describe('model file', () => {
  it('missing: says where', async () => {
    await expect(create({ model: join(folder.path, 'missing.onnx') })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', 'missing.onnx is not there', 'path of an .onnx file'),
    )
  })

  it.each<[string, Partial<EmbeddingContract>, string]>([
    [
      'of another fixed size',
      withSize({ fit: 'stretch', width: 224, height: 224 }),
      '\\[batch,3,32,40\\] instead of \\[1,3,224,224\\]',
    ],
    ['without that output', { output: { ...contract.output, name: 'pooler' } }, 'no output "pooler" but "all"'],
    [
      'of other dimensions',
      { output: { ...contract.output, dimensions: 512 } },
      'output "all" is \\[1,3840\\] instead of \\[1,512\\]',
    ],
    [
      'that gives no tokens',
      { output: { ...contract.output, pooling: 'class-token' } },
      'has 2 dimensions \\(1,3840\\) instead of 3',
    ],
    [
      'that gives no map',
      { output: { ...contract.output, pooling: 'mean-of-map' } },
      'has 2 dimensions \\(1,3840\\) instead of 4',
    ],
  ])('%s: is corrupt, and says what there is instead', async (_, change, complaint) => {
    await expect(create({ contract: { ...contract, ...change } })).rejects.toThrow(refused('MODEL_CORRUPT', complaint))
  })
})
