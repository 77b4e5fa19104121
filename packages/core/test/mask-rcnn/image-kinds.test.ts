/** One picture in every kind that sharp can write, through the extractor: it is the same picture. */
import { fileURLToPath } from 'node:url'
import { createMaskRcnnExtractor } from '@image-recommender/core/mask-rcnn'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inFull } from '../../../../tests/in-full.ts'
import type { Box, Extraction, FeatureExtractor } from '../../src/feature-extractor.ts'
import { plain } from '../onnx-extractor/images.ts'
import { demoContract, demoModel, scene } from './demo.ts'

let extractor: FeatureExtractor
let picture: Buffer
let expected: Extraction
beforeAll(async () => {
  extractor = await createMaskRcnnExtractor({ model: fileURLToPath(demoModel), contract: demoContract, workers: 1 })
  picture = await sharp(await scene(160))
    .png()
    .toBuffer()
  expected = await extractor.extract(picture)
  expect(expected.objects.filter(({ score }) => score > 0.95).length).toBeGreaterThan(1)
})
afterAll(() => extractor.close())

type Kind = (of: () => Sharp) => Sharp | Promise<Sharp>

/** By the names that sharp has for what it writes. */
const KINDS: Record<string, Record<string, Kind>> = {
  jpeg: {
    baseline: (of) => of().jpeg({ quality: 95 }),
    progressive: (of) => of().jpeg({ quality: 95, progressive: true }),
    'with full chroma': (of) => of().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
    'of mozjpeg': (of) => of().jpeg({ quality: 95, mozjpeg: true }),
    'in Display P3': (of) => of().withIccProfile('p3').jpeg({ quality: 95 }),
  },
  png: {
    plain: (of) => of().png(),
    interlaced: (of) => of().png({ progressive: true }),
    'of 16 bits': (of) => of().toColourspace('rgb16').png(),
    'with a palette': (of) => of().png({ palette: true, quality: 100 }),
    'with an opaque alpha channel': (of) => of().ensureAlpha().png(),
    'of 16 bits with alpha': (of) => of().ensureAlpha().toColourspace('rgb16').png(),
  },
  webp: {
    lossy: (of) => of().webp({ quality: 95 }),
    lossless: (of) => of().webp({ lossless: true }),
    'nearly lossless': (of) => of().webp({ nearLossless: true }),
    'with alpha': (of) => of().ensureAlpha().webp({ quality: 95 }),
    animated: async (of) => (await frames(of)).webp({ lossless: true }),
  },
  gif: {
    still: (of) => of().gif(),
    interlaced: (of) => of().gif({ progressive: true }),
    animated: async (of) => (await frames(of)).gif(),
  },
  heif: {
    lossy: (of) => of().avif({ quality: 90 }),
    lossless: (of) => of().avif({ lossless: true }),
    'with full chroma': (of) => of().avif({ quality: 90, chromaSubsampling: '4:4:4' }),
    'with alpha': (of) => of().ensureAlpha().avif({ quality: 90 }),
  },
  tiff: {
    uncompressed: (of) => of().tiff({ compression: 'none' }),
    'with LZW': (of) => of().tiff({ compression: 'lzw' }),
    'with deflate and a predictor': (of) => of().tiff({ compression: 'deflate', predictor: 'horizontal' }),
    'with PackBits': (of) => of().tiff({ compression: 'packbits' }),
    'with JPEG': (of) => of().tiff({ compression: 'jpeg', quality: 95 }),
    'in tiles': (of) => of().tiff({ tile: true, tileWidth: 64, tileHeight: 64 }),
    'as a pyramid': (of) => of().tiff({ tile: true, pyramid: true, compression: 'lzw' }),
    'as BigTIFF': (of) => of().tiff({ bigtiff: true, compression: 'lzw' }),
    'of 16 bits': (of) => of().toColourspace('rgb16').tiff({ compression: 'lzw' }),
    'of floating point': (of) => of().toColourspace('scrgb').tiff({ compression: 'none' }),
    'in CIELAB': (of) => of().toColourspace('lab').tiff({ compression: 'none' }),
    'of several pages': async (of) => (await frames(of)).tiff({ compression: 'lzw' }),
  },
}

/** What no decoder is given, though sharp writes it. */
const REFUSED: Record<string, Kind> = {
  raw: (of) => of().raw(),
  dz: (of) => of().tile({ container: 'zip' }),
}

/** The picture first, something else behind it. */
async function frames(of: () => Sharp): Promise<Sharp> {
  const first = await of().png().toBuffer()
  const { width, height } = await sharp(first).metadata()
  const second = await plain(width, height).png().toBuffer()
  return sharp([first, second], { join: { animated: true } })
}

it('has all kinds that sharp can write into memory', () => {
  const written = Object.entries(sharp.format).filter(([, format]) => format.output.buffer)
  expect([...Object.keys(KINDS), ...Object.keys(REFUSED)].sort()).toEqual(written.map(([name]) => name).sort())
})

describe.each(Object.entries(KINDS))('%s', (_, kinds) => {
  it.each(Object.entries(kinds).slice(0, inFull ? undefined : 1))('%s', async (_, write) => {
    const file = await (await write(() => sharp(picture))).toBuffer()
    expectSamePicture(await extractor.extract(file))
  })
})

it.each(Object.entries(REFUSED))('%s is refused', async (_, write) => {
  const file = await (await write(() => sharp(picture))).toBuffer()
  await expect(extractor.extract(file)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
})

describe('in grey, the picture is described as grey', () => {
  const grey: Record<string, (of: Sharp) => Sharp> = {
    JPEG: (of) => of.jpeg({ quality: 95 }),
    PNG: (of) => of.png(),
    'PNG of 16 bits': (of) => of.toColourspace('grey16').png(),
    'PNG with alpha': (of) => of.ensureAlpha().png(),
    WebP: (of) => of.webp({ lossless: true }),
    AVIF: (of) => of.avif({ quality: 90 }),
    TIFF: (of) => of.tiff({ compression: 'lzw' }),
    'TIFF of one bit': (of) => of.threshold().tiff({ bitdepth: 1, compression: 'ccittfax4' }),
    'TIFF of one bit, white by 0': (of) => of.threshold().tiff({ bitdepth: 1, miniswhite: true }),
  }
  it.each(Object.entries(grey).slice(0, inFull ? undefined : 3))('%s', async (_, write) => {
    const source = sharp(picture).grayscale().toColourspace('b-w')
    const { appearance, width, height } = await extractor.extract(await write(source).toBuffer())
    expect([width, height]).toEqual([expected.width, expected.height])
    expect(appearance!.palette.length).toBeGreaterThan(1)
    for (const { color } of appearance!.palette) expect(Math.hypot(color[1], color[2])).toBeLessThan(3)
  })
})

it('CMYK: the same objects, as far as inks go', async () => {
  const file = await sharp(picture).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()
  expect((await sharp(file).metadata()).space).toBe('cmyk')
  const { objects, width } = await extractor.extract(file)
  expect(width).toBe(expected.width)
  expect(objects.length).toBeGreaterThan(0)
})

it.each([
  [1, 1],
  [30_000, 1],
  [1, 30_000],
  [2, 3],
])('%i × %i pixels', async (width, height) => {
  const extraction = await extractor.extract(await plain(width, height).png().toBuffer())
  expect(extraction).toMatchObject({ width, height })
})

function expectSamePicture({ objects, width, height, appearance }: Extraction): void {
  expect([width, height]).toEqual([expected.width, expected.height])
  for (const { axis, box, score } of expected.objects) {
    if (score < 0.95) continue
    const same = objects.filter((object) => object.axis === axis && overlap(object.box!, box!) > 0.8)
    expect(same.length, `${extractor.space.axes[axis]} of score ${score}`).toBeGreaterThan(0)
  }
  expect(differingBits(appearance!.hash, expected.appearance!.hash)).toBeLessThanOrEqual(6)
  const main = appearance!.palette[0]!.color
  const distances = expected.appearance!.palette.map(({ color }) =>
    Math.hypot(...main.map((value, channel) => value - color[channel]!)),
  )
  expect(Math.min(...distances)).toBeLessThan(6)
}

function differingBits(one: string, other: string): number {
  const bits = (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(2)
  return bits.replaceAll('0', '').length
}

/** Intersection over union. */
function overlap([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): number {
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx)
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by)
  const both = Math.max(0, width) * Math.max(0, height)
  return both / (aw * ah + bw * bh - both)
}
