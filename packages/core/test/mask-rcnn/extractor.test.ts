/** The extractor as it is published: its worker is a file of the built package. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import {
  createMaskRcnnExtractor,
  type MaskRcnnExtractorOptions,
  type ModelContract,
} from '@image-recommender/core/mask-rcnn'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import { COCO_AXES, type CocoAxis } from '../../src/coco.ts'
import type { Box, Extraction, FeatureExtractor } from '../../src/feature-extractor.ts'
import { featureExtractorContract } from '../../src/testing/index.ts'
import { closedAfterEach, modelFolder, refused } from '../onnx-extractor/extractors.ts'
import { busy, hugePng, plain } from '../onnx-extractor/images.ts'
import { constantModel } from '../onnx-extractor/onnx-file.ts'
import { demoContract, demoModel, gallery, picture, scene } from './demo.ts'

const demo = { model: fileURLToPath(demoModel), contract: demoContract }

/** What is more of the same: more instances of the extractor, more pictures. */
const itInFull = it.runIf(inFull)

const folder = modelFolder()
const closedAfterwards = closedAfterEach()

afterEach(() => {
  vi.restoreAllMocks()
})

async function create(options: Partial<MaskRcnnExtractorOptions> = {}): Promise<FeatureExtractor<CocoAxis>> {
  return closedAfterwards(await createMaskRcnnExtractor({ ...demo, ...options }))
}

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
    const extractor = closedAfterwards(await createMaskRcnnExtractor({ ...demo, contract }))
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
    ['masks that are not yes or no', { masks: 1 }, ['masks', '1']],
    [
      'masks where the contract names none',
      { masks: true, contract: { ...demoContract, outputs: { ...demoContract.outputs, masks: null } } },
      ['masks', 'demo-mask-rcnn names no output'],
    ],
    ['no workers', { workers: 0 }, ['workers', '0']],
    ['too many workers', { workers: 65 }, ['workers', '65']],
    ['half an image that may wait', { maxWaiting: 0.5 }, ['maxWaiting', '0.5']],
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

  itInFull('threads do not change what is found', async () => {
    const image = await scene(0)
    const [one, two] = [await create({ threads: 1 }), await create({ threads: 2 })]
    const [first, second] = [await one.extract(image), await two.extract(image)]
    expect(first.objects.map(({ axis }) => axis)).toEqual(second.objects.map(({ axis }) => axis))
    for (const [at, { score }] of first.objects.entries()) expect(second.objects[at]!.score).toBeCloseTo(score, 4)
  })
})

describe('masks', () => {
  it('change the colours of objects, and nothing else, to the last bit', async () => {
    const [without, withMasks] = [await create(), await create({ masks: true })]
    expect(without.space).toEqual(withMasks.space)
    let [same, other] = [0, 0]
    for (const at of inFull ? [0, 100, 200, 300] : [100, 300]) {
      const image = await scene(at)
      const [one, two] = [await without.extract(image), await withMasks.extract(image)]
      const colorless = (extraction: Extraction) => ({
        ...extraction,
        objects: extraction.objects.map(({ color: _, ...object }) => object),
      })
      expect(colorless(one)).toEqual(colorless(two))
      for (const [at, { color }] of one.objects.entries()) {
        if (color!.every((value, channel) => value === two.objects[at]!.color![channel])) same++
        else other++
      }
    }
    expect(same).toBe(0)
    expect(other).toBeGreaterThan(inFull ? 10 : 4)
  })

  it('are not missed where the model has none and nobody wants them', async () => {
    const found = { boxes: [0, 4], labels: [0], scores: [0] }
    const outputs = Object.entries(found).map(([name, dims]) => [name, { dims, data: new Float32Array(0) }])
    const file = constantModel({ name: 'image', dims: [3, 'h', 'w'] }, Object.fromEntries(outputs))
    const extractor = await create({ model: await folder.written('faster.onnx', file) })
    expect((await extractor.extract(await scene(0))).objects).toEqual([])
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
    for (const { name, width, height, objects: truth } of gallery.filter((_, at) => at % (inFull ? 20 : 50) === 0)) {
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
    expect(right).toBeGreaterThan(inFull ? 20 : 8)
    expect(right / (right + missed)).toBeGreaterThan(0.9)
    expect(right / (right + wrong)).toBeGreaterThan(0.9)
    expect(displaced / right).toBeLessThan(0.1)
  })

  itInFull('finds the same objects at the same places in a picture that was held sideways', async () => {
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

  itInFull.each([
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

  it('outlives its thread, and begins again what that had', async () => {
    const posted = vi.spyOn(Worker.prototype, 'postMessage')
    const extractor = await create({ workers: 1 })
    const image = await scene(0)
    const expected = await extractor.extract(image)
    const calls = Promise.all(Array.from({ length: 5 }, () => extractor.extract(image)))
    await (posted.mock.contexts.at(-1) as Worker).terminate()
    for (const extraction of await calls) expect(extraction).toEqual(expected)
  })

  itInFull('gives the same with one worker and with four', async () => {
    const images = await Promise.all([0, 30, 60, 90, 120, 150, 180, 210].map(scene))
    const bad = Buffer.from('\xff\xd8\xff no more than a beginning', 'latin1')
    const sources = [...images, bad, ...[...images].reverse(), await plain(1, 1).png().toBuffer()]
    const described = async (workers: number) => {
      const extractor = await create({ workers, threads: 1 })
      // Twice, so that all workers have been started.
      await Promise.all(sources.slice(0, 8).map((image) => extractor.extract(image)))
      const settled = await Promise.allSettled(sources.map((image) => extractor.extract(image)))
      // Where in a worker an image was refused is in the stack of the cause, and may differ.
      return settled.map((one) =>
        one.status === 'fulfilled' ? one : { ...one, reason: [one.reason.name, one.reason.code, one.reason.message] },
      )
    }
    const [one, four] = [await described(1), await described(4)]
    expect(four).toEqual(one)
    expect(one.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1)
  })

  it('refuses what is no image at once, however much waits, and OVERLOADED what is too much', async () => {
    const extractor = await create({ workers: 1, maxWaiting: 2 })
    const image = await scene(0)
    let answered = 0
    const calls = Array.from({ length: 5 }, () => extractor.extract(image).then(() => answered++))
    await expect(extractor.extract(image)).rejects.toThrow(refused('OVERLOADED', '2 images are waiting', 'maxWaiting'))
    await expect(extractor.extract(Buffer.from('no image'))).rejects.toThrow(refused('IMAGE_UNREADABLE', 'no image'))
    expect(answered).toBe(0)
    await Promise.all(calls)
  })

  it('leaves out what is aborted before the network has it', async () => {
    const extractor = await create({ workers: 1 })
    const image = await scene(0)
    await extractor.extract(image)
    const controller = new AbortController()
    const calls = Array.from({ length: 30 }, () => extractor.extract(image, { signal: controller.signal }))
    const outcomes = Promise.allSettled(calls)
    controller.abort()
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'ABORTED' } })
    expect((await extractor.extract(image)).objects.length).toBeGreaterThan(0)
  })

  it('does not go on with another model after its thread died', async () => {
    const path = await folder.written('replaced.onnx', await readFile(demoModel))
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
