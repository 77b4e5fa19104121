/** What comes of a model's file, in the extractor as it is published. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createMaskRcnnExtractor,
  type MaskRcnnExtractorOptions,
  TORCHVISION_CONTRACT,
} from '@image-recommender/core/mask-rcnn'
import { describe, expect, it } from 'vitest'
import { closedAfterEach, modelFolder, refused } from '../onnx-extractor/extractors.ts'
import { plain, RED_LAB } from '../onnx-extractor/images.ts'
import { constantModel, declared, externalTensor, FLOAT, model as onnxModel } from '../onnx-extractor/onnx-file.ts'
import { demoContract, demoModel } from './demo.ts'

const demo = { model: fileURLToPath(demoModel), contract: demoContract }
const folder = modelFolder()
const closedAfterwards = closedAfterEach()

async function create(options: Partial<MaskRcnnExtractorOptions> = {}) {
  return closedAfterwards(await createMaskRcnnExtractor({ ...demo, ...options }))
}

describe('a model file', () => {
  const input = { name: 'image', dims: [3, 'height', 'width'] }
  const output = { dims: [0], data: new Float32Array(0) }
  const complete = { boxes: { ...output, dims: [0, 4] }, labels: output, scores: output, masks: output }

  it('missing: says where, and which models are known', async () => {
    await expect(create({ model: join(folder.path, 'none.onnx') })).rejects.toThrow(
      refused('MODEL_UNAVAILABLE', 'none.onnx is not there', 'mask-rcnn-r50-fpn-12-int8'),
    )
  })

  it('a folder: cannot be read', async () => {
    await expect(create({ model: folder.path })).rejects.toThrow(refused('MODEL_UNAVAILABLE', 'EISDIR'))
  })

  it('of a known name, missing: says how to bring it, and by hand, and where to', async () => {
    const { contract: _, ...options } = demo
    const call = createMaskRcnnExtractor({ ...options, model: 'mask-rcnn-r50-fpn-12-int8', cacheFolder: folder.path })
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
    const path = await folder.written('mask-rcnn-r50-fpn-12-qdq.onnx', Buffer.from('short'))
    const known = { model: 'mask-rcnn-r50-fpn-12-qdq', cacheFolder: folder.path }
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
    const path = await folder.written(`${name}.onnx`, content)
    await expect(create({ model: path, masks: true })).rejects.toThrow(refused('MODEL_CORRUPT', complaint))
  })

  it('cut off: is corrupt', async () => {
    const whole = await readFile(demoModel)
    const path = await folder.written('cut.onnx', whole.subarray(0, whole.length - 100))
    await expect(create({ model: path })).rejects.toThrow(refused('MODEL_CORRUPT', 'cut off'))
  })

  it('gives what a hand-made graph is known to give, by the contract of torchvision', async () => {
    // 800 × 1067 is the size to which the picture is scaled; the masks are pasted into it, the first on the left half.
    const [width, height] = [1067, 800]
    const masks = new Float32Array(2 * height * width)
    for (let y = 0; y < height; y++) masks.fill(0.9, y * width, y * width + 533)
    masks.fill(0.9, height * width)
    const path = await folder.written(
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
    const extractor = await create({ model: path, contract: TORCHVISION_CONTRACT, masks: true })
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
    const extractor = await create({ model: await folder.written('shapes.onnx', constantModel(input, wrong)) })
    const image = await plain(64, 64).png().toBuffer()
    await expect(extractor.extract(image)).rejects.toThrow(refused('EXTRACTOR_FAILED', '"labels" of the model'))
    await expect(extractor.extract(image)).rejects.toThrow(refused('EXTRACTOR_FAILED', '"labels" of the model'))
  })
})
