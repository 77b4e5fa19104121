/** The extractor as it is published: its worker is a file of the built package. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import {
  createMaskRcnnExtractor,
  type MaskRcnnExtractorOptions,
  type ModelContract,
  TORCHVISION_CONTRACT,
} from '@image-recommender/core/mask-rcnn'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { COCO_AXES, type CocoAxis } from '../../src/coco.ts'
import type { Box, Extraction, FeatureExtractor } from '../../src/feature-extractor.ts'
import { featureExtractorContract } from '../../src/testing/index.ts'
import { demoContract, demoModel, gallery, picture, scene } from './demo.ts'
import { busy, hugePng, plain, RED_LAB } from './images.ts'
import { constantModel, declared, externalTensor, FLOAT, model as onnxModel } from './onnx-file.ts'

const demo = { model: fileURLToPath(demoModel), contract: demoContract }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-'))
})
afterAll(() => rm(folder, { recursive: true }))

let open: FeatureExtractor[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(open.map((extractor) => extractor.close()))
  open = []
})

async function create(options: Partial<MaskRcnnExtractorOptions> = {}): Promise<FeatureExtractor<CocoAxis>> {
  const extractor = await createMaskRcnnExtractor({ ...demo, ...options })
  open.push(extractor)
  return extractor
}

async function written(name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const refused = (code: string, ...texts: string[]) =>
  expect.objectContaining({ name: 'RecommenderError', code, message: expect.stringMatching(texts.join('[^]*')) })

describe('as every extractor', async () => {
  const images = await Promise.all([0, 100, 200].map(scene))
  featureExtractorContract({ describe, it, create: () => createMaskRcnnExtractor(demo), images })
})

describe('space', () => {
  it('names contract, file and size, and has the axes of COCO as literal types', async () => {
    const { space } = await create({ threshold: 0.6 })
    expect(space.id).toBe('demo-mask-rcnn/81d1a260/256')
    expect(space.axes).toEqual(COCO_AXES)
    expect(space.threshold).toBe(0.6)
    expectTypeOf(space.axes).toEqualTypeOf<readonly CocoAxis[]>()
  })

  it('has the axes of a contract of one’s own', async () => {
    const contract: ModelContract<'BG' | 'thing'> = { ...demoContract, axes: ['BG', 'thing'], labels: [null, 'thing'] }
    const extractor = await createMaskRcnnExtractor({ ...demo, contract })
    open.push(extractor)
    expectTypeOf(extractor).toEqualTypeOf<FeatureExtractor<'BG' | 'thing'>>()
    expect((await extractor.extract(await scene(0))).vector).toHaveLength(2)
  })
})

describe('options', () => {
  it.each<[string, unknown, string[]]>([
    ['no model', { model: undefined }, ['model']],
    ['an empty model', { model: '' }, ['model']],
    ['a threshold above 1', { threshold: 1.5 }, ['threshold', '1.5']],
    ['a threshold of NaN', { threshold: Number.NaN }, ['threshold', 'NaN']],
    ['no bytes allowed', { maxBytes: 0 }, ['maxBytes', '0']],
    ['a broken pixel', { maxPixels: 10.5 }, ['maxPixels', '10.5']],
    ['no threads', { threads: 0 }, ['threads', '0']],
    ['an unknown option', { treshold: 0.5 }, ['treshold']],
    ['half a contract', { contract: { name: 'x' } }, ['contract']],
  ])('refuses %s', async (_, change, texts) => {
    const options = { ...demo, ...(change as object) } as unknown as MaskRcnnExtractorOptions
    await expect(createMaskRcnnExtractor(options)).rejects.toThrow(refused('INVALID_ARGUMENT', ...texts))
  })

  it('threshold decides about the vector, not about the objects', async () => {
    const image = await scene(100)
    const [low, high] = [await create({ threshold: 0.3 }), await create({ threshold: 1 })]
    const [loose, strict] = [await low.extract(image), await high.extract(image)]
    expect(strict.objects).toEqual(loose.objects)
    const present = ({ vector }: Extraction) => vector.filter((value) => value > 0).length
    expect(present(strict)).toBeLessThan(present(loose))
    expect(present(loose)).toBe(new Set(loose.objects.map(({ axis }) => axis)).size)
  })

  it('threads do not change what is found', async () => {
    const image = await scene(0)
    const [one, two] = [await create({ threads: 1 }), await create({ threads: 2 })]
    const [first, second] = [await one.extract(image), await two.extract(image)]
    expect(first.objects.map(({ axis }) => axis)).toEqual(second.objects.map(({ axis }) => axis))
    for (const [at, { score }] of first.objects.entries()) expect(second.objects[at]!.score).toBeCloseTo(score, 4)
  })
})

describe('model file', () => {
  const input = { name: 'image', dims: [3, 'height', 'width'] }
  const output = { dims: [0], data: new Float32Array(0) }
  const complete = { boxes: { ...output, dims: [0, 4] }, labels: output, scores: output, masks: output }

  it('missing: says where, and which models are known', async () => {
    await expect(create({ model: join(folder, 'none.onnx') })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', 'none.onnx is not there', 'mask-rcnn-r50-fpn-12-int8'),
    )
  })

  it('a folder: cannot be read', async () => {
    await expect(create({ model: folder })).rejects.toThrow(refused('MODEL_UNAVAILABLE', 'EISDIR'))
  })

  it('of a known name, missing: says how to bring it, and by hand, and where to', async () => {
    const { contract: _, ...options } = demo
    const call = createMaskRcnnExtractor({ ...options, model: 'mask-rcnn-r50-fpn-12-int8', cacheFolder: folder })
    await expect(call).rejects.toThrow(
      refused(
        'MODEL_UNAVAILABLE',
        'mask-rcnn-r50-fpn-12-int8.onnx is not there',
        "pullModel\\('mask-rcnn-r50-fpn-12-int8'\\)",
        'https://',
        '45769352 bytes',
      ),
    )
  })

  it('of a known name, with other bytes: is not even parsed', async () => {
    const path = await written('mask-rcnn-r50-fpn-12-qdq.onnx', Buffer.from('short'))
    const known = { model: 'mask-rcnn-r50-fpn-12-qdq', cacheFolder: folder }
    await expect(createMaskRcnnExtractor(known)).rejects.toThrow(
      refused('MODEL_CORRUPT', '5 bytes instead of 45676737', 'bring it again'),
    )
    await writeFile(path, Buffer.alloc(45_676_737))
    await expect(createMaskRcnnExtractor(known)).rejects.toThrow(refused('MODEL_CORRUPT', 'SHA-256', 'd6fe3a9f'))
    await rm(path)
  })

  it.each([
    ['empty', Buffer.alloc(0), '0 bytes'],
    ['text', Buffer.from('This is not a model.'), 'no ONNX file'],
    ['a valid protocol buffer without a graph', Buffer.from([8, 8]), 'onnxruntime'],
    [
      'weights elsewhere',
      onnxModel(externalTensor(5, 'w', 'secret.bin'), declared(12, 'w', FLOAT, [4])),
      'other files',
    ],
    ['another input', constantModel({ ...input, name: 'picture' }, complete), 'no input "image" but "picture"'],
    ['an input of another rank', constantModel({ ...input, dims: [1, 3, 'h', 'w'] }, complete), '4 dimensions'],
    [
      'no scores',
      constantModel(input, { boxes: output, labels: output, masks: output }),
      'no output "scores" but "boxes", "labels", "masks"',
    ],
    ['no masks', constantModel(input, { boxes: output, labels: output, scores: output }), 'no output "masks"'],
  ])('%s: is corrupt, and says what differs', async (name, content, complaint) => {
    const path = await written(`${name}.onnx`, content)
    await expect(create({ model: path })).rejects.toThrow(refused('MODEL_CORRUPT', complaint))
  })

  it('cut off: is corrupt', async () => {
    const whole = await readFile(demoModel)
    const path = await written('cut.onnx', whole.subarray(0, whole.length - 100))
    await expect(create({ model: path })).rejects.toThrow(refused('MODEL_CORRUPT', 'cut off'))
  })

  it('gives what a hand-made graph is known to give, by the contract of torchvision', async () => {
    // 800 × 1067 is the size to which the picture is scaled; the masks are pasted into it, the first on the left half.
    const [width, height] = [1067, 800]
    const masks = new Float32Array(2 * height * width)
    for (let y = 0; y < height; y++) masks.fill(0.9, y * width, y * width + 533)
    masks.fill(0.9, height * width)
    const path = await written(
      'torchvision.onnx',
      constantModel(
        { name: 'images_tensors', dims: [3, 'height', 'width'] },
        {
          boxes: { dims: [2, 4], data: Float32Array.of(0, 0, width, height, 533.5, 400, 2000, 800) },
          labels: { dims: [2], data: BigInt64Array.of(18n, 90n) },
          scores: { dims: [2], data: Float32Array.of(0.5, 0.875) },
          masks: { dims: [2, 1, height, width], data: masks },
        },
      ),
    )
    const extractor = await create({ model: path, contract: TORCHVISION_CONTRACT })
    const left = await plain(320, 480).png().toBuffer()
    const image = await plain(640, 480, '#0000ff')
      .composite([{ input: left, left: 0, top: 0 }])
      .png()
      .toBuffer()
    const { objects, vector } = await extractor.extract(image)
    expect(objects.map(({ axis, score }) => [extractor.space.axes[axis], score])).toEqual([
      ['toothbrush', 0.875],
      ['dog', 0.5],
    ])
    expect(objects[0]!.box).toEqual([0.5, 0.5, 0.5, 0.5])
    expect(objects[1]!.box).toEqual([0, 0, 1, 1])
    // Blue; and RED.
    for (const [at, lab] of [[32.3, 79.19, -107.86], RED_LAB].entries())
      for (const [channel, value] of lab.entries()) expect(objects[at]!.color![channel]).toBeCloseTo(value, 0)
    expect([...vector].filter((value) => value > 0)).toEqual([0.875])
  })

  it('whose outputs have other shapes: the extraction fails, the extractor lives', async () => {
    const wrong = { ...complete, scores: { dims: [3], data: new Float32Array(3) } }
    const extractor = await create({ model: await written('shapes.onnx', constantModel(input, wrong)) })
    const image = await plain(64, 64).png().toBuffer()
    await expect(extractor.extract(image)).rejects.toThrow(refused('EXTRACTOR_FAILED', '"labels" of the model'))
    await expect(extractor.extract(image)).rejects.toThrow(refused('EXTRACTOR_FAILED', '"labels" of the model'))
  })
})

describe('extract', () => {
  let extractor: FeatureExtractor<CocoAxis>
  beforeAll(async () => {
    extractor = await createMaskRcnnExtractor(demo)
  })
  afterAll(() => extractor.close())

  it('finds what is in the pictures, where it is', async () => {
    let [right, missed, wrong, displaced] = [0, 0, 0, 0]
    for (const { name, width, height, objects: truth } of gallery.filter((_, at) => at % 20 === 0)) {
      const { vector, objects } = await extractor.extract(await picture(name))
      for (const [axis, label] of extractor.space.axes.entries()) {
        const known = truth.filter((object) => object.label === label)
        const found = vector[axis]! > 0
        if (!found && known.length > 0) missed++
        if (found && known.length === 0) wrong++
        if (!found || known.length === 0) continue
        right++
        const { box } = objects.find((object) => object.axis === axis)!
        const overlaps = known.map(({ box: [x, y, w, h] }) =>
          overlap(box!, [x / width, y / height, w / width, h / height]),
        )
        if (Math.max(...overlaps) < 0.5) displaced++
      }
    }
    expect(right).toBeGreaterThan(20)
    expect(right / (right + missed)).toBeGreaterThan(0.9)
    expect(right / (right + wrong)).toBeGreaterThan(0.9)
    expect(displaced / right).toBeLessThan(0.1)
  })

  it('finds the same objects at the same places in a picture that was held sideways', async () => {
    let [same, all] = [0, 0]
    for (const { name, width, height } of gallery.filter((_, at) => at % 30 === 0)) {
      // PNG, since WebP is scaled by its own decoder, and that depends on the side.
      const upright = await sharp(await picture(name))
        .png()
        .toBuffer()
      const turned = sharp(await sharp(upright).rotate(270).png().toBuffer())
      const sideways = await turned.withMetadata({ orientation: 6 }).png().toBuffer()
      expect(await sharp(sideways).metadata()).toMatchObject({ width: height, height: width, orientation: 6 })
      const [expected, found] = [await extractor.extract(upright), await extractor.extract(sideways)]
      expect([found.width, found.height]).toEqual([width, height])
      for (const { axis, box } of expected.objects.filter(({ score }) => score > 0.9)) {
        const others = found.objects.filter((object) => object.axis === axis)
        if (others.some((other) => overlap(other.box!, box!) > 0.8)) same++
        all++
      }
    }
    expect(all).toBeGreaterThan(10)
    expect(same / all).toBeGreaterThan(0.9)
  })

  it('has numbers of float32 precision only', async () => {
    const { objects, appearance } = await extractor.extract(await scene(200))
    const numbers = [
      ...objects.flatMap(({ score, box, color }) => [score, ...box!, ...color!]),
      ...appearance!.palette.flatMap(({ color, share }) => [share, ...color]),
    ]
    expect(numbers).toEqual(numbers.map(Math.fround))
  })

  it.each([
    [1, 10_000],
    [10_000, 1],
    [1, 1],
    [33, 2000],
  ])('can cope with %i × %i pixels', async (width, height) => {
    const extraction = await extractor.extract(await plain(width, height).png().toBuffer())
    expect(extraction).toMatchObject({ width, height })
    expect(extraction.appearance!.palette[0]!.share).toBeCloseTo(1, 5)
  })

  it('finds nothing in an even picture: an empty vector and no objects', async () => {
    const { objects, vector } = await extractor.extract(await plain(300, 200, '#ffffff').jpeg().toBuffer())
    expect(objects).toEqual([])
    expect(vector.every((value) => value === 0)).toBe(true)
  })

  it('refuses by bytes, by pixels and by content, and goes on', async () => {
    const extractor = await create({ maxBytes: 20_000, maxPixels: 100_000 })
    const small = await busy(120, 80).jpeg().toBuffer()
    await expect(extractor.extract(new Uint8Array(20_001))).rejects.toThrow(
      refused('IMAGE_TOO_LARGE', '20001 bytes', '20000', 'maxBytes'),
    )
    await expect(extractor.extract(hugePng(1000, 101))).rejects.toThrow(
      refused('IMAGE_TOO_LARGE', '101000 pixels', '100000'),
    )
    await expect(extractor.extract(new Uint8Array(0))).rejects.toThrow(refused('IMAGE_UNREADABLE', '0 bytes'))
    await expect(extractor.extract(Buffer.from('<svg/>'))).rejects.toThrow(refused('IMAGE_UNREADABLE', '<svg/>'))
    await expect(extractor.extract(small.subarray(0, small.length / 2))).rejects.toThrow(refused('IMAGE_UNREADABLE'))
    expect(await extractor.extract(small)).toMatchObject({ width: 120, height: 80 })
  })

  it('leaves the event loop to the application', async () => {
    const images = await Promise.all([0, 100, 200].map(scene))
    await extractor.extract(images[0]!)
    const before = performance.eventLoopUtilization()
    await Promise.all(Array.from({ length: 12 }, (_, at) => extractor.extract(images[at % 3]!)))
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.3)
  })

  it('outlives its thread', async () => {
    const posted = vi.spyOn(Worker.prototype, 'postMessage')
    const extractor = await create()
    const image = await scene(0)
    const expected = await extractor.extract(image)
    const calls = Promise.allSettled([extractor.extract(image), extractor.extract(image), extractor.extract(image)])
    await (posted.mock.contexts.at(-1) as Worker).terminate()
    const [first, second, third] = await calls
    for (const lost of [first, second]) expect(lost).toMatchObject({ reason: { code: 'EXTRACTOR_FAILED' } })
    expect(third).toEqual({ status: 'fulfilled', value: expected })
  })

  it('does not go on with another model after its thread died', async () => {
    const path = await written('replaced.onnx', await readFile(demoModel))
    const posted = vi.spyOn(Worker.prototype, 'postMessage')
    const extractor = await create({ model: path })
    const image = await scene(0)
    await extractor.extract(image)
    const complete = { boxes: [0, 4], labels: [0], scores: [0], masks: [0, 1, 28, 28] }
    const outputs = Object.entries(complete).map(([name, dims]) => [name, { dims, data: new Float32Array(0) }])
    await writeFile(path, constantModel({ name: 'image', dims: [3, 'h', 'w'] }, Object.fromEntries(outputs)))
    await (posted.mock.contexts.at(-1) as Worker).terminate()
    await expect(extractor.extract(image)).rejects.toThrow(refused('EXTRACTOR_FAILED', 'SHA-256'))
  })
})

/** Intersection over union. */
function overlap([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): number {
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx)
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by)
  const both = Math.max(0, width) * Math.max(0, height)
  return both / (aw * ah + bw * bh - both)
}
